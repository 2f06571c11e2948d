"""The outbox, what has left the house by it, and the local twins of provider and carrier."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0004"
down_revision = "0003"

OUTBOX = """
    create table views.outbox (
        job_id uuid not null,
        kind text not null,
        stream_id uuid not null,
        version integer not null,
        position bigint not null,
        due_at timestamptz not null,
        claim_at timestamptz not null,
        attempts integer default '0' not null,
        failure text,
        constraint pk_outbox primary key (job_id)
    );
    create index ix_outbox_kind_claim_at on views.outbox (kind, claim_at, position);
"""
DISPATCHES = """
    create table store.dispatch (
        job_id uuid not null,
        kind text not null,
        stream_id uuid not null,
        version integer not null,
        outcome text not null,
        attempts integer not null,
        dispatched_at timestamptz not null,
        constraint pk_dispatch primary key (job_id)
    );
    create index ix_dispatch_stream_id on store.dispatch (stream_id);
"""
TWINS = """
    create schema twins;
    create table twins.refund (
        key uuid not null,
        stream_id uuid not null,
        attempt integer not null,
        amount_minor bigint not null,
        currency text not null,
        trouble text,
        tries integer not null,
        state text not null,
        taken_at timestamptz,
        report_at timestamptz,
        constraint pk_refund primary key (key)
    );
    create index ix_refund_report_at on twins.refund (report_at) where report_at is not null;
    create table twins.label (
        key uuid not null,
        case_id uuid not null,
        number text not null,
        cost_minor bigint not null,
        currency text not null,
        issued_at timestamptz not null,
        voided_at timestamptz,
        accepted_at timestamptz,
        delivered_at timestamptz,
        constraint pk_label primary key (key),
        constraint uq_label_number unique (number)
    );
    create index ix_label_case_id on twins.label (case_id);
"""


def upgrade() -> None:
    for tables in (OUTBOX, DISPATCHES, TWINS):
        op.execute(tables)
    grant("select, insert, update, delete", "views.outbox")
    grant("select, insert", "store.dispatch")
    grant("usage", "schema twins")
    grant("select, insert, update", "all tables in schema twins")


def downgrade() -> None:
    """Refused: without the record of what has left the house, it would leave again."""
    raise NotImplementedError("what has left the house is not forgotten by a migration; restore a backup instead")
