"""The tables of the seller ledger: entries and holds that are only ever added, and each seller's balance."""

from __future__ import annotations

import sqlalchemy as sa

from domain.posting import Account
from projections.schema import metadata, text
from store.tables import instant


def minor(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """An amount in minor units of the row's currency."""
    return sa.Column(name, sa.BigInteger, nullable=nullable)


entry = sa.Table(
    "ledger_entry",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("ordinal", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    text("topic"),
    text("rule"),
    text("account"),
    text("item"),
    text("seller_id"),
    text("line_id", nullable=True),
    text("currency"),
    minor("amount_minor"),
    minor("balance_minor", nullable=True),
    text("policy", nullable=True),
    instant("occurred_at", nullable=False),
    instant("recorded_at", nullable=False),
    instant("booked_at", nullable=False),
)
"""One signed amount on one account, with the event it comes from: ``position`` in the log, ``version`` in its stream.

``seller_id`` says whose sale it is about, on every account; ``balance_minor`` is the seller's balance after it, on
his account alone. ``booked_at`` is ``recorded_at``, but never before the seller's entry before it: clocks of several
machines differ, and a closed statement must not change.
"""

by_seller = sa.Index(
    "ix_ledger_entry_seller",
    entry.c.seller_id,
    entry.c.currency,
    entry.c.booked_at,
    entry.c.position,
    entry.c.ordinal,
    postgresql_where=entry.c.account == sa.literal_column(f"'{Account.SELLER}'"),
)
by_stream = sa.Index("ix_ledger_entry_stream", entry.c.stream_id, entry.c.version)

hold = sa.Table(
    "ledger_hold",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    text("reason"),
    text("seller_id"),
    text("line_id", nullable=True),
    text("currency"),
    minor("amount_minor"),
    instant("occurred_at", nullable=False),
    instant("booked_at", nullable=False),
)
"""What was held of a seller's balance, positive, or released, negative. A hold is no charge."""

holds_by_seller = sa.Index(
    "ix_ledger_hold_seller", hold.c.seller_id, hold.c.currency, hold.c.booked_at, hold.c.position
)

balance = sa.Table(
    "seller_balance",
    metadata,
    text("seller_id", primary_key=True),
    text("currency", primary_key=True),
    minor("balance_minor"),
    minor("held_minor"),
    instant("booked_at", nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)
"""The sum of the seller's entries and of his holds; ``position`` is the last event in them."""
