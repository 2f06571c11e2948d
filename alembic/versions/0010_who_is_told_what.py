"""What each reader was told, and which of it he has read."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0010"
down_revision = "0009"

NOTIFICATIONS = """
    create table views.notification (
        id uuid not null,
        reader text not null,
        at timestamptz not null,
        stream_id uuid not null,
        version integer not null,
        process text not null,
        template text not null,
        order_id text not null,
        line_id text not null,
        title text not null,
        reminds_of text,
        constraint pk_notification primary key (id)
    );
    create index ix_notification_reader on views.notification (reader, at, id);
    create index ix_notification_reminders on views.notification (stream_id) where reminds_of is not null;
"""
MARKS = """
    create table store.notice_read (
        marker text not null,
        notice_id uuid not null,
        read_at timestamptz not null,
        constraint pk_notice_read primary key (marker, notice_id)
    );
"""


def upgrade() -> None:
    op.execute(NOTIFICATIONS)
    op.execute(MARKS)
    grant("select, insert, update, delete", "views.notification")
    grant("select, insert", "store.notice_read")


def downgrade() -> None:
    """What was read is unread again; the notifications themselves follow from the log."""
    op.execute("drop table store.notice_read, views.notification")
    op.execute("delete from views.projection where name = 'notifications'")
