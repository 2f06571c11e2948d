"""Order lines on the write side: recorded one by one or in bulk, each once (SPEC §2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.messages import Event
from domain.order.facts import OrderLineFacts
from domain.order.line import OrderLine, record
from domain.order.whole import WholeOrder
from domain.refusals import CommandInFlight, RuleBroken
from domain.seller.account import SellerProfile, record_profile
from store import streams
from store.application.errand import Errand
from store.application.order_scans import OrderScans
from store.application.parties import Parties
from store.envelope import Cause, Draft, Envelope
from store.failures import StreamMoved
from store.log import Append, EventLog, tip_of

ATTEMPTS = 5
Results = tuple[dict[str, "LineResult"], int | None]
"""What became of each line, by its id, and the position in the log after it."""


class Recorded(StrEnum):
    """What reporting a line led to."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one reported line."""

    line_id: str
    recorded: Recorded
    refusal: RuleBroken | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """What became of a batch of lines, in their order, and the position in the log after it."""

    lines: tuple[LineResult, ...]
    position: int | None


class OrderLines:
    """Records what the marketplace reports of its order lines."""

    def __init__(self, log: EventLog, parties: Parties, scans: OrderScans, clock: Callable[[], datetime]) -> None:
        self._log = log
        self._parties = parties
        self._scans = scans
        self._clock = clock

    def find(self, line_id: str) -> OrderLine | None:
        """The line as it stands, or None."""
        return self._parties.line_of(self._log.history(streams.order_line(line_id)))

    def record(self, reports: Sequence[OrderLineFacts], errand: Errand) -> Import:
        """Record the lines in one transaction; each counts for itself, refused ones are left out. In a preview none is.

        The same report twice changes nothing, so no command id need be kept. A seller that an order names first
        is created, not enrolled; a scan that is news reaches the line's late or giveaway case with it. Raises
        CommandInFlight when the lines keep being changed by others meanwhile.
        """
        latest = {facts.line_id: facts for facts in reports}
        results, position = self._tried(lambda: self._record(latest, errand))
        return Import(tuple(results[facts.line_id] for facts in reports), position)

    def record_whole(self, order: WholeOrder, errand: Errand) -> Import:
        """Record all lines of an order in one transaction, each with its share of the order's shipping.

        Raises RuleBroken when one of them is refused, and then none is recorded; CommandInFlight as ``record`` does.
        """
        told = {facts.line_id: facts for facts in order.lines}
        results, position = self._tried(lambda: self._record(told, errand, order))
        return Import(tuple(results[line_id] for line_id in told), position)

    def _tried(self, attempt: Callable[[], Results]) -> Results:
        for _ in range(ATTEMPTS):
            try:
                return attempt()
            except StreamMoved:
                continue
        raise CommandInFlight("lines_busy", "these order lines are being changed by others; try again")

    def _record(
        self, reports: Mapping[str, OrderLineFacts], errand: Errand, order: WholeOrder | None = None
    ) -> Results:
        cause = errand.cause(self._clock())
        line_streams = {line_id: streams.order_line(line_id) for line_id in reports}
        sellers = {facts.seller_id: streams.seller(facts.seller_id) for facts in reports.values()}
        histories = self._log.histories([*line_streams.values(), *sellers.values()])
        lines = {line_id: self._parties.line_of(histories[stream]) for line_id, stream in line_streams.items()}
        if order is not None:
            reports = {facts.line_id: facts for facts in order.shared(lines)}
        results, appends, changes = {}, [], []
        for line_id, facts in reports.items():
            line = lines[line_id]
            result, events = _decided(line, facts)
            if order is not None and result.refusal is not None:
                raise result.refusal
            results[line_id] = result
            appends.append(_append(line_streams[line_id], histories, events, cause))
            if line and events:
                changes.append((line, facts))
        named = {reports[line_id].seller_id for line_id, result in results.items() if result.refusal is None}
        for seller_id in sorted(named):
            known = self._parties.seller_of(histories[sellers[seller_id]])
            events = [] if known else record_profile(None, seller_id, SellerProfile())
            appends.append(_append(sellers[seller_id], histories, events, cause))
        appends += self._scans.appends(changes, cause)
        stored = [] if errand.preview else self._log.append([append for append in appends if append.drafts])
        return results, max((event.position or 0 for event in stored), default=None)


def _decided(line: OrderLine | None, facts: OrderLineFacts) -> tuple[LineResult, list[Event]]:
    try:
        events = record(line, facts)
    except RuleBroken as refusal:
        return LineResult(facts.line_id, Recorded.REFUSED, refusal), []
    if not events:
        return LineResult(facts.line_id, Recorded.UNCHANGED), []
    return LineResult(facts.line_id, Recorded.NEW if line is None else Recorded.UPDATED), events


def _append(stream_id: UUID, histories: Mapping[UUID, list[Envelope]], events: Sequence[Event], cause: Cause) -> Append:
    drafts = [(Draft(event, cause.recorded_at, None), cause) for event in events]
    return Append(tip_of(stream_id, histories[stream_id]), drafts)
