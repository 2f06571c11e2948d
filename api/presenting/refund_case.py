"""A case as its caller sees it at a moment: folded from its stream, with its live deadline and open actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from api.presenting.actions import actions
from api.presenting.disclosure import Audience, audience_of
from api.presenting.timeline import address_of, evidence_link, timeline
from api.presenting.wording import sentence_of
from api.schemas.refund_case import (
    Amounts,
    BuyersRequest,
    EstimatedArrival,
    LiveDeadline,
    OnExpiry,
    PinnedLine,
    RefundCase,
    RefundProgress,
    ReplacementTrip,
    ReturnTrip,
)
from domain.actors import CLOCK
from domain.business_time import due
from domain.deadline import Deadline, Expire
from domain.refund.case import Case
from domain.refund.events import RefundRequestedAgain, RequestOpened, RequestRoutedToSupport
from domain.refund.situation import Context, Situation
from domain.refund.transitions import rows_for
from domain.refund.waiting import WAITING_ON
from domain.vocabulary import RefundState
from store.application import CaseRecord
from store.envelope import Envelope


def refund_case(record: CaseRecord, context: Context, *, position: int | None = None) -> RefundCase:
    """The case for the context's actor at its ``now``.

    ``position`` is the command's that led here; without one, that of the newest event.
    """
    case, audience = record.case, audience_of(context.actor)
    return RefundCase(
        id=case.id,
        version=case.version,
        position=position or record.history[-1].position,
        attempt=case.attempt,
        status=case.status,
        waiting_on=WAITING_ON.get(case.status),
        deadline=_deadline(case, case.deadline, context) if case.deadline else None,
        outcome=case.outcome,
        route=case.route,
        review_cause=case.review_cause,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        policy=case.policy,
        available_actions=actions(case, context),
        amounts=_amounts(case, audience),
        line=PinnedLine.model_validate(case.line, from_attributes=True),
        request=_request(record.history[0], audience),
        refund=_refund(record, context),
        item_return=_return(case, audience),
        replacement=ReplacementTrip(
            state=case.replacement, proposed_item=case.proposed_item, item_agreed=case.item_agreed
        ),
        liability=None if audience is Audience.BUYER else case.liability,
        chargeback=case.chargeback,
        successor=case.successor,
        timeline=timeline(record.history, context.actor),
    )


def _deadline(case: Case, deadline: Deadline, context: Context) -> LiveDeadline:
    command = Expire(due_at=deadline.due_at)
    at_expiry = replace(context, actor=CLOCK, now=deadline.due_at, happened_at=deadline.due_at)
    situation = Situation(case, command, at_expiry)
    row = next(row for row in rows_for(case.status, CLOCK.role, Expire) if row.when(situation))
    return LiveDeadline(
        kind=deadline.kind,
        due_at=deadline.due_at,
        explanation=deadline.explanation,
        remind_at=deadline.remind_at,
        on_expiry=OnExpiry(event=row.event.topic, status=row.to, sentence=sentence_of(row.event)),
    )


def _amounts(case: Case, audience: Audience) -> Amounts:
    of_the_seller = audience is not Audience.BUYER
    return Amounts(
        paid=case.line.paid,
        offered=case.offer,
        refund_due=case.refund_due,
        refunded=case.refunded,
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


UNDER_WAY = frozenset({RefundState.REQUESTED, RefundState.SUBMITTED})


def _refund(record: CaseRecord, context: Context) -> RefundProgress:
    """The refund, and while it is under way an estimate counted from when it became due (SPEC §5)."""
    state = record.case.refund
    if state not in UNDER_WAY:
        return RefundProgress(state=state, estimate=None)
    asked = (envelope.occurred_at for envelope in reversed(record.history) if _asks_for_refund(envelope))
    return RefundProgress(state=state, estimate=_estimate(context, next(asked)))


def _asks_for_refund(envelope: Envelope) -> bool:
    event = envelope.payload
    return isinstance(event, RefundRequestedAgain) or getattr(event, "refund", None) is not None


def _estimate(context: Context, asked_at: datetime) -> EstimatedArrival:
    estimate, calendar = context.policy.money.refund_estimate, context.policy.calendar
    return EstimatedArrival(
        earliest_at=due(asked_at, estimate.earliest, calendar).at, latest_at=due(asked_at, estimate.latest, calendar).at
    )
