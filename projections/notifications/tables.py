"""The table of notifications; which of them were read is kept beside the log, where no rebuild forgets it."""

from __future__ import annotations

import sqlalchemy as sa

from projections.schema import metadata, text
from store.tables import instant

notification = sa.Table(
    "notification",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    text("reader"),
    instant("at", nullable=False),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    text("process"),
    text("template"),
    text("order_id"),
    text("line_id"),
    text("title"),
    text("reminds_of", nullable=True),
)
"""``reader`` is ``seller:ID``, ``buyer:ID`` or ``support``; ``at`` may lie ahead for a reminder, which nobody sees
before; ``reminds_of`` names the deadline that a reminder is about."""

by_reader = sa.Index("ix_notification_reader", notification.c.reader, notification.c.at, notification.c.id)
by_stream = sa.Index(
    "ix_notification_reminders", notification.c.stream_id, postgresql_where=notification.c.reminds_of.is_not(None)
)
