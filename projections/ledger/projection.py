"""Writes every posting and hold of the log into the books (SPEC §§5 and 7.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.posting import Account, HoldChange, Posting
from projections.changes import Change, writing
from projections.ledger.bookings import TOPICS, Booking, booking_of, with_money
from projections.ledger.tables import balance, entry
from projections.ledger.tables import hold as held
from projections.openings import Openings
from projections.processes import Step
from projections.round_trips import load
from projections.schema import appending, document, putting, rows_of
from store.envelope import Envelope

Columns = dict[str, Any]
Key = tuple[str, str]
"""Seller and currency."""

KEYS = rows_of(sa.table("key", sa.column("seller_id", sa.Text), sa.column("currency", sa.Text)))
LOAD = sa.select(balance).join(
    KEYS, sa.and_(balance.c.seller_id == KEYS.c.seller_id, balance.c.currency == KEYS.c.currency)
)
ADD_ENTRIES = appending(entry).on_conflict_do_nothing()
ADD_HOLDS = appending(held).on_conflict_do_nothing()
PUT_BALANCES = putting(balance)


class Ledger:
    """Double-entry and append-only: rows of the books are added, never changed."""

    name = "ledger"
    tables = (entry, held, balance)
    topics = TOPICS

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        money = with_money(events)
        if not money:
            return []
        openings = self._openings.of(conn, [it for it in money if isinstance(it.payload, Step)])
        bookings = [booking_of(envelope, openings) for envelope in money]
        books = _Books(conn, {(it.seller_id, it.currency) for it in bookings})
        for envelope, booking in zip(money, bookings, strict=True):
            books.book(envelope, booking)
        return books.changes()


class _Books:
    """The balances that a batch touches, and what it adds."""

    def __init__(self, conn: sa.Connection, keys: set[Key]) -> None:
        self._entries: list[Columns] = []
        self._holds: list[Columns] = []
        self._balances = self._load(conn, keys)

    def _load(self, conn: sa.Connection, keys: set[Key]) -> dict[Key, Columns]:
        wanted = [{"seller_id": seller_id, "currency": currency} for seller_id, currency in sorted(keys)]
        return {(row["seller_id"], row["currency"]): row for row in load(conn, LOAD, document(wanted))}

    def book(self, envelope: Envelope, booking: Booking) -> None:
        """Add what the event posts and holds, unless the books contain it already."""
        position, seller_id, currency = envelope.position or 0, booking.seller_id, booking.currency
        books = self._balances.setdefault(
            (seller_id, currency),
            {"seller_id": seller_id, "currency": currency, "balance_minor": 0, "held_minor": 0, "position": 0},
        )
        if position <= books["position"]:
            return
        recorded_at = envelope.cause.recorded_at
        books["position"] = position
        books["booked_at"] = max(books.get("booked_at", recorded_at), recorded_at)
        origin = _origin(envelope, booking, books["booked_at"])
        if booking.posting:
            self._entries += _entries(booking.posting, origin, books, envelope)
        if booking.hold:
            self._holds.append(_hold(booking.hold, origin, books))

    def changes(self) -> list[Change]:
        return [
            *writing(ADD_ENTRIES, self._entries),
            *writing(ADD_HOLDS, self._holds),
            *writing(PUT_BALANCES, list(self._balances.values())),
        ]


def _origin(envelope: Envelope, booking: Booking, booked_at: datetime) -> Columns:
    """What entries and holds say alike of where they come from."""
    return {
        "position": envelope.position,
        "stream_id": envelope.originator_id,
        "version": envelope.originator_version,
        "seller_id": booking.seller_id,
        "line_id": booking.line_id,
        "currency": booking.currency,
        "occurred_at": envelope.occurred_at,
        "booked_at": booked_at,
    }


def _entries(posting: Posting, origin: Columns, books: Columns, envelope: Envelope) -> list[Columns]:
    rows = []
    for ordinal, part in enumerate(posting.entries):
        row = {
            **origin,
            "ordinal": ordinal,
            "topic": envelope.topic,
            "rule": posting.rule,
            "account": part.account,
            "item": part.item,
            "amount_minor": part.amount.minor,
            "policy": envelope.policy,
            "recorded_at": envelope.cause.recorded_at,
        }
        if part.account is Account.SELLER:
            books["balance_minor"] += part.amount.minor
            row["balance_minor"] = books["balance_minor"]
        rows.append(row)
    return rows


def _hold(change: HoldChange, origin: Columns, books: Columns) -> Columns:
    books["held_minor"] += change.amount.minor
    return {**origin, "reason": change.reason, "amount_minor": change.amount.minor}
