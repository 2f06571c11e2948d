"""A case with the history that tells it, and who may know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from domain.actors import Actor, Role
from domain.order.facts import OrderLineFacts
from domain.refund.case import Case
from domain.refund.events import CaseEvent
from domain.refund.evolve import replay
from domain.refusals import Unknown
from store.envelope import Envelope
from store.log import Tip, tip_of


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case with the history that tells it."""

    case: Case
    history: tuple[Envelope, ...]

    @property
    def tip(self) -> Tip:
        return tip_of(self.case.id, self.history)

    @property
    def recorded_at(self) -> datetime:
        """When the newest event was written down."""
        return self.history[-1].cause.recorded_at


def record_of(history: Sequence[Envelope]) -> CaseRecord | None:
    """The case that this history tells; None for no history, or one that is not a case's."""
    case = replay((cast("CaseEvent", event.payload), event.occurred_at, event.policy) for event in history)
    return CaseRecord(case, tuple(history)) if case else None


def unknown_case(case_id: UUID) -> Unknown:
    """The refusal for a case that does not exist, or not for this party."""
    return Unknown("unknown_case", f"no refund case {case_id} of yours", case_id=str(case_id))


def is_party(line: OrderLineFacts, actor: Actor) -> bool:
    """Whether this actor may know of what happens on the line: buyers and sellers only of their own (SPEC §1)."""
    if actor.role is Role.BUYER:
        return actor.id == line.buyer_id
    return actor.role is not Role.SELLER or actor.id == line.seller_id
