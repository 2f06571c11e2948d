"""Events of the request itself: opened, withdrawn, succeeded by another."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from domain.buyer.standing import BuyerConduct
from domain.messages import Personal
from domain.order.facts import OrderLineFacts
from domain.refund.events.case_event import CaseEvent, EvidenceItem
from domain.vocabulary import Reason, SupportRouting


class RequestOpened(CaseEvent):
    """What every opening records: the request, and the line's facts as they stood (SPEC §3)."""

    case_id: UUID
    attempt: int
    """Which case on this line it is, from 1."""
    reason: Reason
    description: Personal
    photos: tuple[EvidenceItem, ...] = ()
    line: OrderLineFacts
    photos_waived: bool = False
    window_overridden: bool = False
    buyer_conduct: BuyerConduct | None = None
    """What intake knew of the buyer when it chose between seller and support."""


class RefundRequested(RequestOpened):
    """A buyer's request went to the seller."""

    topic: ClassVar[str] = "refund.requested.v1"


class RequestRoutedToSupport(RequestOpened):
    """A buyer's request went to support; the seller may look on."""

    topic: ClassVar[str] = "refund.routed_to_support.v1"
    routing: tuple[SupportRouting, ...]


class RequestWithdrawn(CaseEvent):
    """The buyer took the request back."""

    topic: ClassVar[str] = "refund.withdrawn.v1"


class SuccessorOpened(CaseEvent):
    """A later case was opened on the same line; this one can no longer come alive."""

    topic: ClassVar[str] = "refund.successor_opened.v1"
    successor: UUID
