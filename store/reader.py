"""Reads the log in order without ever skipping an event that commits late (DESIGN §3).

Ids are drawn when events are inserted, but become visible when their transactions commit, so a lower id may
appear after a higher one. A gap in the ids is therefore either an event still under way or one rolled back.
Whoever drew an id below one already visible held a lock on the table before that one committed, so once all
holders noted after seeing the higher id are gone, whatever is still missing will stay missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from time import monotonic, sleep
from typing import Any

import sqlalchemy as sa
from eventsourcing.persistence import Notification

from store.failures import Unavailable, translated

READ = """
    select id, stream_id, version, topic, state::text from store.event
    where id > %s and id <= %s order by id limit %s
"""
READ_TOPICS = """
    select id, stream_id, version, topic, state::text from store.event
    where id > %s and id <= %s and topic = any(%s) order by id limit %s
"""
HEAD = "select coalesce(max(id), 0) from store.event"
SERVER = "select pg_postmaster_start_time()"
HOLDERS = """
    select virtualtransaction from pg_locks
    where locktype = 'relation' and relation = 'store.event'::regclass and mode = 'RowExclusiveLock'
        and database = (select oid from pg_database where datname = current_database())
"""
NOTE_BARRIER = f"select ({HEAD}), array({HOLDERS})"  # a snapshot comes before the look at the locks
STILL_HELD = f"select exists({HOLDERS} and virtualtransaction = any(%s))"
LAST = 2**63 - 1
PAUSE = 0.001
"""Seconds between two looks at a barrier."""
PAGE = 500
"""Events read at once by whoever goes through many."""
PATIENCE = 10.0
"""Seconds that he waits for what was being written when he came to it."""


class Batch(list[Notification]):
    """Events in the order of their positions, none skipped."""

    def __init__(self, events: Iterable[Notification], *, seen: int = 0) -> None:
        """``seen`` is the position of the last event that is visible but held back, 0 if there is none.

        Where there is one, read again within milliseconds: no wake-up need follow.
        """
        super().__init__(events)
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the log, which whoever sends it may send along with other statements."""

    after: int
    until: int
    limit: int
    settled: int
    """Up to here nothing is missing: known before looking, since a gap settled after that was filled after that."""
    server: datetime | None
    """On which of them that is known."""

    @property
    def asked(self) -> tuple[str, tuple[int, int, int]]:
        """The statement with its parameters, for a connection in READ COMMITTED."""
        return READ, (self.after, self.until, self.limit)

    def decided(self, rows: Iterable[tuple[Any, ...]]) -> Batch:
        """What stands before the first gap that was not decided when the events were read."""
        reached = max(self.after, self.settled)
        events = list(map(_notification, rows))
        for place, event in enumerate(events):
            if event.id > reached + 1:
                return Batch(events[:place], seen=events[-1].id)
            reached = max(reached, event.id)
        return Batch(events)


@dataclass(frozen=True, slots=True)
class _Barrier:
    """Everything up to ``head`` is decided once none of ``holders`` is left."""

    head: int
    holders: list[str]


