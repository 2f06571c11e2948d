"""One step of the engine: a batch of the log handed to the projections that stand before it (DESIGN §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from eventsourcing.persistence import Notification

from projections import positions
from projections.decoding import opened
from projections.projection import Projection
from store.envelope import Envelope
from store.reader import Batch, LogReader

BATCH = 500
"""Events a transaction."""


class ProjectionFailedError(Exception):
    """One projection could not take its batch; the cause says why."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the projection {name} failed")
        self.name = name


@dataclass(frozen=True, slots=True)
class Step:
    """What a transaction moved."""

    events: int
    """Of the log, passed by those furthest behind; 0 when there is nothing to do."""
    held_back: bool
    """Whether more is visible but not decided yet: look again within milliseconds."""


def advance(conn: sa.Connection, reader: LogReader, projections: Mapping[str, Projection], limit: int = BATCH) -> Step:
    """Move each of these that nobody else moves by up to ``limit`` events, in the transaction of ``conn``.

    Those that stand at the same place share what is read and decoded. Raises ProjectionFailedError; then the
    transaction must be rolled back.
    """
    standing: dict[int, list[Projection]] = defaultdict(list)
    for name, position in positions.claim(conn, projections).items():
        standing[position].append(projections[name])
    passed = [_pass_on(conn, reader, after, group, limit) for after, group in standing.items()]
    return Step(max((len(events) for events in passed), default=0), any(events.seen for events in passed))


def _pass_on(conn: sa.Connection, reader: LogReader, after: int, group: Sequence[Projection], limit: int) -> Batch:
    events = reader.read(after, limit, conn=conn)
    if events:
        shared = _Shared(events)
        for projection in group:
            _apply(conn, projection, shared)
        positions.move(conn, [projection.name for projection in group], events[-1].id)
    return events


def _apply(conn: sa.Connection, projection: Projection, shared: _Shared) -> None:
    try:
        wanted = shared.of(projection.topics)
        if wanted:
            projection.apply(conn, wanted)
    except Exception as error:
        raise ProjectionFailedError(projection.name) from error


class _Shared:
    """Stored events, each decoded at most once, and only if someone wants it."""

    def __init__(self, stored: Iterable[Notification]) -> None:
        self._stored = stored
        self._opened: dict[int, Envelope] = {}

    def of(self, topics: frozenset[str]) -> list[Envelope]:
        return [self._open(event) for event in self._stored if event.topic in topics]

    def _open(self, event: Notification) -> Envelope:
        envelope = self._opened.get(event.id)
        if envelope is None:
            envelope = self._opened[event.id] = opened(event)
        return envelope
