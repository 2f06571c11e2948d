"""Intake: whether a cancellation request is taken, and the event that opens it (SPEC §4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.actors import Actor, Role
from domain.business_time import due
from domain.cancellation import events as e
from domain.cancellation.cancellation import Cancellation
from domain.cancellation.commands import RequestCancellation
from domain.cancellation.waiting import DEADLINES
from domain.deadline import Deadline, deadline
from domain.messages import Personal
from domain.order.facts import OrderLineFacts
from domain.order.line import unknown_line
from domain.policy import Policy
from domain.refusals import NotAllowedNow, NotYourMove, RuleBroken
from domain.vocabulary import CancellationOutcome, CancellationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything that intake looks at."""

    command: RequestCancellation
    actor: Actor
    now: datetime
    policy: Policy
    cancellation_id: UUID
    facts: OrderLineFacts
    case_active: bool
    """A refund case is active on the line."""
    paid_back: bool
    """A refund of the line was paid, or a chargeback opened."""
    previous: tuple[Cancellation, ...] = ()
    """Earlier requests on the line, oldest first."""


def submit(request: Request) -> e.CancellationRequested:
    """The event that opens the request; the seller has the policy's time to answer.

    Raises Unknown, NotYourMove, NotAllowedNow or RuleBroken, naming the rule and its numbers.
    """
    for gate in GATES:
        gate(request)
    text = request.command.text
    return e.CancellationRequested(
        status=CancellationStatus.AWAITING_SELLER,
        deadline=_answer_due(request),
        cancellation_id=request.cancellation_id,
        attempt=len(request.previous) + 1,
        text=Personal.of(f"buyer:{request.facts.buyer_id}", text) if text else None,
        line=request.facts,
    )


def _answer_due(request: Request) -> Deadline:
    end = due(request.now, request.policy.cancellation.seller_answer, request.policy.calendar)
    return deadline(DEADLINES[CancellationStatus.AWAITING_SELLER], request.now, end, request.policy)


def last_moment(facts: OrderLineFacts, policy: Policy) -> datetime | None:
    """Until when the buyer may ask: the later of the policy's time after purchase and the label's printing.

    None as long as no label is printed; shipment ends it in any case (SPEC §4).
    """
    if facts.label_printed_at is None:
        return None
    return max(due(facts.purchased_at, policy.cancellation.request_until, policy.calendar).at, facts.label_printed_at)


# The gates, in the order in which they refuse


def _line_is_the_buyers(request: Request) -> None:
    actor, facts = request.actor, request.facts
    if actor.role not in {Role.BUYER, Role.SUPPORT}:
        raise NotYourMove("not_your_move", f"a cancellation is the buyer's to ask for, not for {actor.role}")
    if actor.role is Role.BUYER and actor.id != facts.buyer_id:
        raise unknown_line(facts.line_id)


def _sale_stands(request: Request) -> None:
    if request.facts.cancelled or any(earlier.is_granted for earlier in request.previous):
        raise RuleBroken("line_cancelled", f"order line {request.facts.line_id} was cancelled")


def _nothing_is_open(request: Request) -> None:
    if request.case_active:
        raise NotAllowedNow("active_case", "a refund case on this line is still open")
    if any(earlier.is_open for earlier in request.previous):
        raise NotAllowedNow("open_cancellation", "a cancellation of this line is still open")


def _not_paid_back_already(request: Request) -> None:
    if request.paid_back or any(earlier.ends_the_sale or earlier.chargeback for earlier in request.previous):
        raise RuleBroken("already_paid_back", "the buyer has a refund of this line, or his bank opened a chargeback")


def _not_declined_before(request: Request) -> None:
    if any(earlier.outcome is CancellationOutcome.DECLINED for earlier in request.previous):
        raise RuleBroken("already_declined", "a cancellation of this line was declined; the sale stands")


def _not_shipped(request: Request) -> None:
    if (scanned_at := request.facts.scanned_at) is not None:
        raise RuleBroken(
            "already_shipped",
            "the carrier has the order; ask for a refund instead",
            shipped_at=scanned_at.isoformat(),
        )


def _in_time(request: Request) -> None:
    end = last_moment(request.facts, request.policy)
    if end is not None and request.now >= end:
        raise RuleBroken(
            "cancellation_window_closed",
            f"a cancellation could be asked for until {end:%Y-%m-%dT%H:%M:%SZ}, the later of the time after purchase "
            "and the printing of the label",
            window_ended_at=end.isoformat(),
        )


GATES: tuple[Callable[[Request], None], ...] = (
    _line_is_the_buyers,
    _sale_stands,
    _nothing_is_open,
    _not_paid_back_already,
    _not_declined_before,
    _not_shipped,
    _in_time,
)
