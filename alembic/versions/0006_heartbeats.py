"""What each process tells of its tasks, and the deadlines that are set aside found at once."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0006"
down_revision = "0005"

HEARTBEATS = """
    create table views.heartbeat (
        process text not null,
        task text not null,
        runs bigint not null,
        failures bigint not null,
        failing text,
        troubles text[] not null,
        ended_at timestamptz,
        told_at timestamptz not null,
        constraint pk_heartbeat primary key (process, task)
    )
"""
SET_ASIDE = "create index ix_deadline_set_aside on views.deadline (due_at) where attempts > 0"


def upgrade() -> None:
    op.execute(HEARTBEATS)
    op.execute(SET_ASIDE)
    grant("select, insert, update, delete", "views.heartbeat")


def downgrade() -> None:
    op.execute("drop index views.ix_deadline_set_aside")
    op.execute("drop table views.heartbeat")
