"""Keeps the support queue in step with the log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from domain.actors import Role
from domain.refund.events import SupportAskedIn
from projections.changes import Change, writing
from projections.histories import histories, last_versions
from projections.processes import TOPICS, step_of, waits_on
from projections.schema import putting
from projections.support_queue.entry import entry_of
from projections.support_queue.tables import queued
from store.envelope import Envelope

STREAMS = queued.c.id == sa.func.any(sa.bindparam("streams", type_=sa.ARRAY(sa.Uuid)))
QUEUED = sa.select(queued.c.id).where(STREAMS)
LEAVE = sa.delete(queued).where(STREAMS)
PUT = putting(queued)


class SupportQueue:
    """Reads the few cases that come to support anew from the log, and writes down what they are there for."""

    name = "support_queue"
    tables = (queued,)
    topics = TOPICS

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        last = last_versions(events)
        waiting = set(conn.execute(QUEUED, {"streams": list(last)}).scalars())
        concerned = {stream_id: last[stream_id] for stream_id in _of_interest(events) | waiting}
        entries = {stream_id: entry_of(history) for stream_id, history in histories(conn, concerned).items()}
        gone = [stream_id for stream_id in waiting if not entries.get(stream_id)]
        leaving = [Change(LEAVE, {"streams": gone})] if gone else []
        return [*leaving, *writing(PUT, [entry for entry in entries.values() if entry])]


def _of_interest(events: Sequence[Envelope]) -> set[UUID]:
    """The streams that these events leave with support, or in which someone asks for it."""
    at_end = {envelope.originator_id: step_of(envelope) for envelope in events}
    asked = {envelope.originator_id for envelope in events if isinstance(envelope.payload, SupportAskedIn)}
    return {stream_id for stream_id, step in at_end.items() if waits_on(step.status) is Role.SUPPORT} | asked
