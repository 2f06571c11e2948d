"""The refund cases of order lines as the log tells them, for whoever runs them again (SPEC §10)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final, cast
from uuid import UUID

from domain.backtest import Recorded, RecordedCase, RecordedLine
from domain.backtest.recorded import AddressAt
from domain.messages import Personal
from domain.order.events import RefundCaseOpened
from domain.order.line import OrderLine
from domain.refund.events import CaseEvent, RequestOpened
from domain.seller import account
from store import streams
from store.application.parties import Parties
from store.envelope import Envelope
from store.log import EventLog
from store.reader import LogReader
from store.upcasting import read_as

AT_ONCE: Final = 100
"""Order lines in memory."""


class RecordedLines:
    """Reads order lines with everything that their cases are made of."""

    def __init__(self, log: EventLog, reader: LogReader, parties: Parties) -> None:
        self._log = log
        self._reader = reader
        self._parties = parties

    def all(self) -> Iterator[RecordedLine]:
        """Every line on which a case was opened, in the order of their first cases; some in memory at a time.

        Raises Unavailable where an event of the log is not decided for long.
        """
        openings = self._reader.through(0, self._reader.end(), sorted(read_as({RefundCaseOpened.topic})))
        rest = iter(dict.fromkeys(cast("UUID", opening.originator_id) for opening in openings))
        while some := list(islice(rest, AT_ONCE)):
            yield from self._read(some)

    def _read(self, line_streams: Sequence[UUID]) -> Iterator[RecordedLine]:
        lines = [line for told in self._log.histories(line_streams).values() if (line := self._parties.line_of(told))]
        sellers = {streams.seller(line.facts.seller_id) for line in lines}
        histories = self._log.histories([*sellers, *(case for line in lines for case in line.cases)])
        for line in lines:
            yield self._line(line, histories)

    def _line(self, line: OrderLine, histories: Mapping[UUID, Sequence[Envelope]]) -> RecordedLine:
        cases = tuple(recorded_case(history) for case_id in line.cases if (history := histories[case_id]))
        return RecordedLine(cases, _addresses(histories[streams.seller(line.facts.seller_id)]))


def recorded_case(history: Sequence[Envelope]) -> RecordedCase:
    """A case of these events, its opening first."""
    events = tuple(
        Recorded(
            cast("CaseEvent", told.payload), told.cause.actor, told.occurred_at, told.cause.recorded_at, told.policy
        )
        for told in history
    )
    return RecordedCase(cast("RequestOpened", events[0].event), events)


def _addresses(history: Sequence[Envelope]) -> AddressAt:
    """Where the seller's returns went, at any instant."""
    changes = list(_chosen(history))
    instants = [at for at, _ in changes]

    def address_at(at: datetime) -> Personal | None:
        place = bisect_right(instants, at)
        return changes[place - 1][1] if place else None

    return address_at


def _chosen(history: Iterable[Envelope]) -> Iterator[tuple[datetime, Personal | None]]:
    stands = None
    for told in history:
        stands = account.evolve(told.payload, stands)
        yield told.cause.recorded_at, stands.return_address if stands else None
