"""What each event means for a case, beside what every event says by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.reached import reached, reached_beside, reached_otherwise, told_elsewhere
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


def _without_return(case: Case, event: e.CaseEvent) -> dict[str, Any]:
    """A label that was not scanned is void from now on (SPEC §13)."""
    return {"return_state": _void_open_return(case)}


def _addressed(case: Case, event: Any) -> dict[str, Any]:  # noqa: ANN401 -- several events carry an address
    return {"return_address": event.return_address or case.return_address}


def _return_opened(case: Case, event: Any) -> dict[str, Any]:  # noqa: ANN401 -- several events open the return
    address = getattr(event, "return_address", None) or case.return_address
    return {"return_state": ReturnState.OPEN, "return_address": address, "return_reported": False}


def _decided(case: Case, event: Any) -> dict[str, Any]:  # noqa: ANN401 -- several events decide
    return {"liability": event.liability, "decided_by_support": True}


def _paid_by_decision(case: Case, event: Any) -> dict[str, Any]:  # noqa: ANN401 -- several events decide
    return {**_decided(case, event), **_without_return(case, event)}


def _decided_on_return(case: Case, event: e.RefundOnReturnDecided) -> dict[str, Any]:
    return {**_decided(case, event), **_return_opened(case, event)}


def _decided_for_this_return(case: Case, event: Any) -> dict[str, Any]:  # noqa: ANN401 -- for two events
    return {**_decided(case, event), **_addressed(case, event)}


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


def _paid_elsewhere(case: Case, event: e.RefundedElsewhere) -> dict[str, Any]:
    return {
        "refund": RefundState.SETTLED if case.refund is RefundState.FAILED else RefundState.NONE,
        **reached(case, event.amount),
        **told_elsewhere(case, event.reference),
        "return_state": _void_open_return(case),
    }


def _attempt_settled(case: Case, attempt: int) -> dict[str, Any]:
    return {**reached(case, case.amount_of(attempt)), "attempts_settled": case.attempts_settled | {attempt}}


def _settled(case: Case, event: e.RefundSettled) -> dict[str, Any]:
    return {"refund": RefundState.SETTLED, **_attempt_settled(case, event.attempt or case.refunds_requested)}


def _strayed(case: Case, event: e.StrayRefundSettled) -> dict[str, Any]:
    return {"return_state": _void_open_return(case), **_attempt_settled(case, event.attempt)}


def _requested_again(case: Case, event: e.CaseEvent) -> dict[str, Any]:
    """The amount stands (SPEC §4)."""
    return {"refund": RefundState.REQUESTED, "attempts": (*case.attempts, case.attempts[-1])}


def _reopened_with_return(case: Case, event: e.CaseReopenedWithReturn) -> dict[str, Any]:
    """The item travels under the label of the case that it went back for; another one's is not used by it."""
    cost = case.return_label_cost if case.return_was_scanned else None
    return {"review_cause": ReviewCause.REOPENED, "return_state": event.went_back, "return_label_cost": cost}


def _label_learned(case: Case, event: e.ReturnLabelRecorded) -> dict[str, Any]:
    """A parcel that was scanned keeps the label it was booked with."""
    return {} if case.label_is_booked else {"return_label_cost": event.cost}


def _superseded(case: Case, event: e.CaseEvent) -> dict[str, Any]:
    return {"chargeback": True, "refund": RefundState.NONE, "return_state": _void_open_return(case)}


EFFECTS: dict[type[e.CaseEvent], Effect] = {
    e.SuccessorOpened: lambda case, event: {"successor": event.successor},
    e.RequestWithdrawn: _without_return,
    # answers
    e.RefundApproved: _without_return,
    e.ReturnApproved: _return_opened,
    e.SellerSilent: _review(ReviewCause.SILENCE),
    e.SilenceApprovedReturn: _return_opened,
    e.PartialRefundOffered: lambda case, event: {"offer": event.amount, **_addressed(case, event)},
    e.OfferRaised: lambda case, event: {"offer": event.amount, "offer_raises": case.offer_raises + 1},
    e.OfferDeclinedForReturn: _return_opened,
    e.OfferLapsedToReturn: _return_opened,
    e.OfferDeclinedToSupport: _review(ReviewCause.OFFER_DECLINED),
    e.OfferLapsedToSupport: _review(ReviewCause.OFFER_DECLINED),
    e.RequestEscalated: _review(ReviewCause.ESCALATED),
    # the return
    e.ReturnReportedShipped: _set(return_reported=True),
    e.ReturnLabelIssued: lambda case, event: {"return_label_cost": event.cost},
    e.ReturnLabelRecorded: _label_learned,
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
        "replacement": ReplacementState.PROMISED,
        **_addressed(case, event),
    },
    e.ReplacementTrackingEntered: _set(replacement=ReplacementState.TRACKED),
    e.OrderMarkedShipped: _set(replacement=ReplacementState.TRACKED),
    e.SendingOrdered: _set(replacement=ReplacementState.PROMISED),
    e.OrderShippedAfterAll: _set(replacement=ReplacementState.SCANNED),
    e.ReplacementAccepted: lambda case, event: {
        "replacement": ReplacementState.SCANNED,
        **_without_return(case, event),
    },
    e.ReplacementDelivered: lambda case, event: {
        "replacement": ReplacementState.DELIVERED,
        **_without_return(case, event),
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
    e.SettledInFull: _without_return,
    e.HandedToSeller: lambda case, event: {"hand_overs": case.hand_overs + 1, "route": Route.SELLER},
    e.FullRefundDecided: _paid_by_decision,
    e.PartialRefundDecided: _paid_by_decision,
    e.RefundOnReturnDecided: _decided_on_return,
    e.RefundOnReturnDecidedInTransit: _decided_for_this_return,
    e.RefundOnReturnDecidedArrived: _decided_for_this_return,
    e.RequestDenied: _without_return,
    e.RequestDeniedItemSentBack: _set(return_state=ReturnState.SENT_BACK),
    e.CaseReopened: _review(ReviewCause.REOPENED),
    e.CaseReopenedWithReturn: _reopened_with_return,
    e.DecisionAppealed: _set(appealed=True),
    # the refund
    e.RefundSubmitted: _set(refund=RefundState.SUBMITTED),
    e.RefundSettled: _settled,
    e.StrayRefundSettled: _strayed,
    e.GivenUpRefundSettled: lambda case, event: {"attempts_settled": case.attempts_settled | {event.attempt}},
    e.RefundAttemptFailed: _set(refund=RefundState.REQUESTED),
    e.RefundFailed: _review(ReviewCause.REFUND_FAILED, refund=RefundState.FAILED),
    e.RefundRequestedAgain: _requested_again,
    e.RefundPaidOtherwise: lambda case, event: {"refund": RefundState.SETTLED, **reached_otherwise(case)},
    e.SupersededByChargeback: _superseded,
    e.RefundSupersededByChargeback: _set(refund=RefundState.NONE),
    e.ChargebackRecorded: _set(chargeback=True),
    e.ChargebackReversed: _set(chargeback=False),
    e.RefundedElsewhere: _paid_elsewhere,
    e.OutsideRefundRecorded: lambda case, event: {
        **reached_beside(case, event.amount),
        **told_elsewhere(case, event.reference),
    },
}
"""What each event means for a case. Events that are not listed only add to its history."""
