"""The streams of some cases up to an event each, read from the log by a projection on its own connection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

import sqlalchemy as sa
from eventsourcing.persistence import Notification

from projections.decoding import opened
from store.envelope import Envelope
from store.tables import event

OF_STREAMS = (
    sa.select(event)
    .where(event.c.stream_id == sa.func.any(sa.bindparam("streams", type_=sa.ARRAY(sa.Uuid))))
    .order_by(event.c.stream_id, event.c.version)
)


def histories(conn: sa.Connection, last: Mapping[UUID, int]) -> dict[UUID, list[Envelope]]:
    """Each stream's events up to the version given, without personal texts."""
    found: dict[UUID, list[Envelope]] = defaultdict(list)
    if not last:
        return found
    for row in conn.execute(OF_STREAMS, {"streams": list(last)}):
        if row.version <= last[row.stream_id]:
            stored = Notification(row.stream_id, row.version, row.topic, row.state.encode(), row.id)
            found[row.stream_id].append(opened(stored))
    return found


def last_versions(events: Iterable[Envelope]) -> dict[UUID, int]:
    """The highest version of each stream among these."""
    return {envelope.originator_id: envelope.originator_version for envelope in events}
