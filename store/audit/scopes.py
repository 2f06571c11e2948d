"""Which events belong to an export, read some at a time, so that memory stays the same however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from eventsourcing.persistence import Notification
from pydantic_core import from_json

from domain.order.events import CancellationOpened, RefundCaseOpened
from store import streams
from store.codec import stamp
from store.failures import translated
from store.reader import LAST, LogReader
from store.recorder import LogRecorder

SLACK: Final = timedelta(hours=1)
"""How far the clocks of the machines that record may be apart; the roots only narrow the search."""
FIRST = """
    select min(id) from store.event
    where id > coalesce((select max(position) from store.root where taken_at < %s), 0)
        and state ->> 'recorded_at' collate "C" >= %s
"""
LAST_BEFORE = """
    select max(id) from store.event
    where id <= coalesce((select min(position) from store.root where taken_at > %s), %s)
        and state ->> 'recorded_at' collate "C" < %s
"""
OPENED = {RefundCaseOpened.topic: "case_id", CancellationOpened.topic: "cancellation_id"}


class Scopes:
    """Reads the stored events of a case, of a seller, of a period."""

    def __init__(self, engine: sa.Engine, reader: LogReader, recorder: LogRecorder) -> None:
        self._engine = engine
        self._reader = reader
        self._recorder = recorder

    def stream(self, stream_id: UUID) -> Iterator[Notification]:
        """One case or cancellation, whole."""
        yield from self._recorder.select_events(stream_id)

    def seller(self, seller_id: str, line_ids: Iterable[Sequence[str]]) -> Iterator[Notification]:
        """The seller's account, then these lines of his with their cases and cancellations, stream by stream."""
        yield from self._recorder.select_events(streams.seller(seller_id))
        for lines in line_ids:
            told = self._whole(map(streams.order_line, lines))
            yield from told
            yield from self._whole(_opened_by(told))

    def period(self, first: datetime, last: datetime) -> Iterator[Notification]:
        """Everything between the first event recorded at or after ``first`` and the last one before ``last``.

        Raises Unavailable as ``LogReader.through`` does.
        """
        with translated(), self._engine.connect() as conn:
            begin = conn.exec_driver_sql(FIRST, (first - SLACK, stamp(first))).scalar_one()
            end = conn.exec_driver_sql(LAST_BEFORE, (last + SLACK, LAST, stamp(last))).scalar_one()
        if begin is not None and end is not None:
            yield from self._reader.through(begin - 1, end)

    def _whole(self, stream_ids: Iterable[UUID]) -> list[Notification]:
        return [event for events in self._recorder.select_streams(stream_ids).values() for event in events]


def _opened_by(told: Iterable[Notification]) -> list[UUID]:
    """The cases and cancellations that were opened on order lines, as their streams say."""
    markers = (event for event in told if event.topic in OPENED)
    return [UUID(from_json(event.state)["payload"][OPENED[event.topic]]) for event in markers]
