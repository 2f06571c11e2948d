"""What the queue says of a case or cancellation, told from its whole history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.actors import Role
from domain.cancellation.cancellation import Cancellation
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.refund.case import Case
from domain.refund.events import RequestRoutedToSupport, SupportAskedIn
from domain.vocabulary import CancellationStatus, ReviewCause, Status
from projections.glance import Columns
from projections.processes import Process, step_of, waits_on
from store.application.cancellation_record import cancellation_of
from store.application.case_record import record_of
from store.envelope import Envelope


@dataclass(slots=True)
class _Stay:
    """How a case came to support, as its history tells."""

    status: Status | CancellationStatus | None = None
    since: datetime | None = None
    asked_in_by: Role | None = None
    answered_at: datetime | None = None

    def take_in(self, envelope: Envelope) -> None:
        step, actor = step_of(envelope), envelope.cause.actor
        waits = waits_on(step.status)
        if waits is Role.SUPPORT and step.status is not self.status:
            self.since, self.answered_at = envelope.occurred_at, None
        elif actor.role is Role.SUPPORT and self.since:
            self.answered_at = self.answered_at or envelope.occurred_at
        self.status = step.status
        if waits in {Role.SUPPORT, Role.PAYMENTS, None}:
            self.asked_in_by = None
        elif isinstance(step, SupportAskedIn) and self.asked_in_by is None:
            self.asked_in_by, self.since, self.answered_at = actor.role, envelope.occurred_at, None

    @property
    def lasts(self) -> bool:
        return self.asked_in_by is not None or (self.status is not None and waits_on(self.status) is Role.SUPPORT)


def entry_of(history: Sequence[Envelope]) -> Columns | None:
    """The row of a case or cancellation; None when it is none of support's business."""
    stay = _Stay()
    for envelope in history:
        stay.take_in(envelope)
    if not stay.lasts:
        return None
    if (record := record_of(history)) is not None:
        return {**_stay_columns(stay), **_case_columns(record.case, history)}
    cancelling = cancellation_of(history)
    return {**_stay_columns(stay), **_cancellation_columns(cancelling.cancellation)} if cancelling else None


def _stay_columns(stay: _Stay) -> Columns:
    return {
        "status": stay.status,
        "since": stay.since,
        "asked_in_by": stay.asked_in_by,
        "answered_at": stay.answered_at,
    }


def _case_columns(case: Case, history: Sequence[Envelope]) -> Columns:
    in_review = case.status is Status.SUPPORT_REVIEW
    cause = case.review_cause if in_review else None
    began = step_of(history[0])
    appealed = case.status is Status.APPEAL_REVIEW
    return {
        **_line_columns(case.line, case.seller_charged if appealed else case.refund_due or case.line.paid),
        "id": case.id,
        "process": Process.REFUND,
        "cause": cause,
        "routing": began.routing if isinstance(began, RequestRoutedToSupport) and cause is ReviewCause.INTAKE else (),
        "on_hold": cause is ReviewCause.RETURN_DISPUTED,
        "fraud_suspected": case.fraud_suspected,
        "reason": case.reason,
        "opened_at": case.opened_at,
    }


def _cancellation_columns(cancellation: Cancellation) -> Columns:
    """Only a refund that failed for good brings a cancellation here."""
    return {
        **_line_columns(cancellation.line, cancellation.refund_due or cancellation.line.paid),
        "id": cancellation.id,
        "process": Process.CANCELLATION,
        "cause": ReviewCause.REFUND_FAILED,
        "routing": (),
        "on_hold": False,
        "fraud_suspected": False,
        "reason": None,
        "opened_at": cancellation.requested_at,
    }


def _line_columns(line: OrderLineFacts, at_stake: Money) -> Columns:
    return {
        "currency": at_stake.currency,
        "at_stake_minor": at_stake.minor,
        "seller_id": line.seller_id,
        "buyer_id": line.buyer_id,
        "order_id": line.order_id,
        "line_id": line.line_id,
        "title": line.title,
    }
