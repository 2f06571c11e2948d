"""How each case or cancellation began: what was asked, and the order line as pinned; later events do not repeat it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from cachetools import LRUCache
from eventsourcing.persistence import StoredEvent

from domain.order.facts import OrderLineFacts
from projections.decoding import opened
from projections.processes import Beginning
from store.envelope import Envelope
from store.tables import event

KEPT = 10_000
FIRST_EVENTS = sa.select(event.c.stream_id, event.c.version, event.c.topic, event.c.state).where(
    event.c.stream_id == sa.func.any(sa.bindparam("streams", type_=sa.ARRAY(sa.Uuid))), event.c.version == 1
)


@dataclass(frozen=True, slots=True)
class Opening:
    """The first event of a case or cancellation."""

    event: Beginning
    at: datetime

    @property
    def line(self) -> OrderLineFacts:
        return self.event.line


class Openings:
    """Finds openings: among the events at hand, those seen lately, or in the log itself."""

    def __init__(self) -> None:
        self._seen: LRUCache[UUID, Opening] = LRUCache(KEPT)

    def of(self, conn: sa.Connection, events: Sequence[Envelope]) -> Mapping[UUID, Opening]:
        """The opening of every stream that these events belong to."""
        self._note(events)
        streams = {envelope.originator_id for envelope in events}
        found = {stream: opening for stream in streams if (opening := self._seen.get(stream))}
        missing = streams - found.keys()
        return {**found, **self._note(first_events(conn, missing))} if missing else found

    def _note(self, events: Iterable[Envelope]) -> dict[UUID, Opening]:
        openings = {
            envelope.originator_id: Opening(envelope.payload, envelope.occurred_at)
            for envelope in events
            if isinstance(envelope.payload, Beginning)
        }
        self._seen.update(openings)
        return openings


def first_events(conn: sa.Connection, streams: Iterable[UUID]) -> list[Envelope]:
    """The first event of each of these streams, as the log has it."""
    rows = conn.execute(FIRST_EVENTS, {"streams": list(streams)})
    return [opened(StoredEvent(row.stream_id, row.version, row.topic, row.state.encode())) for row in rows]
