"""Intake: whether a request is taken, and the event that opens its case (SPEC §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.actors import Role
from domain.business_time import Due, due, earlier
from domain.messages import Personal
from domain.order.facts import OrderLineFacts
from domain.order.line import unknown_line
from domain.policy import Policy
from domain.posting import HoldChange, HoldReason
from domain.refund import events as e
from domain.refund.case import is_refundable
from domain.refund.deadlines import DEADLINES, begun
from domain.refund.holds import exposure
from domain.refund.request import FINAL, LATE_WINDOWS, Request
from domain.refund.requirements import evidence_is_known
from domain.refund.routing import support_routing
from domain.refusals import NotAllowedNow, NotYourMove, RuleBroken
from domain.vocabulary import NEVER_ARRIVED, ListingKind, Outcome, Reason, Status


def submit(request: Request) -> e.RequestOpened:
    """The event that opens the case, routed to seller or support.

    Raises Unknown, NotYourMove, NotAllowedNow or RuleBroken, naming the rule of SPEC §3 and its numbers.
    """
    for gate in GATES:
        gate(request)
    routing = tuple(support_routing(request))
    opened: dict[str, Any] = {
        "case_id": request.case_id,
        "attempt": len(request.previous) + 1,
        "reason": request.reason,
        "description": Personal.of(f"buyer:{request.facts.buyer_id}", request.command.description),
        "photos": tuple(request.evidence[photo] for photo in request.command.photos),
        "line": request.facts,
        "photos_waived": request.command.photos_waived,
        "window_overridden": request.command.window_overridden,
        "buyer_conduct": request.buyer.conduct,
    }
    if routing:
        return e.RequestRoutedToSupport(status=Status.SUPPORT_REVIEW, routing=routing, **opened)
    wait = DEADLINES[Status.AWAITING_SELLER]
    return e.RefundRequested(
        status=Status.AWAITING_SELLER,
        deadline=begun(wait, request.policy, request.now, request.now),
        hold=_hold(request),
        **opened,
    )


def _hold(request: Request) -> HoldChange | None:
    if not request.policy.money.hold_exposure or not is_refundable(request.reason, request.facts):
        return None
    return HoldChange(amount=exposure(request.reason, request.facts, request.policy), reason=HoldReason.CASE_OPEN)


# The gates, in the order in which they refuse


def _line_is_the_buyers(request: Request) -> None:
    actor, facts = request.actor, request.facts
    if actor.role not in {Role.BUYER, Role.SUPPORT}:
        raise NotYourMove("not_your_move", f"a request is the buyer's, not for {actor.role}")
    if actor.role is Role.BUYER and actor.id != facts.buyer_id:
        raise unknown_line(facts.line_id)


def _only_support_overrides(request: Request) -> None:
    command = request.command
    if (command.photos_waived or command.window_overridden) and request.actor.role is not Role.SUPPORT:
        raise NotYourMove("support_overrides", "only support waives photos or files past the window")


def _reason_is_covered(request: Request) -> None:
    if request.reason is Reason.CHANGE_OF_MIND:
        raise RuleBroken("change_of_mind_not_covered", "a change of mind is not covered; sellers need not accept it")


def _line_stands(request: Request) -> None:
    if request.facts.cancelled or request.sale_cancelled:
        raise RuleBroken("line_cancelled", f"order line {request.facts.line_id} was cancelled")


def _nothing_is_open(request: Request) -> None:
    for case in request.previous:
        if case.is_open:
            raise NotAllowedNow("active_case", f"case {case.id} on this line is still open", case_id=str(case.id))
    if request.cancellation_open:
        raise NotAllowedNow("open_cancellation", "a cancellation of this line is still open")


def _not_paid_back_already(request: Request) -> None:
    for case in request.previous:
        if case.chargeback:
            raise RuleBroken("chargeback_open", "the buyer's bank already handles this line", case_id=str(case.id))
        if case.refunds_made:
            raise RuleBroken("already_refunded", "this line was refunded already", case_id=str(case.id))
    if request.charged_back:
        raise RuleBroken("chargeback_open", "the buyer's bank already handles this line")


REFILABLE = frozenset({Outcome.WITHDRAWN, Outcome.RETURN_NOT_SHIPPED})


def _refilings_left(request: Request) -> None:
    """After a withdrawal or an unshipped return once more, unless support had granted that return (SPEC §13)."""
    refilable = [case for case in request.previous if case.outcome in REFILABLE]
    if any(case.outcome is Outcome.RETURN_NOT_SHIPPED and case.decided_by_support for case in refilable):
        raise RuleBroken("return_was_granted", "support granted the return and it was not shipped; no second request")
    allowed = request.policy.filing.refilings
    if len(refilable) > allowed:
        raise RuleBroken(
            "refiling_used", f"a request may be filed again {allowed} time(s)", allowed=allowed, filed=len(refilable)
        )


def _not_answered_already(request: Request) -> None:
    """The same reason is never judged twice, and an order shipped after all is no longer late (SPEC §3)."""
    for case in request.previous:
        if case.outcome in FINAL and case.reason is request.reason:
            raise RuleBroken(
                "same_reason_again",
                f"a request for {case.reason} already ended as {case.outcome}",
                case_id=str(case.id),
            )
        if case.outcome is Outcome.FULFILLED and request.reason in NEVER_ARRIVED:
            raise RuleBroken("already_fulfilled", "the order was shipped after all", case_id=str(case.id))


def filing_window(facts: OrderLineFacts, policy: Policy) -> Due:
    """When the time to file ends: the earlier of the windows from purchase and from delivery (SPEC §3)."""
    filing, calendar = policy.filing, policy.calendar
    end = due(facts.purchased_at, filing.after_purchase, calendar)
    if facts.delivered_at is None:
        return end
    window = filing.after_delivery_by_category.get(facts.category, filing.after_delivery)
    from_delivery = due(facts.delivered_at, window, calendar)
    return earlier(end, from_delivery)


def _inside_the_window(request: Request) -> None:
    end = filing_window(request.facts, request.policy)
    if request.now >= end.at and not request.command.window_overridden:
        raise RuleBroken(
            "filing_window_closed",
            f"requests for this line could be filed until {end.at:%Y-%m-%dT%H:%M:%SZ} ({end.explanation})",
            window_ended_at=end.at.isoformat(),
        )


def _reason_fits_the_line(request: Request) -> None:
    is_giveaway = request.facts.listing_kind is ListingKind.GIVEAWAY
    if request.reason is Reason.GIVEAWAY_NOT_RECEIVED and not is_giveaway:
        raise RuleBroken("giveaways_only", "this line is no giveaway")


def _is_late(request: Request) -> None:
    """Late orders and giveaways: unscanned past their window, or a parcel whose tracking stands still (SPEC §3)."""
    window = LATE_WINDOWS.get(request.reason)
    if window is None:
        return
    facts = request.facts
    if facts.delivered_at is not None:
        raise RuleBroken("delivered", "the carrier delivered this line", delivered_at=facts.delivered_at.isoformat())
    if facts.shipped_at is not None:
        if not request.is_stalled:
            raise RuleBroken(
                "in_transit", "the parcel is scanned and on its way", shipped_at=facts.shipped_at.isoformat()
            )
        return
    end = due(facts.purchased_at, window(request.policy.filing), request.policy.calendar)
    if request.now < end.at:
        raise RuleBroken(
            "not_late_yet",
            f"not late before {end.at:%Y-%m-%dT%H:%M:%SZ} ({end.explanation})",
            late_from=end.at.isoformat(),
        )


def _photos_are_there(request: Request) -> None:
    evidence_is_known(request.command, request.evidence)
    if request.lacks_photos and not request.command.photos_waived:
        raise RuleBroken("photo_required", f"a request for {request.reason} needs at least one photo", at_least=1)


GATES: tuple[Callable[[Request], None], ...] = (
    _line_is_the_buyers,
    _only_support_overrides,
    _reason_is_covered,
    _line_stands,
    _nothing_is_open,
    _not_paid_back_already,
    _refilings_left,
    _not_answered_already,
    _inside_the_window,
    _reason_fits_the_line,
    _is_late,
    _photos_are_there,
)
