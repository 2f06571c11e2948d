"""The read models: what can be thrown away and built again from the log."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0003"
down_revision = "0002"

POSITIONS = """
    create table views.projection (
        name text constraint pk_projection primary key,
        position bigint default 0 not null,
        failures integer default 0 not null,
        failure text,
        failed_at timestamptz
    )
"""
DEADLINES = """
    create table views.deadline (
        stream_id uuid constraint pk_deadline primary key,
        version integer not null,
        kind text not null,
        due_at timestamptz not null,
        waiting_on text not null,
        seller_id text not null,
        reminders timestamptz[] not null,
        remind_at timestamptz,
        claim_at timestamptz not null,
        attempts integer default 0 not null,
        failure text
    );
    create index ix_deadline_claim_at on views.deadline (claim_at, stream_id);
    create index ix_deadline_remind_at on views.deadline (remind_at);
"""


def upgrade() -> None:
    for statement in ("create schema views", POSITIONS, DEADLINES):
        op.execute(statement)
    grant("usage", "schema views")
    grant("select, insert, update, delete", "all tables in schema views")


def downgrade() -> None:
    """Nothing is lost: the log holds all of it."""
    op.execute("drop schema views cascade")
