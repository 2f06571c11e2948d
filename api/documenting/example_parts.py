"""Parts of the examples that say much: made by the very code that makes them in answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from api.documenting.example_values import ANSWERED, BY_FIELD, CASE, COMMAND, FULL, OPENED
from api.presenting.actions import offered
from api.presenting.deadline import live_deadline
from api.presenting.difference import changes
from api.presenting.guidance import guide_for
from api.presenting.wording import sentence_of
from api.schemas.ledger import Because, PostedEvent
from api.schemas.matter import AvailableAction, LiveDeadline, TimelineEntry
from domain.action import Action, Cost, CostNote
from domain.actors import Role
from domain.business_time import Window, due
from domain.cancellation import commands as cancellation
from domain.cancellation import events as cancelling
from domain.cancellation import transitions as cancellations
from domain.deadline import DeadlineKind, deadline
from domain.facet import Facet
from domain.labels import event_words
from domain.messages import Command, Event
from domain.money import Money
from domain.policy import standard_policies
from domain.posting import ChargeRule
from domain.refund import transitions as refunds
from domain.refund.commands import OfferPartialRefund, Purpose
from domain.refund.events import MessageSent, RefundApproved, SellerSilent
from domain.table import ALWAYS, Row
from domain.vocabulary import Reason, Status
from domain.why_charged import Posted, why

OPENED_AT, ANSWERED_AT = datetime.fromisoformat(OPENED), datetime.fromisoformat(ANSWERED)
HERE = ZoneInfo("Europe/Berlin")
POLICY = standard_policies().current
PAID = Money(**FULL)


@cache
def made() -> dict[str, dict[str, Any]]:
    """Fields of shapes, by the names of both."""
    before, after = {Facet.STATUS: Status.AWAITING_SELLER}, {Facet.STATUS: Status.OFFER_PENDING}
    parts: tuple[BaseModel, ...] = (
        POLICY,
        guide_for(Reason.WRONG_ITEM),
        _offered(OfferPartialRefund, Cost(None, CostNote.ON_ACCEPTANCE, below=PAID), "refund-cases"),
        _silence(DeadlineKind.SELLER_ANSWER, POLICY.windows.seller_answer, SellerSilent, refunds.ROWS),
        _message(),
        *changes(before, after, HERE),
        _booked(),
        _because(),
    )
    told = {type(part).__name__: part.model_dump(mode="json") for part in parts}
    return {**told, "StepBetween": told["TimelineEntry"], "Cancellation": _cancellation()}


def _cancellation() -> dict[str, Any]:
    kind, window, lapsed = (
        DeadlineKind.CANCELLATION_ANSWER,
        POLICY.cancellation.seller_answer,
        cancelling.CancellationLapsed,
    )
    accept = _offered(cancellation.AcceptCancellation, Cost(PAID, CostNote.PROCEEDS), "cancellations")
    return {
        "available_actions": [accept.model_dump(mode="json")],
        "deadline": _silence(kind, window, lapsed, cancellations.TABLE.rows).model_dump(mode="json"),
        "timeline": [],
    }


def _offered(command: type[Command], cost: Cost, among: str) -> AvailableAction:
    (action,) = offered([Action(command, cost)], f"/v1/{among}/{CASE}")
    return action


def _silence(
    kind: DeadlineKind, window: Window, lapse: type[Event], rows: Iterable[Row[Any, Any, Any]]
) -> LiveDeadline:
    wait = deadline(kind, OPENED_AT, due(OPENED_AT, window, POLICY.calendar), POLICY)
    return live_deadline(wait, [replace(row, when=ALWAYS) for row in rows if row.event is lapse], None)


def _message() -> TimelineEntry:
    return TimelineEntry(
        version=2,
        event=MessageSent.topic,
        sentence=sentence_of(MessageSent),
        words=event_words(MessageSent),
        occurred_at=ANSWERED_AT,
        recorded_at=ANSWERED_AT,
        by=Role.SELLER,
        status=Status.AWAITING_SELLER,
        details={"purpose": Purpose.QUESTION, "text": BY_FIELD["text"]},
        charged=None,
    )


def _booked() -> PostedEvent:
    return PostedEvent(
        topic=RefundApproved.topic,
        sentence=sentence_of(RefundApproved),
        version=3,
        occurred_at=ANSWERED_AT,
        recorded_at=ANSWERED_AT,
        by=Role.SELLER,
        command_id=UUID(COMMAND),
    )


def _because() -> Because:
    posted = Posted(
        on_account=-PAID,
        booked_at=ANSWERED_AT,
        event=RefundApproved,
        occurred_at=ANSWERED_AT,
        by=Role.SELLER,
        command_id=UUID(COMMAND),
        rule=ChargeRule.FULL_REFUND,
        policy=POLICY.ref,
        seller_rule=None,
        ground=None,
    )
    step, words = next(why(posted, HERE))
    return Because(step=step, words=words)
