"""Why was I charged this? The walk from a posting to its event, command, rule and policy version (SPEC §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from domain.money import Money, total
from domain.posting import Account, ChargeRule, Item
from projections.ledger.bookings import process_of
from projections.ledger.tables import entry
from projections.processes import Process
from store.envelope import Envelope
from store.log import EventLog

OF_POSITION = sa.select(entry).where(entry.c.position == sa.bindparam("position")).order_by(entry.c.ordinal)
OF_STREAM = sa.select(entry.c.position).where(entry.c.stream_id == sa.bindparam("stream")).distinct()


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """One amount of the posting; all of them sum to zero."""

    account: Account
    item: Item
    amount: Money
    balance: Money | None
    """The seller's after it, on his own account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingDetail:
    """A posting with everything that led to it."""

    position: int
    seller_id: str
    line_id: str | None
    process: Process | None
    """None for an adjustment by the marketplace."""
    stream_id: UUID
    booked_at: datetime
    rule: ChargeRule
    entries: tuple[BookedEntry, ...]
    event: Envelope
    """What happened, who caused it by which command (``cause``), and under which policy version."""

    @property
    def on_account(self) -> Money:
        """What it changed on the seller's own account."""
        own = [entry.amount for entry in self.entries if entry.account is Account.SELLER]
        return total(own, self.entries[0].amount.currency)


def posting_detail(conn: sa.Connection, log: EventLog, position: int) -> PostingDetail | None:
    """The posting that the event at this position of the log made; None when it made none."""
    rows = conn.execute(OF_POSITION, {"position": position}).all()
    if not rows:
        return None
    first = rows[0]
    history = log.histories([first.stream_id], conn=conn)[first.stream_id]
    return PostingDetail(
        position=position,
        seller_id=first.seller_id,
        line_id=first.line_id,
        process=process_of(first.topic),
        stream_id=first.stream_id,
        booked_at=first.booked_at,
        rule=ChargeRule(first.rule),
        entries=tuple(_booked(row) for row in rows),
        event=history[first.version - 1],
    )


def _booked(row: sa.Row[tuple[object, ...]]) -> BookedEntry:
    after = row.balance_minor
    return BookedEntry(
        account=Account(row.account),
        item=Item(row.item),
        amount=Money(minor=row.amount_minor, currency=row.currency),
        balance=None if after is None else Money(minor=after, currency=row.currency),
    )


def positions_of_case(conn: sa.Connection, case_id: UUID) -> list[int]:
    """Where in the log this case's postings are, in order."""
    return sorted(conn.execute(OF_STREAM, {"stream": case_id}).scalars())
