"""Scans of the order itself: one that comes while a late or giveaway case is there reaches that case (SPEC §§3, 13).

Recorded in the transaction that records the order line, so that neither is ever known without the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from domain.actors import Actor, Role
from domain.messages import FactCommand
from domain.order.facts import OrderLineFacts
from domain.order.line import OrderLine
from domain.refund.commands import ReportOrderAccepted, ReportReplacementDelivered
from domain.vocabulary import ReplacementState
from store.application.cancellation_record import CancellationRecord, cancellation_of
from store.application.cancellations import Cancellations
from store.application.carrying import Drafts
from store.application.case_record import CaseRecord, record_of
from store.application.refund_cases import RefundCases
from store.envelope import Cause, Envelope
from store.log import Append, EventLog

NOT_AWAITED = frozenset({ReplacementState.NONE, ReplacementState.DELIVERED})


class OrderScans:
    """Tells cases and cancellation requests what new facts of their order lines say."""

    def __init__(self, log: EventLog, refund_cases: RefundCases, cancellations: Cancellations) -> None:
        self._log = log
        self._refund_cases = refund_cases
        self._cancellations = cancellations

    def appends(self, changes: Iterable[tuple[OrderLine, OrderLineFacts]], cause: Cause) -> list[Append]:
        """What to record with these changes of order lines on the newest case and cancellation of each."""
        told: dict[UUID, Sequence[FactCommand]] = {}
        for line, facts in changes:
            if news := _news(line.facts, facts):
                told |= dict.fromkeys((*line.cases[-1:], *line.cancellations[-1:]), news)
        by_carrier = replace(cause, actor=Actor(role=Role.CARRIER, id=cause.actor.id))
        histories = self._log.histories(told) if told else {}
        appends = (self._append(histories[stream_id], news, by_carrier) for stream_id, news in told.items())
        return [append for append in appends if append is not None]

    def _append(self, history: Sequence[Envelope], news: Sequence[FactCommand], cause: Cause) -> Append | None:
        if record := record_of(history):
            return self._on_case(record, news, cause) if record.case.never_arrived else None
        if told := cancellation_of(history):
            return self._on_cancellation(told, news, cause)
        return None

    def _on_case(self, record: CaseRecord, news: Sequence[FactCommand], cause: Cause) -> Append:
        """A delivery counts where the case follows the parcel; elsewhere the order line shows it."""
        case = record.case
        drafts: Drafts = []
        for fact in news:
            if not isinstance(fact, ReportReplacementDelivered) or case.replacement not in NOT_AWAITED:
                carried = self._refund_cases.after(case, fact, cause)
                case, drafts = carried.moved, drafts + carried.drafts
        return Append(record.tip, drafts)

    def _on_cancellation(self, record: CancellationRecord, news: Sequence[FactCommand], cause: Cause) -> Append:
        """Shipment declines what is still asked, and is recorded beside what was granted (SPEC §4)."""
        drafts: Drafts = []
        for fact in news:
            if isinstance(fact, ReportOrderAccepted):
                drafts += self._cancellations.after(record.cancellation, fact, cause).drafts
        return Append(record.tip, drafts)


def _news(before: OrderLineFacts, now: OrderLineFacts) -> list[FactCommand]:
    facts: list[FactCommand] = []
    if now.scanned_at and not before.scanned_at:
        facts.append(ReportOrderAccepted(happened_at=now.scanned_at))
    if now.delivered_at and not before.delivered_at:
        facts.append(ReportReplacementDelivered(happened_at=now.delivered_at))
    return facts
