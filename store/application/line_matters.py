"""What one matter of an order line is told of money that reached the buyer, the line and its others hear too (SPEC §4).

A bank names a payment, and the marketplace refunds an order line; which case or cancellation the report is addressed to
says only which of them the reporter knew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from uuid import UUID

from domain.beside import NOTHING_BESIDE, Beside
from domain.cancellation.cancellation import Cancellation
from domain.messages import Command, Event, FactCommand
from domain.order.events import RefundTold
from domain.order.line import OrderLine, chargeback_told, evolve, is_news
from domain.payout import BankReport, ReportRefundElsewhere, ReportRefundSettled
from domain.refund.case import Case
from domain.refund.late_settlement import settled_elsewhere
from store import streams
from store.application.cancellation_record import cancellation_of
from store.application.case_record import record_of
from store.application.parties import Parties
from store.envelope import Cause, Draft, Envelope
from store.log import Append, EventLog, Tip, tip_of

Matter: TypeAlias = Case | Cancellation


class Room(Protocol):
    """Where one kind of matter is carried."""

    def tell(self, history: Sequence[Envelope], fact: FactCommand, cause: Cause) -> Append | None:
        """What a fact makes of the matter that this history tells; None for a history of another kind."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of a report to one matter on the rest of its line."""

    beside: Beside = NOTHING_BESIDE
    appends: tuple[Append, ...] = ()
    """What is recorded on the line and on its other matters."""


class LineMatters:
    """The cases and cancellations of order lines, each told by the room that carries it."""

    def __init__(self, log: EventLog, parties: Parties) -> None:
        self._log = log
        self._parties = parties
        self._rooms: list[Room] = []

    def carried_in(self, room: Room) -> None:
        """Have matters of this room's kind told there."""
        self._rooms.append(room)

    def hear(self, matter: Matter, command: Command, cause: Cause) -> Told:
        """What it means for the rest of the line that one of its matters is told of money; nothing for other commands.

        A report of a bank is news to the line's newest matters, a refund made elsewhere to what is open, as is one that
        an ended case had given up and that settles. Each marks the line, so that a request which races with it is told
        or judged anew.
        """
        fact = _of_line(matter, command)
        if fact is None:
            return Told()
        line, tip = self._line(matter.line.line_id)
        if line is None:
            return Told()
        if isinstance(fact, BankReport):
            appends = self.of_bank(line, tip, fact, cause, told={matter.id})
            return Told(Beside(disputed=bool(line.disputed_beside(fact.reference))), tuple(appends))
        return self._elsewhere(matter, line, tip, fact, cause)

    def _elsewhere(self, matter: Matter, line: OrderLine, tip: Tip, fact: ReportRefundElsewhere, cause: Cause) -> Told:
        others = [stream for stream in (*line.cases, *line.cancellations) if stream != matter.id]
        beside = [(other, past) for past in self._log.histories(others).values() if (other := _matter_of(past))]
        told = self._told([past for other, past in beside if other.is_open], fact, cause)
        known = any(fact.reference in one.refunds_elsewhere for one in (matter, *(other for other, _ in beside)))
        marked = [] if known else [_mark(tip, [RefundTold(matter_id=matter.id)], fact, cause)]
        return Told(Beside(taken=bool(told) or known), (*marked, *told))

    def of_bank(
        self, line: OrderLine, tip: Tip, fact: BankReport, cause: Cause, told: Iterable[UUID] = ()
    ) -> list[Append]:
        """The line marked, and its newest case and cancellation told, but for those ``told`` already.

        Nothing for a dispute that the line knows: telling it twice changes nothing.
        """
        events = chargeback_told(line, fact)
        if not events:
            return []
        marked = _mark(tip, events, fact, cause)
        (after,) = [evolve(event, line) for event in events]
        if not (after and is_news(fact, line, after)):
            return [marked]
        newest = {*line.cases[-1:], *line.cancellations[-1:]}.difference(told)
        return [marked, *self._told(self._log.histories(newest).values(), fact, cause)]

    def _line(self, line_id: str) -> tuple[OrderLine | None, Tip]:
        stream_id = streams.order_line(line_id)
        history = self._log.history(stream_id)
        return self._parties.line_of(history), tip_of(stream_id, history)

    def _told(self, histories: Iterable[Sequence[Envelope]], fact: FactCommand, cause: Cause) -> list[Append]:
        told = (room.tell(history, fact, cause) for history in histories for room in self._rooms)
        return [append for append in told if append is not None]


def _of_line(matter: Matter, command: Command) -> BankReport | ReportRefundElsewhere | None:
    """What the command tells of the line's money, whichever of its matters it names."""
    if isinstance(command, ReportRefundSettled) and isinstance(matter, Case):
        return settled_elsewhere(matter, command)
    return command if isinstance(command, BankReport | ReportRefundElsewhere) else None


def _mark(tip: Tip, events: Iterable[Event], fact: FactCommand, cause: Cause) -> Append:
    """What the line is told itself, as of when it happened."""
    at = min(fact.happened_at, cause.recorded_at)
    return Append(tip, [(Draft(event, at, None), cause) for event in events])


def _matter_of(history: Sequence[Envelope]) -> Matter | None:
    if record := record_of(history):
        return record.case
    asked = cancellation_of(history)
    return asked.cancellation if asked else None
