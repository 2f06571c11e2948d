"""How a decided event is written: each of its fields from the command, the request or the context, by name."""

from __future__ import annotations

from typing import Any

from domain.actors import Role
from domain.cancellation import events as e
from domain.cancellation.charges import posting_of
from domain.cancellation.situation import Situation, attempt_told
from domain.messages import as_kept
from domain.vocabulary import CancellationOutcome, CancellationStatus

OUTCOMES: dict[type[e.CancellationEvent], CancellationOutcome] = {
    e.UnpaidCancellationAccepted: CancellationOutcome.ACCEPTED,
    e.RefundSettled: CancellationOutcome.ACCEPTED,
    e.RefundPaidOtherwise: CancellationOutcome.ACCEPTED,
    e.RefundPaidElsewhere: CancellationOutcome.ACCEPTED,
    e.CancellationDeclined: CancellationOutcome.DECLINED,
    e.CancellationLapsed: CancellationOutcome.DECLINED,
    e.ShippedInstead: CancellationOutcome.DECLINED,
    e.CancellationWithdrawn: CancellationOutcome.WITHDRAWN,
    e.SupersededByChargeback: CancellationOutcome.SUPERSEDED_BY_CHARGEBACK,
    e.RefundSupersededByChargeback: CancellationOutcome.SUPERSEDED_BY_CHARGEBACK,
    e.RefundLeftToChargeback: CancellationOutcome.SUPERSEDED_BY_CHARGEBACK,
    e.RefundedElsewhere: CancellationOutcome.REFUNDED_ELSEWHERE,
}
"""How a request ends by each closing event."""


def record(event: type[e.CancellationEvent], to: CancellationStatus, situation: Situation) -> e.CancellationEvent:
    """The event that this situation writes."""
    cancellation = situation.cancellation
    return event(
        status=to,
        deadline=cancellation.deadline if to is cancellation.status else None,
        outcome=OUTCOMES.get(event, cancellation.outcome if to is CancellationStatus.CLOSED else None),
        refund=cancellation.line.paid if event is e.CancellationAccepted else None,
        posting=posting_of(situation, event),
        **{name: _value(name, event, situation) for name in event.model_fields if name not in CARRIED},
    )


CARRIED = frozenset(e.CancellationEvent.model_fields)


def _value(name: str, event: type[e.CancellationEvent], situation: Situation) -> Any:  # noqa: ANN401 -- any field's value
    if name == "fact":
        return type(situation.command).__name__
    if name == "attempt":
        return attempt_told(situation)
    return as_kept(getattr(situation.command, name), event.model_fields[name].annotation, _person(situation))


def _person(situation: Situation) -> str:
    """Whose text it is: the seller's own, or the buyer's, whoever writes about him (SPEC §9)."""
    line = situation.cancellation.line
    return f"seller:{line.seller_id}" if situation.role is Role.SELLER else f"buyer:{line.buyer_id}"
