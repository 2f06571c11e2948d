"""What is sold, asked, answered and paid back, to be counted for buyers and sellers."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0005"
down_revision = "0004"

CONDUCT = """
    create table views.sold_line (
        line_id text not null,
        version integer not null,
        buyer_id text not null,
        seller_id text not null,
        purchased_at timestamptz not null,
        cancelled boolean not null,
        currency text not null,
        paid_minor bigint not null,
        constraint pk_sold_line primary key (line_id)
    );
    create index ix_sold_line_buyer on views.sold_line (buyer_id, purchased_at);
    create index ix_sold_line_seller on views.sold_line (seller_id, purchased_at);
    create table views.case_conduct (
        case_id uuid not null,
        version integer not null,
        buyer_id text not null,
        seller_id text not null,
        reason text not null,
        status text not null,
        outcome text,
        opened_at timestamptz not null,
        asked_at timestamptz,
        answered_at timestamptz,
        response_seconds bigint,
        silent_at timestamptz,
        rejected boolean not null,
        escalated boolean not null,
        overturned boolean not null,
        currency text not null,
        paid_minor bigint not null,
        due_minor bigint not null,
        refunded_at timestamptz,
        refunded_minor bigint not null,
        charged_minor bigint not null,
        constraint pk_case_conduct primary key (case_id)
    );
    create index ix_case_conduct_buyer on views.case_conduct (buyer_id, opened_at);
    create index ix_case_conduct_seller on views.case_conduct (seller_id, opened_at);
"""


def upgrade() -> None:
    op.execute(CONDUCT)
    grant("select, insert, update, delete", "views.sold_line")
    grant("select, insert, update, delete", "views.case_conduct")


def downgrade() -> None:
    """Nothing is lost: the log holds all of it; the read model begins anew."""
    op.execute("drop table views.sold_line, views.case_conduct")
    op.execute("delete from views.projection where name = 'conduct'")