class LogReader:
    """Delivers the decided part of the log; one for a whole process, shared by its threads.

    Reads on the primary. A ``conn`` of the caller's must be in READ COMMITTED and not have appended itself. What is
    decided is found out anew on another server, which may have taken over without the last events and draws their
    positions again.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._mutex = Lock()
        self._server: datetime | None = None
        self._settled = 0
        self._barrier: _Barrier | None = None

    def read(
        self,
        after: int,
        limit: int,
        *,
        until: int = LAST,
        topics: Sequence[str] = (),
        patience: float = 0.0,
        conn: sa.Connection | None = None,
    ) -> Batch:
        """At most ``limit`` events with ``after`` < position ≤ ``until``, in order, only of ``topics`` if given.

        Stops before a place that is not decided yet, and with nothing else to deliver stays there for up to
        ``patience`` seconds. Never skips an event, however late it commits.
        """
        deadline = monotonic() + patience
        look = self._look_at_topics if topics else self._look
        with self._connection(conn) as own:
            self._is_elsewhere(own)
            while True:
                batch = look(own, after, until, limit, topics)
                if batch or not batch.seen or monotonic() >= deadline:
                    return batch
                sleep(PAUSE)

    def through(self, after: int, until: int, topics: Sequence[str] = ()) -> Iterator[Notification]:
        """All events with ``after`` < position ≤ ``until``, in order, only of ``topics`` if given, a page at a time.

        Raises Unavailable where one of them is not decided after ``PATIENCE`` seconds: it is never left out unsaid.
        """
        while page := self.read(after, PAGE, until=until, topics=topics, patience=PATIENCE):
            yield from page
            after = page[-1].id
        if page.seen:
            raise Unavailable(f"an event behind position {after} is still being written; try again")

    def head(self, conn: sa.Connection | None = None) -> int:
        """The highest visible position, 0 in an empty log: for measuring lag, not for deciding what is safe."""
        with self._connection(conn) as own:
            return int(own.exec_driver_sql(HEAD).scalar_one())

    def end(self) -> int:
        """Where the log ends now: all up to here is visible, and whatever commits later stands behind it.

        Raises Unavailable where an event is not decided after ``PATIENCE`` seconds.
        """
        deadline = monotonic() + PATIENCE
        with self._connection(None) as own:
            self._is_elsewhere(own)
            head = self.head(own)
            self._settle(own, head)
            while self._settled < head:
                if monotonic() >= deadline:
                    raise Unavailable(f"an event before position {head} is still being written; try again")
                sleep(PAUSE)
                self._settle(own, head)
        return head

    def server(self, conn: sa.Connection) -> datetime | None:
        """When the server began that this connection leads to: another one may be without the last events."""
        self._is_elsewhere(conn)
        return self._server

    def look(self, after: int, limit: int, until: int = LAST) -> Look:
        """What ``read`` sends first; ``seen`` makes of its rows what ``read`` returns."""
        with self._mutex:
            return Look(after, until, limit, self._settled, self._server)

    def seen(self, look: Look, rows: Iterable[tuple[Any, ...]], conn: sa.Connection) -> Batch:
        """What this look found, and where that is not decided, what another one finds."""
        here = look.server == self.server(conn)
        batch = (look if here else replace(look, settled=0)).decided(rows)
        if not batch.seen:
            return batch
        self._settle(conn, batch.seen)
        again = self.look(look.after, look.limit, look.until)
        return again.decided(conn.exec_driver_sql(*again.asked))

    def _look(self, conn: sa.Connection, after: int, until: int, limit: int, _topics: Sequence[str]) -> Batch:
        look = self.look(after, limit, until)
        return self.seen(look, conn.exec_driver_sql(*look.asked), conn)

    def _look_at_topics(self, conn: sa.Connection, after: int, until: int, limit: int, topics: Sequence[str]) -> Batch:
        goal = min(until, self.head(conn))
        self._settle(conn, goal)
        bound = min(until, self._settled)
        events = fetch(conn, READ_TOPICS, (after, bound, list(topics), limit))
        return Batch(events, seen=goal if bound < goal else 0)

    def _settle(self, conn: sa.Connection, goal: int) -> None:
        """Learn that all is decided up to ``goal``, or return at a barrier that still stands."""
        while self._settled < goal:
            barrier = self._barrier or self._note(conn)
            if barrier.holders and conn.exec_driver_sql(STILL_HELD, (barrier.holders,)).scalar_one():
                return
            self._learn(barrier)

    def _note(self, conn: sa.Connection) -> _Barrier:
        noted = _Barrier(*conn.exec_driver_sql(NOTE_BARRIER).one())
        with self._mutex:
            self._barrier = self._barrier or noted
            return self._barrier

    def _learn(self, passed: _Barrier) -> None:
        with self._mutex:
            if self._barrier is passed:
                self._settled = max(self._settled, passed.head)
                self._barrier = None

    def _is_elsewhere(self, conn: sa.Connection) -> bool:
        """Whether it leads to another server than the one before; then nothing counts as decided any more."""
        if self in conn.info:
            return False
        server = conn.exec_driver_sql(SERVER).scalar_one()
        with self._mutex:
            conn.info[self] = True
            if server == self._server:
                return False
            self._server, self._settled, self._barrier = server, 0, None
        return True

    @contextmanager
    def _connection(self, conn: sa.Connection | None) -> Iterator[sa.Connection]:
        with translated(), nullcontext(conn) if conn is not None else self._engine.connect() as own:
            yield own


def fetch(conn: sa.Connection, statement: str, parameters: tuple[Any, ...]) -> list[Notification]:
    """The events a statement selects as id, stream id, version, topic, state."""
    return list(map(_notification, conn.exec_driver_sql(statement, parameters)))


def _notification(row: Sequence[Any]) -> Notification:
    id_, stream, version, topic, state = row
    return Notification(stream, version, topic, state.encode(), id_)
