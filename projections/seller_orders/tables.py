"""The tables behind the seller hub: the lines, how many of each standing a seller has, and the words to find them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from projections.case_glance import glance_columns
from projections.schema import metadata, text
from store.tables import instant

seller_order = sa.Table(
    "seller_order",
    metadata,
    text("line_id", primary_key=True),
    sa.Column("line_version", sa.Integer, nullable=False),
    text("seller_id"),
    text("order_id"),
    text("buyer_id"),
    text("title"),
    text("category"),
    sa.Column("quantity", sa.Integer, nullable=False),
    text("currency"),
    sa.Column("paid_minor", sa.BigInteger, nullable=False),
    instant("purchased_at", nullable=False),
    instant("shipped_at"),
    instant("delivered_at"),
    text("carrier", nullable=True),
    text("tracking_number", nullable=True),
    sa.Column("cancelled", sa.Boolean, nullable=False),
    sa.Column("case_id", sa.Uuid),
    sa.Column("attempt", sa.Integer),
    *glance_columns(),
    text("all_standing"),
    sa.Column("all_urgency", sa.SmallInteger, nullable=False),
    sa.Column("all_rank", sa.BigInteger, nullable=False),
    text("refund_standing", nullable=True),
    sa.Column("refund_urgency", sa.SmallInteger),
    sa.Column("refund_rank", sa.BigInteger),
)
"""``line_version`` is the last event of the line that the row contains, ``attempt`` the how manieth case it shows."""

o = seller_order.c
by_all = sa.Index("ix_seller_order_all", o.seller_id, o.all_urgency, o.all_rank, o.line_id, o.all_standing)
by_refund = sa.Index(
    "ix_seller_order_refund",
    o.seller_id,
    o.refund_urgency,
    o.refund_rank,
    o.line_id,
    o.refund_standing,
    postgresql_where=o.refund_urgency.is_not(None),
)
"""The standing comes last so that sub-filters are decided in the index."""

seller_order_count = sa.Table(
    "seller_order_count",
    metadata,
    text("seller_id", primary_key=True),
    text("quick", primary_key=True),
    text("standing", primary_key=True),
    sa.Column("lines", sa.Integer, nullable=False),
)
"""Kept with the lines, so that a seller of a hundred thousand of them is counted as fast as any."""

seller_order_search = sa.Table(
    "seller_order_search",
    metadata,
    text("line_id", primary_key=True),
    sa.Column("words", TSVECTOR, nullable=False),
)
"""Apart from the lines, because a case that moves must not write their words again."""

by_words = sa.Index("ix_seller_order_search_words", seller_order_search.c.words, postgresql_using="gin")
