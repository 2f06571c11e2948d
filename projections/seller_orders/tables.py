"""The tables behind the seller hub: the lines, how many of each standing a seller has, and the words to find them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from projections.glance import Glance
from projections.schema import metadata, text
from projections.seller_orders.filters import Quick
from store.tables import instant

CASE, CANCELLATION = Glance("case"), Glance("cancellation")


def _place(quick: Quick) -> list[sa.Column[Any]]:
    """Where a line comes under a quick filter; NULL where it is not there at all."""
    absent = quick is not Quick.ALL
    return [
        text(f"{quick}_standing", nullable=absent),
        sa.Column(f"{quick}_urgency", sa.SmallInteger, nullable=absent),
        sa.Column(f"{quick}_rank", sa.BigInteger, nullable=absent),
    ]


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
    text("reason", nullable=True),
    *CASE.columns(),
    *CANCELLATION.columns(),
    *(column for quick in Quick for column in _place(quick)),
)
"""``line_version`` is the last event of the line that the row contains."""


def _by_urgency(quick: Quick) -> sa.Index:
    """The standing comes last so that sub-filters are decided in the index."""
    columns = seller_order.c
    urgency = columns[f"{quick}_urgency"]
    keys = (columns.seller_id, urgency, columns[f"{quick}_rank"], columns.line_id, columns[f"{quick}_standing"])
    return sa.Index(f"ix_seller_order_{quick}", *keys, postgresql_where=urgency.is_not(None))


by_urgency = [_by_urgency(quick) for quick in Quick]

seller_order_count = sa.Table(
    "seller_order_count",
    metadata,
    text("seller_id", primary_key=True),
    text("quick", primary_key=True),
    text("standing", primary_key=True),
    sa.Column("lines", sa.Integer, nullable=False),
)
"""Kept with the lines, so that a seller of a hundred thousand of them is counted as fast as any."""

line_words = sa.Table(
    "line_words",
    metadata,
    text("line_id", primary_key=True),
    sa.Column("line_version", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("reported", TSVECTOR, nullable=False, server_default=sa.text("''")),
    sa.Column("parcels", TSVECTOR, nullable=False, server_default=sa.text("''")),
)
"""Apart from the lines, because a case that moves must not write their words again.

``reported`` are the words of what was reported of the line last, ``parcels`` those of every parcel that a case on it
ever named.
"""

WORDS = line_words.c.reported.op("||")(line_words.c.parcels)
by_words = sa.Index("ix_line_words_words", WORDS, postgresql_using="gin", postgresql_with={"fastupdate": "off"})
"""Up to date at once: every search would go through what waits to be sorted in."""

order_line_words = sa.Table(
    "order_line_words",
    metadata,
    text("line_id", primary_key=True),
    sa.Column("line_version", sa.Integer, nullable=False),
    sa.Column("words", TSVECTOR, nullable=False),
    sa.Index("ix_order_line_words_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
)
"""The words before parcels were among them; goes with the next contract."""

seller_order_search = sa.Table(
    "seller_order_search",
    metadata,
    text("line_id", primary_key=True),
    sa.Column("words", TSVECTOR, nullable=False),
    sa.Index("ix_seller_order_search_words", "words", postgresql_using="gin"),
)
"""The words as the last released version kept them; likewise."""
