"""The tables of conduct: one row an order line sold, one row a refund case."""

from __future__ import annotations

import sqlalchemy as sa

from projections.schema import metadata, text
from store.tables import instant

sold_line = sa.Table(
    "sold_line",
    metadata,
    text("line_id", primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    text("buyer_id"),
    text("seller_id"),
    instant("purchased_at", nullable=False),
    sa.Column("cancelled", sa.Boolean, nullable=False),
    text("currency"),
    sa.Column("paid_minor", sa.BigInteger, nullable=False),
)
"""``version`` is the line's event that the row contains."""

lines_of_buyer = sa.Index("ix_sold_line_buyer", sold_line.c.buyer_id, sold_line.c.purchased_at)
lines_of_seller = sa.Index("ix_sold_line_seller", sold_line.c.seller_id, sold_line.c.purchased_at)

case_conduct = sa.Table(
    "case_conduct",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    text("buyer_id"),
    text("seller_id"),
    text("reason"),
    text("status"),
    text("outcome", nullable=True),
    instant("opened_at", nullable=False),
    instant("asked_at"),
    instant("answered_at"),
    sa.Column("response_seconds", sa.BigInteger),
    instant("silent_at"),
    sa.Column("rejected", sa.Boolean, nullable=False),
    sa.Column("escalated", sa.Boolean, nullable=False),
    sa.Column("overturned", sa.Boolean, nullable=False),
    text("currency"),
    sa.Column("paid_minor", sa.BigInteger, nullable=False),
    sa.Column("due_minor", sa.BigInteger, nullable=False),
    instant("refunded_at"),
    sa.Column("refunded_minor", sa.BigInteger, nullable=False),
    sa.Column("charged_minor", sa.BigInteger, nullable=False),
)
"""``asked_at`` is when the case became the seller's to answer, ``response_seconds`` the business time until he did;
``due_minor`` is what is or was last due to the buyer, ``refunded_minor`` what has reached him."""

cases_of_buyer = sa.Index("ix_case_conduct_buyer", case_conduct.c.buyer_id, case_conduct.c.opened_at)
cases_of_seller = sa.Index("ix_case_conduct_seller", case_conduct.c.seller_id, case_conduct.c.opened_at)
