"""Scans of the order itself: one that comes while a late or giveaway case is there reaches that case (SPEC §§3, 13).

Recorded in the transaction that records the order line, so that neither is ever known without the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from domain.actors import Actor, Role
from domain.messages import FactCommand
from domain.order.facts import OrderLineFacts
from domain.order.line import OrderLine
from domain.refund.commands import ReportOrderAccepted, ReportReplacementDelivered
from domain.vocabulary import ReplacementState
from store.application.case_record import CaseRecord, record_of
from store.application.refund_cases import RefundCases
from store.envelope import Cause
from store.log import Append, EventLog

NOT_AWAITED = frozenset({ReplacementState.NONE, ReplacementState.DELIVERED})


class OrderScans:
    """Tells cases what new facts of their order lines say."""

    def __init__(self, log: EventLog, refund_cases: RefundCases) -> None:
        self._log = log
        self._refund_cases = refund_cases

    def appends(self, changes: Iterable[tuple[OrderLine, OrderLineFacts]], cause: Cause) -> list[Append]:
        """What to record with these changes of order lines on the newest case of each."""
        news = {line.cases[-1]: _news(line.facts, facts) for line, facts in changes if line.cases}
        told: Mapping[UUID, Sequence[FactCommand]] = {case_id: facts for case_id, facts in news.items() if facts}
        histories = self._log.histories(told) if told else {}
        by_carrier = replace(cause, actor=Actor(role=Role.CARRIER, id=cause.actor.id))
        records = {case_id: record_of(histories[case_id]) for case_id in told}
        return [
            self._append(record, told[case_id], by_carrier)
            for case_id, record in records.items()
            if record is not None and record.case.never_arrived
        ]

    def _append(self, record: CaseRecord, facts: Sequence[FactCommand], cause: Cause) -> Append:
        """A delivery counts where the case follows the parcel; elsewhere the order line shows it."""
        case, drafts = record.case, []
        for fact in facts:
            if not isinstance(fact, ReportReplacementDelivered) or case.replacement not in NOT_AWAITED:
                case, more = self._refund_cases.after(case, fact, cause)
                drafts += more
        return Append(record.tip, drafts)


def _news(before: OrderLineFacts, now: OrderLineFacts) -> list[FactCommand]:
    facts: list[FactCommand] = []
    if now.scanned_at and not before.scanned_at:
        facts.append(ReportOrderAccepted(happened_at=now.scanned_at))
    if now.delivered_at and not before.delivered_at:
        facts.append(ReportReplacementDelivered(happened_at=now.delivered_at))
    return facts
