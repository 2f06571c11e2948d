"""One step of the engine: a batch of the log handed to the projections that stand before it (DESIGN §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa
from eventsourcing.persistence import Notification
from psycopg.errors import DiskFull

from projections import positions
from projections.changes import Change
from projections.decoding import opened
from projections.projection import Projection
from projections.round_trips import ask, at_once, driver_of, tell
from store.envelope import Envelope
from store.failures import Unavailable, translated
from store.reader import Batch, LogReader

BATCH = 500
"""Events a transaction."""
Move: TypeAlias = tuple[Sequence[str], int]
"""Which projections move, and how far."""


class ProjectionFailedError(Exception):
    """One of these projections could not take its batch; the cause says why."""

    def __init__(self, *names: str) -> None:
        super().__init__(f"failed: {', '.join(names)}")
        self.names = names


@dataclass(frozen=True, slots=True)
class Step:
    """What a transaction moved."""

    events: int
    """Of the log, passed by those furthest behind; 0 when there is nothing to do."""
    held_back: bool
    """Whether more is visible but not decided yet: look again within milliseconds."""
    reached: Mapping[str, int]
    """Up to where each of those that moved contains the log now."""


class Reading:
    """The log as one turn sees it: each place read once, each event decoded at most once and only if wanted."""

    def __init__(self, reader: LogReader, limit: int = BATCH, *, foreseen: int | None = None) -> None:
        """``limit``: the most events of a batch. ``foreseen``: where the projections are likely to stand."""
        self._reader = reader
        self._limit = limit
        self._foreseen = foreseen
        self._batches: dict[int, Batch] = {}
        self._opened: dict[int, Envelope] = {}

    def claim(self, conn: sa.Connection, names: Iterable[str]) -> dict[str, int]:
        """Lock the positions of those that nobody else moves, and look behind the foreseen one on the same trip."""
        if self._foreseen is None or self._foreseen in self._batches:
            (claimed,) = ask(conn, positions.claim(names))
        else:
            look = self._reader.look(self._foreseen, self._limit)
            claimed, rows = ask(conn, positions.claim(names), look.asked)
            self._batches[self._foreseen] = self._reader.seen(look, rows, conn)
        return {each.name: each.position for each in claimed}

    def after(self, position: int, conn: sa.Connection) -> Batch:
        """What comes behind this position."""
        batch = self._batches.get(position)
        if batch is None:
            batch = self._batches[position] = self._reader.read(position, self._limit, conn=conn)
        return batch

    def wanted(self, batch: Batch, topics: frozenset[str]) -> list[Envelope]:
        return [self._open(event) for event in batch if event.topic in topics]

    @property
    def reached(self) -> int | None:
        """Where those furthest ahead stand after this turn."""
        ends = [batch[-1].id if batch else after for after, batch in self._batches.items()]
        return max(ends, default=self._foreseen)

    def _open(self, event: Notification) -> Envelope:
        envelope = self._opened.get(event.id)
        if envelope is None:
            envelope = self._opened[event.id] = opened(event)
        return envelope


def advance(engine: sa.Engine, reading: Reading, projections: Mapping[str, Projection]) -> Step:
    """Move each of these that nobody else moves by one batch, all in one transaction.

    Those that stand at the same place share what is read and decoded. Raises ProjectionFailedError, which names
    several where only the database knows which of them it was, and Unavailable where the connection broke or the disk
    is full, which says nothing of any of them; nothing was written then, or with a broken connection perhaps all of it.
    """
    with translated(), engine.connect() as conn:
        conn.begin()
        standing = _standing(conn, reading, projections)
        batches = {after: reading.after(after, conn) for after in standing}
        passed = {after: batch for after, batch in batches.items() if batch}
        moves = [([it.name for it in standing[after]], batch[-1].id) for after, batch in passed.items()]
        if moves:
            changes = [
                change
                for after, batch in passed.items()
                for projection in standing[after]
                for change in _changes(conn, projection, reading, batch)
            ]
            _commit(conn, changes, moves)
        else:
            conn.commit()  # a rollback would make the driver forget all that it has prepared
    return Step(
        max(map(len, batches.values()), default=0),
        any(batch.seen for batch in batches.values()),
        {name: position for names, position in moves for name in names},
    )


def _standing(
    conn: sa.Connection, reading: Reading, projections: Mapping[str, Projection]
) -> dict[int, list[Projection]]:
    standing: dict[int, list[Projection]] = defaultdict(list)
    for name, position in reading.claim(conn, projections).items():
        standing[position].append(projections[name])
    return standing


def _changes(conn: sa.Connection, projection: Projection, reading: Reading, batch: Batch) -> Sequence[Change]:
    try:
        events = reading.wanted(batch, projection.topics)
        return list(projection.changes(conn, events)) if events else []
    except Exception as error:
        _excuse(conn, error)
        raise ProjectionFailedError(projection.name) from error


def _commit(conn: sa.Connection, changes: Sequence[Change], moves: Sequence[Move]) -> None:
    try:
        with at_once(conn):
            tell(conn, *changes, *(positions.move(names, position) for names, position in moves))
            conn.commit()
    except Exception as error:  # noqa: BLE001 -- raised as what it means
        _excuse(conn, error)
        raise ProjectionFailedError(*(name for names, _ in moves for name in names)) from _cause(error)


def _excuse(conn: sa.Connection, error: Exception) -> None:
    """Raises Unavailable where the connection is lost or the disk is full: it was the database that failed."""
    cause = _cause(error)
    is_lost = conn.invalidated or driver_of(conn).broken
    if is_lost:
        conn.invalidate()  # or its end would raise as well
    if is_lost or isinstance(cause, DiskFull):
        raise Unavailable(str(cause)) from error


def _cause(error: BaseException) -> BaseException:
    """What the driver raised: SQLAlchemy's own text shows whatever statement came last."""
    return getattr(error, "orig", error)
