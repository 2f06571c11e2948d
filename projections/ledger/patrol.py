"""The books looked through a stretch at a time, so that a ledger of any size is watched at the same small cost.

What is new is looked at as it comes; what is older goes round and round, a stretch at each look. Each posting sums to
zero, each balance is the one before it and the amount, the newest is the seller's balance, and all of it is what the
log says: so every account is right if every stretch is.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from projections.ledger.invariants import FAULTS_TOLD, Fault, ledger_says_what_the_log_says
from projections.ledger.statements import OWN
from projections.ledger.tables import balance, entry, hold
from store.reader import LogReader

AT_A_LOOK = 5000
"""Events of each kind, new and old, that one look goes through: two seconds where every one of them moves money."""

STRETCH = (sa.bindparam("after", type_=sa.BigInteger), sa.bindparam("until", type_=sa.BigInteger))
before = entry.alias("before")


def _within(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    after, until = STRETCH
    return table.c.position > after, table.c.position <= until


def _place(rows: sa.FromClause) -> sa.Tuple:
    return sa.tuple_(rows.c.booked_at, rows.c.position, rows.c.ordinal)


def _of_account(rows: sa.FromClause, whose: sa.FromClause) -> tuple[sa.ColumnElement[bool], ...]:
    own = rows.c.account == sa.literal_column("'seller'")
    return own, rows.c.seller_id == whose.c.seller_id, rows.c.currency == whose.c.currency


NEWEST_FIRST = tuple(column.desc() for column in (before.c.booked_at, before.c.position, before.c.ordinal))
BALANCE_BEFORE = (
    sa.select(before.c.balance_minor)
    .where(*_of_account(before, entry), _place(before) < _place(entry))
    .order_by(*NEWEST_FIRST)
    .limit(1)
    .scalar_subquery()
)
BROKEN_RUNS = (
    sa.select(entry.c.position, entry.c.ordinal, entry.c.balance_minor)
    .where(*_within(entry), OWN, entry.c.balance_minor != sa.func.coalesce(BALANCE_BEFORE, 0) + entry.c.amount_minor)
    .order_by(entry.c.position, entry.c.ordinal)
    .limit(FAULTS_TOLD)
)
UNBALANCED = (
    sa.select(entry.c.position, sa.func.sum(entry.c.amount_minor).label("total"))
    .where(*_within(entry))
    .group_by(entry.c.position)
    .having(sa.func.sum(entry.c.amount_minor) != 0)
    .order_by(entry.c.position)
    .limit(FAULTS_TOLD)
)
_TOUCHES = sa.union_all(
    *(
        sa.select(table.c.seller_id, table.c.currency, table.c.position).where(*_within(table))
        for table in (entry, hold, balance)
    )
).subquery("touches")
TOUCHED = (
    sa.select(_TOUCHES.c.seller_id, _TOUCHES.c.currency, sa.func.max(_TOUCHES.c.position).label("last"))
    .group_by(_TOUCHES.c.seller_id, _TOUCHES.c.currency)
    .subquery("touched")
)
NEWEST = (
    sa.select(before.c.balance_minor)
    .where(*_of_account(before, TOUCHED))
    .order_by(*NEWEST_FIRST)
    .limit(1)
    .scalar_subquery()
)
HELD = (
    sa.select(sa.func.sum(hold.c.amount_minor))
    .where(hold.c.seller_id == TOUCHED.c.seller_id, hold.c.currency == TOUCHED.c.currency)
    .scalar_subquery()
)
BOOKED, IS_HELD = sa.func.coalesce(NEWEST, 0), sa.func.coalesce(HELD, 0)
WRONGLY_HELD = sa.case(
    (sa.and_(*_within(balance)), balance.c.held_minor.is_distinct_from(IS_HELD)),
    else_=sa.false(),
)
"""Each seller's holds are added up once a round, where his last event lies, or every look would cost all of them."""


def _none_there(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """Nothing of the seller's where his balance says that it ends: looked up, where EXISTS would read all rows."""
    there = sa.select(rows.c.position).where(
        rows.c.position == balance.c.position, rows.c.seller_id == balance.c.seller_id
    )
    return there.limit(1).scalar_subquery().is_(None)


WRONGLY_LAST = (balance.c.position < TOUCHED.c.last) | (_none_there(entry) & _none_there(hold))
WRONG_BALANCES = (
    sa.select(TOUCHED)
    .join_from(
        TOUCHED,
        balance,
        sa.and_(balance.c.seller_id == TOUCHED.c.seller_id, balance.c.currency == TOUCHED.c.currency),
        isouter=True,
    )
    .where(balance.c.balance_minor.is_distinct_from(BOOKED) | WRONGLY_LAST | WRONGLY_HELD)
    .limit(FAULTS_TOLD)
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the log by its positions: behind ``after``, up to ``until``."""

    after: int
    until: int

    def holds(self, position: int) -> bool:
        return self.after < position <= self.until


class Patrol:
    """Goes through the books; ``faults`` are those found when each place was last passed, in the order of the log."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._seen: int | None = None
        """Up to where what is new has been looked at."""
        self._round = 0
        self._found: dict[Stretch, list[Fault]] = {}

    @property
    def faults(self) -> list[Fault]:
        return [fault for stretch in sorted(self._found, key=lambda it: it.after) for fault in self._found[stretch]]

    def look(self, conn: sa.Connection, standing: int) -> None:
        """Look at what is new up to ``standing``, where the books are, and go on with the round."""
        seen = standing if self._seen is None else self._seen
        self._seen = self._go(conn, seen, standing)
        self._round = self._go(conn, self._round, seen)
        if self._round >= seen:
            self._round = 0

    def _go(self, conn: sa.Connection, after: int, until: int) -> int:
        """How far this look came."""
        least = after + AT_A_LOOK
        while after < min(until, least):
            reached, differing = ledger_says_what_the_log_says(conn, self._reader, after, until)
            stretch = Stretch(after, until if reached == after else reached)
            self._note(stretch, [*differing, *_faults_of_books(conn, stretch)])
            after = stretch.until
        return after

    def _note(self, stretch: Stretch, faults: list[Fault]) -> None:
        """In place of whatever was found there before."""
        self._found = {known: told for known, told in self._found.items() if not stretch.holds(known.until)}
        if faults:
            self._found[stretch] = faults


def _faults_of_books(conn: sa.Connection, stretch: Stretch) -> list[Fault]:
    """What does not fit within the books themselves."""
    within = {"after": stretch.after, "until": stretch.until}
    unbalanced = [
        Fault("each_posting_sums_to_zero", f"the entries at position {row.position} sum to {row.total}, not zero")
        for row in conn.execute(UNBALANCED, within)
    ]
    broken = [
        Fault("balances_run_on", f"entry {row.ordinal} at position {row.position} does not follow from the one before")
        for row in conn.execute(BROKEN_RUNS, within)
    ]
    wrong = [
        Fault(
            "balances_are_sums",
            f"the balance of {row.seller_id} in {row.currency} is not his newest entry's, or what is held not the sum"
            " of his holds, or neither goes as far as they do",
        )
        for row in conn.execute(WRONG_BALANCES, within)
    ]
    return [*unbalanced, *broken, *wrong]
