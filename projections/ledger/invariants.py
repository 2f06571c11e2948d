"""What must always hold of the books, each rule by name: for tests, and for health in production (SPEC §5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from domain.posting import Account
from projections.decoding import opened
from projections.ledger.bookings import TOPICS, hold_of, posting_of
from projections.ledger.tables import balance, entry, hold
from store.envelope import Envelope
from store.reader import LogReader

FAULTS_TOLD = 20
AT_ONCE = 500
Line = tuple[int, str, int, str]
"""Position in the log, what it is, minor units and currency: of an entry or of a hold."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where an invariant does not hold."""

    invariant: str
    sentence: str


TOTALS = (
    sa.select(entry.c.currency, sa.func.sum(entry.c.amount_minor).label("total"))
    .group_by(entry.c.currency)
    .having(sa.func.sum(entry.c.amount_minor) != 0)
)
UNBALANCED = (
    sa.select(entry.c.position, sa.func.sum(entry.c.amount_minor).label("total"))
    .group_by(entry.c.position)
    .having(sa.func.sum(entry.c.amount_minor) != 0)
    .limit(FAULTS_TOLD)
)


def _sum(column: sa.ColumnElement[int], *where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(*where).scalar_subquery()


BOOKED = _sum(
    entry.c.amount_minor,
    entry.c.account == Account.SELLER,
    entry.c.seller_id == balance.c.seller_id,
    entry.c.currency == balance.c.currency,
)
HELD = _sum(hold.c.amount_minor, hold.c.seller_id == balance.c.seller_id, hold.c.currency == balance.c.currency)
WRONG_BALANCES = (
    sa.select(balance, BOOKED.label("booked"), HELD.label("held"))
    .where((balance.c.balance_minor != BOOKED) | (balance.c.held_minor != HELD))
    .limit(FAULTS_TOLD)
)
BETWEEN = (
    sa.select(entry)
    .where(entry.c.position > sa.bindparam("after"), entry.c.position <= sa.bindparam("until"))
    .order_by(entry.c.position, entry.c.ordinal)
)
HELD_BETWEEN = sa.select(hold).where(hold.c.position > sa.bindparam("after"), hold.c.position <= sa.bindparam("until"))


def all_postings_sum_to_zero(conn: sa.Connection) -> list[Fault]:
    """Per currency, over all accounts."""
    return [
        Fault("all_postings_sum_to_zero", f"all entries in {row.currency} sum to {row.total}, not zero")
        for row in conn.execute(TOTALS)
    ]


def each_posting_sums_to_zero(conn: sa.Connection) -> list[Fault]:
    """Each by itself."""
    return [
        Fault("each_posting_sums_to_zero", f"the entries at position {row.position} sum to {row.total}, not zero")
        for row in conn.execute(UNBALANCED)
    ]


def balances_are_sums(conn: sa.Connection) -> list[Fault]:
    """Each seller's balance is the sum of his entries, what is held the sum of his holds."""
    return [
        Fault(
            "balances_are_sums",
            f"{row.seller_id} has {row.balance_minor} {row.currency} and {row.held_minor} held; "
            f"the books sum to {row.booked} and {row.held}",
        )
        for row in conn.execute(WRONG_BALANCES)
    ]


INVARIANTS: tuple[Callable[[sa.Connection], list[Fault]], ...] = (
    all_postings_sum_to_zero,
    each_posting_sums_to_zero,
    balances_are_sums,
)
"""Those that look at the books alone."""


def ledger_says_what_the_log_says(
    conn: sa.Connection, reader: LogReader, after: int, until: int
) -> tuple[int, list[Fault]]:
    """Compare the entries and holds of some events behind ``after`` with those events; also how far that came.

    Call it again from there until it comes no further: so the whole log can be compared little by little.
    """
    events = reader.read(after, AT_ONCE, until=until, conn=conn)
    if not events:
        return after, []
    reached = events[-1].id
    said = {line for event in events if event.topic in TOPICS for line in _said_by(opened(event))}
    booked = set(_booked(conn, {"after": after, "until": reached}))
    differing = sorted(said ^ booked)[:FAULTS_TOLD]
    return reached, [Fault("ledger_says_what_the_log_says", _difference(line, said)) for line in differing]


def _said_by(envelope: Envelope) -> Iterator[Line]:
    position, posting, change = envelope.position or 0, posting_of(envelope), hold_of(envelope)
    for ordinal, it in enumerate(posting.entries if posting else ()):
        yield position, _entry(ordinal, it.account, it.item), it.amount.minor, it.amount.currency
    if change:
        yield position, _hold(change.reason), change.amount.minor, change.amount.currency


def _booked(conn: sa.Connection, between: Mapping[str, int]) -> Iterator[Line]:
    for row in conn.execute(BETWEEN, between):
        yield row.position, _entry(row.ordinal, row.account, row.item), row.amount_minor, row.currency
    for row in conn.execute(HELD_BETWEEN, between):
        yield row.position, _hold(row.reason), row.amount_minor, row.currency


def _entry(ordinal: int, account: str, item: str) -> str:
    return f"entry {ordinal} on {account} for {item}"


def _hold(reason: str) -> str:
    return f"hold for {reason}"


def _difference(line: Line, said: Collection[Line]) -> str:
    position, what, minor, currency = line
    where = "only the log says" if line in said else "only the books say"
    return f"{where} at position {position}: {minor} {currency}, {what}"
