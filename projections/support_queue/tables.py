"""The table of the support queue."""

from __future__ import annotations

import sqlalchemy as sa

from projections.schema import metadata, text
from store.tables import instant

queued = sa.Table(
    "support_queue",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    text("process"),
    text("status"),
    instant("since", nullable=False),
    text("cause", nullable=True),
    sa.Column("routing", sa.ARRAY(sa.Text), nullable=False),
    text("asked_in_by", nullable=True),
    instant("answered_at"),
    sa.Column("on_hold", sa.Boolean, nullable=False),
    sa.Column("fraud_suspected", sa.Boolean, nullable=False),
    text("currency"),
    sa.Column("at_stake_minor", sa.BigInteger, nullable=False),
    text("reason", nullable=True),
    text("seller_id"),
    text("buyer_id"),
    text("order_id"),
    text("line_id"),
    text("title"),
    instant("opened_at", nullable=False),
)
"""``cause`` is NULL for appeals and where support was only asked in, ``asked_in_by`` where it has the case anyway."""

by_age = sa.Index("ix_support_queue_since", queued.c.since, queued.c.id)
