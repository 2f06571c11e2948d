"""The request after each of its events; total, and without a rule: history is never refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

from domain.cancellation import events as e
from domain.cancellation.cancellation import Cancellation
from domain.reached import reached, reached_beside, reached_otherwise, told_elsewhere
from domain.vocabulary import CancellationStatus, RefundState

Effect = Callable[[Cancellation, Any], dict[str, Any]]
"""Which fields an event changes, beside those that every event carries."""


def _set(**changes: Any) -> Effect:  # noqa: ANN401 -- any field of a cancellation
    return lambda cancellation, event: changes


def _settled(cancellation: Cancellation, event: e.RefundSettled) -> dict[str, Any]:
    attempt = event.attempt or cancellation.refunds_requested
    return {"refund": RefundState.SETTLED, **_attempt_settled(cancellation, attempt)}


def _attempt_settled(cancellation: Cancellation, attempt: int) -> dict[str, Any]:
    settled = cancellation.attempts_settled | {attempt}
    return {**reached(cancellation, cancellation.refund_due), "attempts_settled": settled}


def _requested_again(cancellation: Cancellation, event: e.CancellationEvent) -> dict[str, Any]:
    return {"refund": RefundState.REQUESTED, "refunds_requested": cancellation.refunds_requested + 1}


EFFECTS: dict[type[e.CancellationEvent], Effect] = {
    e.CancellationAccepted: _set(is_granted=True),
    e.UnpaidCancellationAccepted: _set(is_granted=True),
    e.RefundSubmitted: _set(refund=RefundState.SUBMITTED),
    e.RefundAttemptFailed: _set(refund=RefundState.REQUESTED),
    e.RefundFailed: _set(refund=RefundState.FAILED),
    e.RefundRequestedAgain: _requested_again,
    e.RefundSettled: _settled,
    e.StrayRefundSettled: lambda cancellation, event: _attempt_settled(cancellation, event.attempt),
    e.RefundPaidOtherwise: lambda cancellation, event: {
        "refund": RefundState.SETTLED,
        **reached_otherwise(cancellation),
    },
    e.RefundPaidElsewhere: lambda cancellation, event: {
        "refund": RefundState.SETTLED,
        **reached(cancellation, event.amount),
        **told_elsewhere(cancellation, event.reference),
    },
    e.RefundedElsewhere: lambda cancellation, event: {
        **reached(cancellation, event.amount),
        **told_elsewhere(cancellation, event.reference),
    },
    e.OutsideRefundRecorded: lambda cancellation, event: {
        **reached_beside(cancellation, event.amount),
        **told_elsewhere(cancellation, event.reference),
    },
    e.SupersededByChargeback: _set(chargeback=True),
    e.RefundSupersededByChargeback: _set(chargeback=True, bank_paid=True, refund=RefundState.NONE),
    e.RefundLeftToChargeback: _set(bank_paid=True, refund=RefundState.NONE),
    e.ChargebackRecorded: _set(chargeback=True),
    e.ChargebackReversed: _set(chargeback=False, bank_paid=False),
    e.RefundDueAfterReversal: _set(chargeback=False, bank_paid=False, refund=RefundState.FAILED),
}
"""What each event means for a request. Events that are not listed only add to its history."""


def requested(event: e.CancellationRequested, *, policy: str, at: datetime) -> Cancellation:
    """The request that an opening event begins."""
    return Cancellation(
        id=event.cancellation_id,
        attempt=event.attempt,
        status=event.status,
        line=event.line,
        policy=policy,
        requested_at=at,
        deadline=event.deadline,
    )


def evolve(cancellation: Cancellation, event: e.CancellationEvent, *, at: datetime) -> Cancellation:
    """The request after one more event that occurred ``at``; never refuses recorded history."""
    effect = EFFECTS.get(type(event))
    return replace(cancellation, **_carried(cancellation, event, at), **(effect(cancellation, event) if effect else {}))


def _carried(cancellation: Cancellation, event: e.CancellationEvent, at: datetime) -> dict[str, Any]:
    """What every event says by itself: where the request stands, its deadline, its money."""
    changes: dict[str, Any] = {
        "version": cancellation.version + 1,
        "status": event.status,
        "deadline": event.deadline,
        "outcome": event.outcome,
    }
    if event.status is CancellationStatus.CLOSED and cancellation.is_open:
        changes["closed_at"] = at
    if event.refund:
        changes |= {"refund": RefundState.REQUESTED, "refund_due": event.refund, "refunds_requested": 1}
    if event.posting:
        standing = cancellation.posting
        changes["posting"] = event.posting if standing is None else standing.joined(event.posting)
    return changes


def replay(history: Iterable[tuple[e.CancellationEvent, datetime, str | None]]) -> Cancellation | None:
    """The request after its whole history of (event, occurred at, policy); None for no history."""

    def step(
        cancellation: Cancellation | None, recorded: tuple[e.CancellationEvent, datetime, str | None]
    ) -> Cancellation | None:
        event, at, policy = recorded
        if cancellation is None:
            return requested(event, policy=policy or "", at=at) if isinstance(event, e.CancellationRequested) else None
        return evolve(cancellation, event, at=at)

    return reduce(step, history, None)
