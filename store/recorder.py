"""The library's recorder interface over the one SQLAlchemy engine: append without a lock, read in safe order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent, Subscription

from store.append import Save, append
from store.failures import InDoubt, translated
from store.group_commit import GroupCommit
from store.idempotency import CommandRecord
from store.reader import LAST, LogReader, fetch
from store.session import Session

STREAM = """
    select id, stream_id, version, topic, state::text from store.event
    where stream_id = %s and version > %s and version <= %s
    order by version {direction} limit %s
"""
FORWARD, BACKWARD = STREAM.format(direction="asc"), STREAM.format(direction="desc")
STREAMS = """
    select id, stream_id, version, topic, state::text from store.event
    where stream_id = any(%s::uuid[]) order by stream_id, version
"""
LARGE = 50
"""A save of more events than this goes alone, so that small ones need not wait for it."""
IMPATIENCE = "50ms"
"""How long a batch waits for a lock before its saves go on alone: one stuck save must not hold up others."""
LAST_VERSION = 2**31 - 1


class LogRecorder(ApplicationRecorder):
    """Appends to the log and reads from it. All errors are the library's and those of ``store.failures``."""

    def __init__(
        self, engine: sa.Engine, reader: LogReader | None = None, announce: Callable[[], None] = lambda: None
    ) -> None:
        """``announce`` is called after each commit of its own, to wake the readers."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = reader or LogReader(engine)
        self._lane = Session(engine, lock_timeout=IMPATIENCE)
        self._group = GroupCommit(self._write_batch, self._write_alone)
        self._announce = announce

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        command: CommandRecord | None = None,
        conn: sa.Connection | None = None,
        **_: Any,  # noqa: ANN401 -- the library's own signature
    ) -> Sequence[int]:
        """Write the events, and with them the record of their command: all or nothing; their positions.

        With ``conn`` they become part of the caller's transaction, and the caller announces its commit.
        Raises StreamMoved, CommandRepeated, CommandInFlight, InDoubt.
        """
        save = Save.of(stored_events, command)
        if conn is not None:
            return _join(conn, [save])[0]
        ids = self._group.append(save) if len(save.rows) <= LARGE else self._write_alone([save])[0]
        self._announce()
        return ids

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
        conn: sa.Connection | None = None,
    ) -> list[Notification]:
        """One stream's events with ``gt`` < version ≤ ``lte``, by version; with their positions."""
        first, last = -1 if gt is None else gt, LAST_VERSION if lte is None else lte
        with self._reading(conn) as own:
            return fetch(own, BACKWARD if desc else FORWARD, (str(originator_id), first, last, limit))

    def select_streams(
        self, stream_ids: Iterable[UUID], conn: sa.Connection | None = None
    ) -> dict[UUID, list[Notification]]:
        """Several whole streams in one query; streams without events have an empty list."""
        streams: dict[UUID, list[Notification]] = {stream_id: [] for stream_id in stream_ids}
        with self._reading(conn) as own:
            for event in fetch(own, STREAMS, (list(streams),)):
                streams[cast("UUID", event.originator_id)].append(event)
        return streams

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        """Events in the order of their positions, stopping before a place that is not decided yet."""
        after = 0 if start is None else start - inclusive_of_start
        return self._reader.read(after, limit, until=LAST if stop is None else stop, topics=topics)

    def max_notification_id(self) -> int | None:
        return self._reader.head() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Not offered: it would start a thread and a connection a subscriber. Tail with LogReader and Wakeup."""
        raise NotImplementedError("tail the log with store.reader.LogReader, woken by store.wakeup.Wakeup")

    def _write_batch(self, saves: Sequence[Save]) -> list[list[int]]:
        return append(self._run_batch, saves)

    def _run_batch(self, statement: str, parameters: Sequence[str]) -> Iterable[int]:
        return [id_ for (id_,) in self._lane.execute(statement, parameters)]

    def _write_alone(self, saves: Sequence[Save]) -> list[list[int]]:
        with translated(InDoubt), self._engine.connect() as conn:
            return _join(conn, saves)

    @contextmanager
    def _reading(self, conn: sa.Connection | None) -> Iterator[sa.Connection]:
        with translated(), nullcontext(conn) if conn is not None else self._engine.connect() as own:
            yield own


def _join(conn: sa.Connection, saves: Sequence[Save]) -> list[list[int]]:
    def run(statement: str, parameters: Sequence[str]) -> Iterable[int]:
        return conn.exec_driver_sql(statement, tuple(parameters)).scalars()

    with translated(InDoubt):
        return append(run, saves)
