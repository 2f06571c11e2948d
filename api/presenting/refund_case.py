"""A case as its caller sees it at a moment: folded from its stream, with its live deadline and open actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import cast

from api.presenting.actions import offered
from api.presenting.deadline import live_deadline
from api.presenting.disclosure import Audience, audience_of, line_for
from api.presenting.guidance import guide
from api.presenting.messages import messages
from api.presenting.refund_progress import refund_progress
from api.presenting.timeline import address_of, evidence_link, timeline
from api.schemas.matter import LiveDeadline, PinnedLine
from api.schemas.refund_case import Amounts, BuyersRequest, RefundCase, ReplacementTrip, ReturnTrip
from api.services import Services
from domain.actors import CLOCK, Actor
from domain.deadline import Expire
from domain.messages import Personal, words_of
from domain.policy import OnSilence, Policy
from domain.refund.actions import available_actions
from domain.refund.case import Case
from domain.refund.events import RequestOpened, RequestRoutedToSupport
from domain.refund.requirements import LACKS_ADDRESS
from domain.refund.situation import Context, Situation
from domain.refund.transitions import TABLE
from domain.refund.waiting import WAITING_ON
from domain.seller import account as seller
from domain.seller.account import SellerAccount
from domain.vocabulary import Status
from store import streams
from store.application import CaseRecord
from store.envelope import Envelope

CASES = "/v1/refund-cases"


def look(services: Services, record: CaseRecord, viewer: Actor, at: datetime) -> RefundCase:
    """The case as ``viewer`` sees it ``at`` this moment."""
    case, audience = record.case, audience_of(viewer)
    context = _context(services, case, viewer, at)
    return RefundCase(
        id=case.id,
        version=record.history[-1].originator_version,
        position=record.history[-1].position,
        attempt=case.attempt,
        status=case.status,
        waiting_on=WAITING_ON.get(case.status),
        deadline=_deadline(case, context),
        outcome=case.outcome,
        route=case.route,
        review_cause=case.review_cause,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        policy=case.policy,
        available_actions=offered(available_actions(case, context), f"{CASES}/{case.id}"),
        amounts=_amounts(case, audience),
        line=PinnedLine.model_validate(line_for(case.line, audience), from_attributes=True),
        request=_request(record.history[0], audience),
        refund=refund_progress(case.refund, record.history, context.policy),
        item_return=_return(case, audience),
        replacement=_replacement(case, audience),
        liability=None if audience is Audience.BUYER else case.liability,
        chargeback=case.chargeback,
        successor=case.successor,
        messages=messages(record.history, audience),
        guidance=guide(case, audience),
        timeline=timeline(record.history, audience),
    )


def _context(services: Services, case: Case, viewer: Actor, at: datetime) -> Context:
    policy = services.door.policies[case.policy]
    address_counts = _silence_asks(case, policy) or _choice_asks(case, viewer)
    address = _return_address(services, case.line.seller_id, at) if address_counts else None
    context = Context(actor=viewer, now=at, happened_at=at, policy=policy, return_address=address)
    line = services.door.refund_cases.line_before(case, viewer, at)
    return replace(context, line_taken=line.is_taken, went_back=line.went_back) if line else context


def _silence_asks(case: Case, policy: Policy) -> bool:
    """Whether what silence leads to hangs on the seller's return address."""
    approves = policy.answers.on_seller_silence is OnSilence.AUTO_APPROVE_RETURN
    return approves and case.status is Status.AWAITING_SELLER


def _choice_asks(case: Case, viewer: Actor) -> bool:
    """Whether something that the viewer may choose needs the seller's return address."""
    return not LACKS_ADDRESS.keys().isdisjoint(TABLE.commands_of(viewer.role, case.status))


def _return_address(services: Services, seller_id: str, at: datetime) -> Personal | None:
    history = services.door.log.history(streams.seller(seller_id))
    told = [envelope.payload for envelope in history if envelope.cause.recorded_at <= at]
    initial: SellerAccount | None = None
    account = reduce(lambda known, event: seller.evolve(event, known), told, initial)
    return account.return_address if account else None


def _deadline(case: Case, context: Context) -> LiveDeadline | None:
    if case.deadline is None:
        return None
    due_at = case.deadline.due_at
    at_expiry = replace(context, actor=CLOCK, now=due_at, happened_at=due_at)
    rows = TABLE.cell(case.status, CLOCK.role, Expire)
    return live_deadline(case.deadline, rows, Situation(case, Expire(due_at=due_at), at_expiry))


def _amounts(case: Case, audience: Audience) -> Amounts:
    of_the_seller = audience is not Audience.BUYER
    return Amounts(
        paid=case.line.paid,
        offered=case.offer,
        refund_due=case.refund_due,
        refunded=case.reached_buyer,
        seller_charged=case.seller_charged if of_the_seller else None,
        held=case.held if of_the_seller else None,
        return_label=case.return_label_cost if of_the_seller else None,
    )


def _request(opening: Envelope, audience: Audience) -> BuyersRequest | None:
    if audience is Audience.REPORTER:
        return None
    event = cast("RequestOpened", opening.payload)
    routed = isinstance(event, RequestRoutedToSupport) and audience is Audience.STAFF
    return BuyersRequest(
        reason=event.reason,
        description=event.description.text,
        photos=tuple(evidence_link(photo, event.case_id) for photo in event.photos),
        photos_waived=event.photos_waived,
        window_overridden=event.window_overridden,
        routing=cast("RequestRoutedToSupport", event).routing if routed else None,
    )


def _return(case: Case, audience: Audience) -> ReturnTrip:
    address = None if audience is Audience.REPORTER else address_of(case.return_address)
    return ReturnTrip(state=case.return_state, opened_at=case.return_opened_at, address=address)


def _replacement(case: Case, audience: Audience) -> ReplacementTrip:
    proposed = None if audience is Audience.REPORTER else words_of(case.proposed_item)
    return ReplacementTrip(state=case.replacement, proposed_item=proposed, item_agreed=case.item_agreed)
