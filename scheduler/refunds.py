"""Refunds on their way out: each is handed to the payment provider under its own key (SPEC §5)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from domain.payout import RefundReport, ReportRefundFailed, ReportRefundSubmitted
from domain.vocabulary import Outcome as Ending
from domain.vocabulary import RefundState
from projections.dispatching import Job
from projections.outbox import JobKind
from scheduler.courier import Limits, Outcome
from scheduler.ports.payments import Payments, RefundOrder
from scheduler.ports.trouble import RefusedForGood
from scheduler.reports import PROVIDER, Reports
from store.application import CaseRecord, DirectService, record_of

LOG = logging.getLogger(__name__)
PAID_TWICE = frozenset({Ending.SUPERSEDED_BY_CHARGEBACK, Ending.REFUNDED_ELSEWHERE})


def refund_key(stream_id: UUID, attempt: int) -> UUID:
    """The idempotency key of a refund: a retry has the same, another attempt by support a new one."""
    return uuid5(stream_id, f"refund/{attempt}")


class SubmitRefund:
    """Hands refunds to the provider.

    An unanswered one is tried for ever: it may have been taken, and paying again under a new key could pay twice.
    How long it has waited shows in the courier's health.
    """

    kind = JobKind.SUBMIT_REFUND
    limits = Limits()

    def __init__(self, service: DirectService, payments: Payments, reports: Reports) -> None:
        self._cases = service.refund_cases
        self._clock: Callable[[], datetime] = service.clock
        self._payments = payments
        self._reports = reports

    def carry_out(self, job: Job) -> Outcome:
        """Hand over the refund that the job's event made due, unless it is submitted, settled or undone by now."""
        record = self._cases.find(job.stream_id, PROVIDER)
        order = _order(record, job)
        if order is None:
            return Outcome.MOOT
        try:
            taken = self._payments.refund(order)
        except RefusedForGood as refusal:
            failed = ReportRefundFailed(happened_at=self._clock(), attempt=order.attempt, detail=refusal.detail)
            self._tell(record, job, failed)
            return Outcome.REFUSED
        self._tell(
            record,
            job,
            ReportRefundSubmitted(happened_at=taken.taken_at, attempt=order.attempt, reference=taken.reference),
        )
        self._watch_for_crossing(order)
        return Outcome.DONE

    def _tell(self, record: CaseRecord, job: Job, fact: RefundReport) -> None:
        correlation_id = record.history[job.version - 1].cause.correlation_id
        self._reports.take(job.stream_id, fact, PROVIDER, f"{job.id}/{type(fact).__name__}", correlation_id)

    def _watch_for_crossing(self, order: RefundOrder) -> None:
        """A chargeback or another way of paying that came while the provider was asked: people must look."""
        case = self._cases.find(order.stream_id, PROVIDER).case
        if case.outcome in PAID_TWICE and case.refunds_requested == order.attempt:
            LOG.error("refund %s of case %s was taken although the case ended as %s", order.key, case.id, case.outcome)


def _order(record: CaseRecord, job: Job) -> RefundOrder | None:
    """What to hand over, or None where this refund is no longer waiting for that."""
    then = record_of(record.history[: job.version])
    if then is None or then.case.refund_due is None:
        return None
    case, attempt = record.case, then.case.refunds_requested
    if case.refund is not RefundState.REQUESTED or case.refunds_requested != attempt:
        return None
    return RefundOrder(
        key=refund_key(case.id, attempt),
        stream_id=case.id,
        attempt=attempt,
        amount=then.case.refund_due,
        order_id=case.line.order_id,
        line_id=case.line.line_id,
        payment_reference=case.line.payment_reference,
    )
