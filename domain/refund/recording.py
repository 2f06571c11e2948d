"""How a decided event is written: each of its fields from the command, the case or the context, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from domain.actors import Role
from domain.messages import Command, Personal, as_kept
from domain.refund import commands as c
from domain.refund import events as e
from domain.refund.charges import charge_of
from domain.refund.deadlines import deadline_after
from domain.refund.holds import hold_change
from domain.refund.situation import Situation, attempt_told
from domain.refund.transitions import ROWS
from domain.vocabulary import Outcome, RefundState, Status

DELIVERIES = (c.ReportReturnDelivered, c.ReportReplacementDelivered)

OUTCOMES: dict[type[e.CaseEvent], Outcome] = {
    e.RequestWithdrawn: Outcome.WITHDRAWN,
    e.RejectionStood: Outcome.REJECTED,
    e.ReturnNotShipped: Outcome.RETURN_NOT_SHIPPED,
    e.ReplacementClosed: Outcome.REPLACED,
    e.OrderFulfilled: Outcome.FULFILLED,
    e.RequestDenied: Outcome.DENIED,
    e.RequestDeniedItemSentBack: Outcome.DENIED,
    e.SupersededByChargeback: Outcome.SUPERSEDED_BY_CHARGEBACK,
    e.RefundSupersededByChargeback: Outcome.SUPERSEDED_BY_CHARGEBACK,
}
"""How a case ends by each closing event; a paid refund tells by its amount, the rest keeps what there was."""
PAYING = frozenset({e.RefundSettled, e.RefundPaidOtherwise, e.RefundedElsewhere})


def person_of(situation: Situation) -> str:
    """Whose data a text of this actor is (SPEC §9): the seller's own, and what carriers say of the address that their
    label was to lead to; else the buyer's, whoever writes about him.
    """
    actor, line = situation.context.actor, situation.case.line
    of_seller = actor.role is Role.SELLER or isinstance(situation.command, c.ReportReturnLabelFailed)
    return f"seller:{line.seller_id}" if of_seller else f"buyer:{line.buyer_id}"


def _outcome(situation: Situation, event: type[e.CaseEvent], to: Status) -> Outcome | None:
    case = situation.case
    if to is not Status.CLOSED:
        return case.outcome if to is Status.APPEAL_REVIEW else None
    if event in OUTCOMES:
        return OUTCOMES[event]
    if event is e.RefundedElsewhere and case.refund is not RefundState.FAILED:
        return Outcome.REFUNDED_ELSEWHERE
    if event in PAYING:
        in_part = case.refund_due is not None and case.refund_due < case.line.paid
        return Outcome.PARTIALLY_REFUNDED if in_part else Outcome.REFUNDED
    return case.outcome


def record(event: type[e.CaseEvent], to: Status, situation: Situation) -> e.CaseEvent:
    """The event that this situation writes."""
    charge = charge_of(situation, event)
    return event(
        status=to,
        deadline=deadline_after(situation, event, to),
        outcome=_outcome(situation, event, to),
        refund=charge.refund,
        posting=charge.posting,
        hold=hold_change(situation, event, to),
        **{name: _value(name, event, situation) for name in _own_fields(event)},
    )


@cache
def uses_return_address(status: Status, command: type[Command]) -> bool:
    """Whether this command in this status can write an event that freezes the seller's return address."""
    return any(
        "return_address" in row.event.model_fields for row in ROWS if row.status is status and row.command is command
    )


@cache
def _own_fields(event: type[e.CaseEvent]) -> list[str]:
    return [name for name in event.model_fields if name not in e.CaseEvent.model_fields]


def _value(name: str, event: type[e.CaseEvent], situation: Situation) -> Any:  # noqa: ANN401 -- any field's value
    source = SOURCES.get(name)
    value = source(situation) if source else getattr(situation.command, name)
    return as_kept(value, event.model_fields[name].annotation, person_of(situation))


def _items(field: str) -> Callable[[Situation], tuple[e.EvidenceItem, ...]]:
    def items(situation: Situation) -> tuple[e.EvidenceItem, ...]:
        named: tuple[UUID, ...] = getattr(situation.command, field)
        uploads = situation.context.evidence or {}
        return tuple(uploads[item] for item in named)

    return items


def _return_address(situation: Situation) -> Personal | None:
    """The one that stands now; a parcel already on its way keeps the one it was sent to (SPEC §2)."""
    frozen, stands = situation.case.return_address, situation.context.return_address
    return frozen or stands if situation.case.return_was_scanned else stands or frozen


SOURCES: dict[str, Callable[[Situation], Any]] = {
    "photos": _items("photos"),
    "evidence": _items("evidence"),
    "evidence_considered": _items("evidence_considered"),
    "return_address": _return_address,
    "seller_rule": lambda situation: situation.context.seller_rule,
    "attempt": attempt_told,
    "label_share": lambda situation: situation.context.label_share,
    "went_back": lambda situation: situation.context.went_back,
    "delivered": lambda situation: isinstance(situation.command, DELIVERIES),
    "fact": lambda situation: type(situation.command).__name__,
    "content": lambda situation: situation.command.model_dump_json() if situation.command else None,
}
"""Fields that do not simply repeat the command's."""
