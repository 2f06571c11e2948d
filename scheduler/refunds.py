"""Refunds on their way out: each is handed to the payment provider under its own key (SPEC §5)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from domain.actors import PROVIDER
from domain.cancellation.cancellation import Cancellation
from domain.payout import RefundReport, ReportRefundFailed, ReportRefundSubmitted
from domain.refund.case import Case
from domain.vocabulary import RefundState
from projections.dispatching import Job
from projections.outbox import JobKind
from scheduler.courier import Limits, Outcome
from scheduler.ports.payments import Payments, RefundOrder
from scheduler.ports.trouble import RefusedForGood
from store.application import DirectService, Reports, cancellation_of, record_of
from store.envelope import Envelope

LOG = logging.getLogger(__name__)


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
        self._log = service.log
        self._clock: Callable[[], datetime] = service.clock
        self._payments = payments
        self._reports = reports

    def carry_out(self, job: Job) -> Outcome:
        """Hand over the refund that the job's event made due, unless it is submitted, settled or undone by now."""
        order = _order(self._log.history(job.stream_id), job)
        if order is None:
            return Outcome.MOOT
        try:
            taken = self._payments.refund(order)
        except RefusedForGood as refusal:
            self._tell(job, ReportRefundFailed(happened_at=self._clock(), attempt=order.attempt, detail=refusal.detail))
            return Outcome.REFUSED
        self._tell(
            job,
            ReportRefundSubmitted(happened_at=taken.taken_at, attempt=order.attempt, reference=taken.reference),
        )
        self._watch_for_crossing(order)
        return Outcome.DONE

    def _tell(self, job: Job, fact: RefundReport) -> None:
        self._reports.take(job.stream_id, fact, PROVIDER, f"{job.id}/{type(fact).__name__}", job.correlation_id)

    def _watch_for_crossing(self, order: RefundOrder) -> None:
        """A chargeback, or another way of paying, that came while the provider was asked: people must look."""
        now = _told_by(self._log.history(order.stream_id))
        if now is not None and now.refund is RefundState.NONE:
            LOG.error("refund %s of %s was taken although it was undone meanwhile", order.key, order.stream_id)


def _order(history: Sequence[Envelope], job: Job) -> RefundOrder | None:
    """What to hand over, or None where this refund is no longer waiting for that."""
    then, now = _told_by(history[: job.version]), _told_by(history)
    if then is None or now is None or then.refund_due is None:
        return None
    if now.refund is not RefundState.REQUESTED or now.refunds_requested != then.refunds_requested:
        return None
    return RefundOrder(
        key=refund_key(job.stream_id, then.refunds_requested),
        stream_id=job.stream_id,
        attempt=then.refunds_requested,
        amount=then.refund_due,
        order_id=then.line.order_id,
        line_id=then.line.line_id,
        payment_reference=then.line.payment_reference,
    )


def _told_by(history: Sequence[Envelope]) -> Case | Cancellation | None:
    """What the buyer's money is due from: cases and cancellations pay alike."""
    if record := record_of(history):
        return record.case
    told = cancellation_of(history)
    return told.cancellation if told else None
