"""Up to which notification a reader has read all of his."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0014"
down_revision = "0013"

MARKS = """
    create table store.notices_read (
        marker text not null,
        at timestamptz not null,
        notice_id uuid not null,
        read_at timestamptz not null,
        constraint pk_notices_read primary key (marker, at, notice_id)
    );
"""


def upgrade() -> None:
    op.execute(MARKS)
    grant("select, insert", "store.notices_read")


def downgrade() -> None:
    """What was read together is unread again."""
    op.execute("drop table store.notices_read")
