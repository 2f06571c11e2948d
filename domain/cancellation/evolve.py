"""The request after each of its events; total, and without a rule: history is never refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

from domain.cancellation import events as e
from domain.cancellation.cancellation import Cancellation
from domain.money import Money, together
from domain.payout import paid_in_another_way
from domain.vocabulary import CancellationStatus, RefundState

Effect = Callable[[Cancellation, Any], dict[str, Any]]
"""Which fields an event changes, beside those that every event carries."""


def _set(**changes: Any) -> Effect:  # noqa: ANN401 -- any field of a cancellation
    return lambda cancellation, event: changes


def _paid_otherwise(cancellation: Cancellation, event: e.RefundPaidOtherwise) -> dict[str, Any]:
    """What reached the buyer beside the refund may be that other way: it counts once."""
    in_all = paid_in_another_way(cancellation.reached_buyer, cancellation.refund_due)
    return {"refund": RefundState.SETTLED, "refunds_made": cancellation.refunds_made + 1, **in_all}


def _reached_buyer(cancellation: Cancellation, amount: Money | None) -> dict[str, Any]:
    return {"refunds_made": cancellation.refunds_made + 1, "refunded": together(cancellation.refunded, amount)}


def _settled(cancellation: Cancellation, event: e.RefundSettled) -> dict[str, Any]:
    attempt = event.attempt or cancellation.refunds_requested
    reached = _reached_buyer(cancellation, cancellation.refund_due)
    settled = cancellation.attempts_settled | {attempt}
    return {"refund": RefundState.SETTLED, **reached, "attempts_settled": settled}


def _strayed(cancellation: Cancellation, event: e.StrayRefundSettled) -> dict[str, Any]:
    reached = _reached_buyer(cancellation, cancellation.refund_due)
    return {**reached, "attempts_settled": cancellation.attempts_settled | {event.attempt}}


def _requested_again(cancellation: Cancellation, event: e.CancellationEvent) -> dict[str, Any]:
    return {"refund": RefundState.REQUESTED, "refunds_requested": cancellation.refunds_requested + 1}


def _refunded_elsewhere(cancellation: Cancellation, event: e.RefundedElsewhere) -> dict[str, Any]:
    return _reached_buyer(cancellation, event.amount)


def _paid_elsewhere(cancellation: Cancellation, event: e.RefundPaidElsewhere) -> dict[str, Any]:
    return {"refund": RefundState.SETTLED, **_reached_buyer(cancellation, event.amount)}


def _refunded_beside(cancellation: Cancellation, event: e.OutsideRefundRecorded) -> dict[str, Any]:
    beside = together(cancellation.refunded_beside, event.amount)
    return {"refunds_made": cancellation.refunds_made + 1, "refunded_beside": beside}


EFFECTS: dict[type[e.CancellationEvent], Effect] = {
    e.CancellationAccepted: _set(is_granted=True),
    e.UnpaidCancellationAccepted: _set(is_granted=True),
    e.RefundSubmitted: _set(refund=RefundState.SUBMITTED),
    e.RefundAttemptFailed: _set(refund=RefundState.REQUESTED),
    e.RefundFailed: _set(refund=RefundState.FAILED),
    e.RefundRequestedAgain: _requested_again,
    e.RefundSettled: _settled,
    e.StrayRefundSettled: _strayed,
    e.RefundPaidOtherwise: _paid_otherwise,
    e.RefundPaidElsewhere: _paid_elsewhere,
    e.RefundedElsewhere: _refunded_elsewhere,
    e.OutsideRefundRecorded: _refunded_beside,
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
