"""A seller's balance, and his statement for a period (SPEC §7.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.money import Money
from domain.posting import Account, ChargeRule, HoldReason, Item
from projections.ledger.bookings import process_of
from projections.ledger.tables import balance, entry, hold
from projections.processes import Process
from projections.round_trips import ask

OWN = entry.c.account == sa.literal_column(f"'{Account.SELLER}'")
"""Spelt out, so that the index on the sellers' entries serves."""
OF_SELLER = sa.and_(entry.c.seller_id == sa.bindparam("seller"), entry.c.currency == sa.bindparam("currency"), OWN)
INSTANT = sa.DateTime(timezone=True)
START, END, AT = (sa.bindparam(name, type_=INSTANT) for name in ("start", "end", "at"))
PLACE = (entry.c.booked_at, entry.c.position, entry.c.ordinal)

BALANCES = sa.select(balance).where(balance.c.seller_id == sa.bindparam("seller")).order_by(balance.c.currency)
BEFORE = (
    sa.select(entry.c.balance_minor)
    .where(OF_SELLER, entry.c.booked_at < AT)
    .order_by(*(column.desc() for column in PLACE))
    .limit(1)
)
LIMIT = sa.bindparam("limit", type_=sa.Integer)
IN_PERIOD = (
    sa.select(entry).where(OF_SELLER, entry.c.booked_at >= START, entry.c.booked_at < END).order_by(*PLACE).limit(LIMIT)
)
BEHIND_IN_PERIOD = IN_PERIOD.where(sa.tuple_(*PLACE) > sa.tuple_(AT, sa.bindparam("position"), sa.bindparam("ordinal")))
HOLDS_IN_PERIOD = (
    sa.select(hold)
    .where(
        hold.c.seller_id == sa.bindparam("seller"),
        hold.c.currency == sa.bindparam("currency"),
        hold.c.booked_at >= START,
        hold.c.booked_at < END,
    )
    .order_by(hold.c.booked_at, hold.c.position)
    .limit(LIMIT)
)
HOLDS_BEHIND = HOLDS_IN_PERIOD.where(
    sa.tuple_(hold.c.booked_at, hold.c.position) > sa.tuple_(AT, sa.bindparam("position"))
)

Key = tuple[datetime, int, int]
"""Booking, position and ordinal of an entry: where a page ends."""
HoldKey = tuple[datetime, int]
"""Booking and position of a hold: where a page ends."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a seller has in one currency; may be negative."""

    balance: Money
    held: Money
    """Of the balance, while cases are open."""

    @property
    def available(self) -> Money:
        return self.balance - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One entry on the seller's account."""

    position: int
    ordinal: int
    booked_at: datetime
    occurred_at: datetime
    amount: Money
    balance: Money
    """After it."""
    rule: ChargeRule
    item: Item
    process: Process | None
    """None for an adjustment by the marketplace."""
    stream_id: UUID
    """Of the case or cancellation behind it, or of the adjustment."""
    line_id: str | None
    policy: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of the period's entries, with the balances at its ends."""

    opening: Money
    closing: Money
    lines: tuple[StatementLine, ...]
    next: Key | None
    """Where the next page begins; None on the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """A hold placed on the seller's balance, or released."""

    position: int
    booked_at: datetime
    amount: Money
    """Positive when placed, negative when released."""
    reason: HoldReason
    case_id: UUID
    line_id: str | None


@dataclass(frozen=True, slots=True)
class Holds:
    """A part of what was held and released in a period."""

    lines: tuple[HoldLine, ...]
    next: HoldKey | None
    """Where the next page begins; None on the last."""


def balances(conn: sa.Connection, seller_id: str) -> list[Balance]:
    """One for each currency the seller ever had an entry or a hold in."""
    return [
        Balance(
            balance=Money(minor=row.balance_minor, currency=row.currency),
            held=Money(minor=row.held_minor, currency=row.currency),
        )
        for row in conn.execute(BALANCES, {"seller": seller_id})
    ]


def statement(
    conn: sa.Connection,
    seller_id: str,
    currency: str,
    start: datetime,
    end: datetime,
    *,
    after: Key | None = None,
    limit: int = 100,
) -> Statement:
    """The entries booked from ``start`` to before ``end``, from behind ``after`` on, each with its running balance.

    A period that has passed never changes: what is recorded late is booked late.
    """
    whose = {"seller": seller_id, "currency": currency}
    at, position, ordinal = after or (None, None, None)
    period = {**whose, "start": start, "end": end, "at": at, "position": position, "ordinal": ordinal}
    opening, closing, rows = ask(
        conn,
        (BEFORE, {**whose, "at": start}),
        (BEFORE, {**whose, "at": end}),
        (BEHIND_IN_PERIOD if after else IN_PERIOD, {**period, "limit": limit + 1}),
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return Statement(
        opening=_balance(opening, currency),
        closing=_balance(closing, currency),
        lines=tuple(_line(row) for row in rows[:limit]),
        next=(last.booked_at, last.position, last.ordinal) if last else None,
    )


def _balance(last_before: Sequence[Any], currency: str) -> Money:
    return Money(minor=last_before[0].balance_minor if last_before else 0, currency=currency)


def _line(row: Any) -> StatementLine:  # noqa: ANN401 -- a row of ledger_entry
    return StatementLine(
        position=row.position,
        ordinal=row.ordinal,
        booked_at=row.booked_at,
        occurred_at=row.occurred_at,
        amount=Money(minor=row.amount_minor, currency=row.currency),
        balance=Money(minor=row.balance_minor, currency=row.currency),
        rule=ChargeRule(row.rule),
        item=Item(row.item),
        process=process_of(row.topic),
        stream_id=row.stream_id,
        line_id=row.line_id,
        policy=row.policy,
    )


def holds(
    conn: sa.Connection,
    seller_id: str,
    currency: str,
    start: datetime,
    end: datetime,
    *,
    after: HoldKey | None = None,
    limit: int = 100,
) -> Holds:
    """The holds placed and released from ``start`` to before ``end``, from behind ``after`` on, in order."""
    at, position = after or (None, None)
    whose = {"seller": seller_id, "currency": currency}
    period = {**whose, "start": start, "end": end, "at": at, "position": position, "limit": limit + 1}
    rows = conn.execute(HOLDS_BEHIND if after else HOLDS_IN_PERIOD, period).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Holds(tuple(map(_hold_line, rows[:limit])), (last.booked_at, last.position) if last else None)


def _hold_line(row: Any) -> HoldLine:  # noqa: ANN401 -- a row of ledger_hold
    return HoldLine(
        position=row.position,
        booked_at=row.booked_at,
        amount=Money(minor=row.amount_minor, currency=row.currency),
        reason=HoldReason(row.reason),
        case_id=row.stream_id,
        line_id=row.line_id,
    )
