"""A cancellation request as its caller sees it at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from api.presenting.actions import offered
from api.presenting.deadline import live_deadline
from api.presenting.disclosure import Audience, audience_of, line_for
from api.presenting.refund_progress import refund_progress
from api.presenting.timeline import timeline
from api.schemas.cancellation import Cancellation, CancellationAmounts
from api.schemas.matter import LiveDeadline, PinnedLine
from api.services import Services
from domain.actors import CLOCK, Actor
from domain.cancellation import cancellation as domain
from domain.cancellation.actions import available_actions
from domain.cancellation.events import CancellationRequested
from domain.cancellation.situation import Context, Situation
from domain.cancellation.transitions import TABLE
from domain.cancellation.waiting import WAITING_ON
from domain.deadline import Expire
from store.application import CancellationRecord
from store.envelope import Envelope

CANCELLATIONS = "/v1/cancellations"


def look(services: Services, record: CancellationRecord, viewer: Actor, at: datetime) -> Cancellation:
    """The request as ``viewer`` sees it ``at`` this moment."""
    told, audience = record.cancellation, audience_of(viewer)
    policy = services.door.policies[told.policy]
    context = Context(actor=viewer, now=at, happened_at=at, policy=policy)
    return Cancellation(
        id=told.id,
        version=record.history[-1].originator_version,
        position=record.history[-1].position,
        attempt=told.attempt,
        status=told.status,
        waiting_on=WAITING_ON.get(told.status),
        deadline=_deadline(told, context),
        outcome=told.outcome,
        opened_at=told.requested_at,
        closed_at=told.closed_at,
        policy=told.policy,
        available_actions=offered(available_actions(told, context), f"{CANCELLATIONS}/{told.id}"),
        granted=told.is_granted,
        amounts=_amounts(told, audience),
        line=PinnedLine.model_validate(line_for(told.line, audience), from_attributes=True),
        text=_text(record.history[0], audience),
        refund=refund_progress(told.refund, record.history, policy),
        chargeback=told.chargeback,
        timeline=timeline(record.history, audience),
    )


def _deadline(told: domain.Cancellation, context: Context) -> LiveDeadline | None:
    if told.deadline is None:
        return None
    due_at = told.deadline.due_at
    at_expiry = replace(context, actor=CLOCK, now=due_at, happened_at=due_at)
    rows = TABLE.cell(told.status, CLOCK.role, Expire)
    return live_deadline(told.deadline, rows, Situation(told, Expire(due_at=due_at), at_expiry))


def _amounts(told: domain.Cancellation, audience: Audience) -> CancellationAmounts:
    return CancellationAmounts(
        paid=told.line.paid,
        refund_due=told.refund_due,
        refunded=told.reached_buyer,
        seller_charged=None if audience is Audience.BUYER else told.seller_charged,
    )


def _text(opening: Envelope, audience: Audience) -> str | None:
    text = cast("CancellationRequested", opening.payload).text
    return None if text is None or audience is Audience.REPORTER else text.text
