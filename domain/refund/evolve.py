"""What each event makes of a case; total, and without a rule: history is never refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from domain.refund import events as e
from domain.refund.case import Case
from domain.vocabulary import RefundState, ReplacementState, ReturnState, ReviewCause, Route, Status

Effect = Callable[[Case, Any], dict[str, Any]]
"""Which fields an event changes, beside those that every event carries."""


def _set(**changes: Any) -> Effect:  # noqa: ANN401 -- any field of a case
    return lambda case, event: changes


def _review(cause: ReviewCause, **changes: Any) -> Effect:  # noqa: ANN401 -- any field of a case
    return _set(review_cause=cause, **changes)


def _void_open_return(case: Case) -> ReturnState:
    return ReturnState.VOID if case.return_state is ReturnState.OPEN else case.return_state


def _ended_without_return(case: Case, event: e.CaseEvent) -> dict[str, Any]:
    return {"return_state": _void_open_return(case)}


def _addressed(case: Case, event: Any) -> dict[str, Any]:  # noqa: ANN401 -- several events carry an address
    return {"return_address": event.return_address or case.return_address}


def _return_opened(case: Case, event: Any) -> dict[str, Any]:  # noqa: ANN401 -- several events open the return
    address = getattr(event, "return_address", None) or case.return_address
    return {"return_state": ReturnState.OPEN, "return_address": address}


def _decided(**changes: Any) -> Effect:  # noqa: ANN401 -- any field of a case
    return lambda case, event: {"liability": event.liability, "decided_by_support": True, **changes}


def _decided_on_return(state: ReturnState | None) -> Effect:
    def effect(case: Case, event: e.RefundOnReturnDecided) -> dict[str, Any]:
        changes = {"liability": event.liability, "decided_by_support": True, **_addressed(case, event)}
        return changes if state is None else {**changes, "return_state": state}

    return effect


def _outbound_scan(case: Case, event: e.ReplacementScanRecorded) -> dict[str, Any]:
    """Once the refund is due, a replacement on its way is beside the case."""
    if case.status is not Status.SUPPORT_REVIEW:
        return {"replacement": ReplacementState.NONE}
    return {"replacement": _scanned(event), "review_cause": ReviewCause.REPLACEMENT_PROBLEM}


def _scanned(event: Any) -> ReplacementState:  # noqa: ANN401 -- several events report a scan
    return ReplacementState.DELIVERED if event.delivered else ReplacementState.SCANNED


def _return_scan_recorded(case: Case, event: e.ReturnScanRecorded) -> dict[str, Any]:
    """On a closed case the parcel goes back to the buyer (SPEC §13)."""
    if case.status is Status.CLOSED:
        return {"return_state": ReturnState.SENT_BACK}
    return {"return_state": ReturnState.DELIVERED if event.delivered else ReturnState.SCANNED}


def _reported(case: Case, event: e.ReturnReportedShipped) -> dict[str, Any]:
    return {"return_reported": True}


def _paid_elsewhere(case: Case, event: e.RefundedElsewhere) -> dict[str, Any]:
    return {
        "refund": RefundState.SETTLED if case.refund is RefundState.FAILED else RefundState.NONE,
        "refunds_made": case.refunds_made + 1,
        "refunded": event.amount,
        "return_state": _void_open_return(case),
    }


def _paid(case: Case, event: e.CaseEvent) -> dict[str, Any]:
    return {"refund": RefundState.SETTLED, "refunds_made": case.refunds_made + 1, "refunded": case.refund_due}


def _superseded(case: Case, event: e.CaseEvent) -> dict[str, Any]:
    return {"chargeback": True, "refund": RefundState.NONE, "return_state": _void_open_return(case)}


SENT_BACK = _set(return_state=ReturnState.SENT_BACK)
ANSWERED = _set(seller_answered=True)

EFFECTS: dict[type[e.CaseEvent], Effect] = {
    e.SuccessorOpened: lambda case, event: {"successor": event.successor},
    e.RequestWithdrawn: _ended_without_return,
    # answers
    e.RefundApproved: lambda case, event: {"seller_answered": True, **_ended_without_return(case, event)},
    e.ReturnApproved: lambda case, event: {"seller_answered": True, **_return_opened(case, event)},
    e.SellerSilent: _review(ReviewCause.SILENCE),
    e.SilenceApprovedReturn: _return_opened,
    e.PartialRefundOffered: lambda case, event: {
        "seller_answered": True,
        "offer": event.amount,
        **_addressed(case, event),
    },
    e.OfferRaised: lambda case, event: {"offer": event.amount, "offer_raises": case.offer_raises + 1},
    e.OfferDeclinedForReturn: _return_opened,
    e.OfferLapsedToReturn: _return_opened,
    e.OfferDeclinedToSupport: _review(ReviewCause.OFFER_DECLINED),
    e.OfferLapsedToSupport: _review(ReviewCause.OFFER_DECLINED),
    e.RequestRejected: ANSWERED,
    e.RequestEscalated: _review(ReviewCause.ESCALATED),
    # the return
    e.ReturnReportedShipped: _reported,
    e.ReturnLabelIssued: lambda case, event: {"return_label_cost": event.cost},
    e.ReturnLabelFailed: _review(ReviewCause.LABEL_FAILED),
    e.ReturnNotShipped: lambda case, event: {
        "return_state": ReturnState.VOID,
        "return_lapsed_at": case.deadline.due_at if case.deadline else None,
    },
    e.ReturnAccepted: _set(return_state=ReturnState.SCANNED),
    e.ReturnDelivered: _set(return_state=ReturnState.DELIVERED),
    e.ReturnReinstated: _set(return_state=ReturnState.SCANNED),
    e.ReturnReinstatedDelivered: _set(return_state=ReturnState.DELIVERED),
    e.LateReturnToSupport: _review(ReviewCause.LATE_RETURN, return_state=ReturnState.SCANNED),
    e.ReturnArrivedDuringReview: _set(return_state=ReturnState.DELIVERED),
    e.ReturnScanRecorded: _return_scan_recorded,
    e.ReturnLost: _review(ReviewCause.RETURN_LOST),
    e.ReturnDisputed: _review(ReviewCause.RETURN_DISPUTED, return_state=ReturnState.DISPUTED),
    # the replacement
    e.ReplacementItemProposed: lambda case, event: {"proposed_item": event.item, "item_agreed": None},
    e.ReplacementItemAnswered: lambda case, event: {"item_agreed": event.accepted},
    e.ReplacementPromised: lambda case, event: {
        "seller_answered": True,
        "replacement": ReplacementState.PROMISED,
        **_addressed(case, event),
    },
    e.ReplacementTrackingEntered: _set(replacement=ReplacementState.TRACKED),
    e.OrderMarkedShipped: _set(seller_answered=True, replacement=ReplacementState.TRACKED),
    e.SendingOrdered: _set(replacement=ReplacementState.PROMISED),
    e.OrderShippedAfterAll: _set(replacement=ReplacementState.SCANNED),
    e.ReplacementAccepted: lambda case, event: {
        "replacement": ReplacementState.SCANNED,
        **_ended_without_return(case, event),
    },
    e.ReplacementDelivered: lambda case, event: {
        "replacement": ReplacementState.DELIVERED,
        **_ended_without_return(case, event),
    },
    e.ReplacementCrossedReturn: lambda case, event: {
        "replacement": _scanned(event),
        "review_cause": ReviewCause.REPLACEMENT_PROBLEM,
    },
    e.ReturnCrossedReplacement: lambda case, event: {
        "return_state": ReturnState.DELIVERED if event.delivered else ReturnState.SCANNED,
        "review_cause": ReviewCause.REPLACEMENT_PROBLEM,
    },
    e.ReplacementScanRecorded: _outbound_scan,
    e.StrayReplacementRecorded: _set(replacement=ReplacementState.NONE),
    e.ReplacementMissedReturnOpened: _return_opened,
    e.ReplacementMissedToSupport: _review(ReviewCause.REPLACEMENT_MISSED),
    e.ReplacementLost: _review(ReviewCause.REPLACEMENT_LOST),
    e.ReplacementProblemReported: _review(ReviewCause.REPLACEMENT_PROBLEM),
    # support
    e.TakenOver: _review(ReviewCause.TAKEN_OVER),
    e.TakenOverForFraud: _review(ReviewCause.TAKEN_OVER, fraud_suspected=True),
    e.HandedToSeller: lambda case, event: {"hand_overs": case.hand_overs + 1, "route": Route.SELLER},
    e.FullRefundDecided: _decided(),
    e.PartialRefundDecided: _decided(),
    e.RefundOnReturnDecided: _decided_on_return(ReturnState.OPEN),
    e.RefundOnReturnDecidedInTransit: _decided_on_return(None),
    e.RefundOnReturnDecidedArrived: _decided_on_return(None),
    e.RequestDenied: _ended_without_return,
    e.RequestDeniedItemSentBack: SENT_BACK,
    e.CaseReopened: _review(ReviewCause.REOPENED),
    e.DecisionAppealed: _set(appealed=True),
    # the refund
    e.RefundSubmitted: _set(refund=RefundState.SUBMITTED),
    e.RefundSettled: _paid,
    e.RefundAttemptFailed: _set(refund=RefundState.REQUESTED),
    e.RefundFailed: _review(ReviewCause.REFUND_FAILED, refund=RefundState.FAILED),
    e.RefundRequestedAgain: lambda case, event: {
        "refund": RefundState.REQUESTED,
        "refunds_requested": case.refunds_requested + 1,
    },
    e.RefundPaidOtherwise: _paid,
    e.SupersededByChargeback: _superseded,
    e.RefundSupersededByChargeback: _set(refund=RefundState.NONE),
    e.ChargebackRecorded: _set(chargeback=True),
    e.RefundedElsewhere: _paid_elsewhere,
    e.OutsideRefundRecorded: lambda case, event: {"refunds_made": case.refunds_made + 1},
}
"""What each event means for a case. Events that are not listed only add to its history."""


def opened(event: e.RequestOpened, *, policy: str, at: datetime) -> Case:
    """The case that an opening event begins."""
    routed = isinstance(event, e.RequestRoutedToSupport)
    return Case(
        id=event.case_id,
        attempt=event.attempt,
        status=event.status,
        route=Route.SUPPORT if routed else Route.SELLER,
        review_cause=ReviewCause.INTAKE if routed else None,
        reason=event.reason,
        line=event.line,
        policy=policy,
        opened_at=at,
        deadline=event.deadline,
        evidence=_shown(event),
        held=event.hold.amount if event.hold else None,
    )


def evolve(case: Case, event: e.CaseEvent, *, at: datetime) -> Case:
    """The case after one more event that occurred ``at``; never refuses recorded history."""
    effect = EFFECTS.get(type(event))
    return replace(case, **_carried(case, event, at), **(effect(case, event) if effect else {}))


def _carried(case: Case, event: e.CaseEvent, at: datetime) -> dict[str, Any]:
    """What every event says by itself: where the case stands, its deadline, its money."""
    changes: dict[str, Any] = {
        "version": case.version + 1,
        "status": event.status,
        "deadline": event.deadline,
        "outcome": event.outcome,
        "evidence": case.evidence | _shown(event),
    }
    if event.status is Status.CLOSED and case.is_open:
        changes["closed_at"] = at
    if event.status is not Status.CLOSED:
        changes["closed_at"] = None
    if event.status is Status.AWAITING_RETURN and case.status is not Status.AWAITING_RETURN:
        changes["return_opened_at"] = at
    if event.hold:
        changes["held"] = event.hold.amount + case.held if case.held else event.hold.amount
    return changes | _money(case, event)


def _shown(event: e.CaseEvent) -> frozenset[UUID]:
    shown = (*getattr(event, "photos", ()), *getattr(event, "evidence", ()))
    return frozenset(item.evidence_id for item in shown)


def _money(case: Case, event: e.CaseEvent) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if event.refund:
        changes["refund_due"] = event.refund
        changes["refund"] = RefundState.REQUESTED
        changes["refunds_requested"] = case.refunds_requested + 1
    if event.posting:
        changes["posting"] = event.posting if case.posting is None else case.posting.joined(event.posting)
    return changes


def replay(history: Iterable[tuple[e.CaseEvent, datetime, str | None]]) -> Case | None:
    """The case after its whole history of (event, occurred at, policy); None for no history."""

    def step(case: Case | None, recorded: tuple[e.CaseEvent, datetime, str | None]) -> Case | None:
        event, at, policy = recorded
        if case is None:
            return opened(event, policy=policy or "", at=at) if isinstance(event, e.RequestOpened) else None
        return evolve(case, event, at=at)

    return reduce(step, history, None)
