"""The shape of a refund case, as much of it as the caller may see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.guidance import Guide
from api.schemas.matter import MatterShape
from api.schemas.shape import EvidenceLink, Shape
from domain.actors import Role
from domain.money import Money
from domain.refund.commands import Liability, Purpose
from domain.seller.account import Address
from domain.vocabulary import (
    Outcome,
    Reason,
    ReplacementState,
    ReturnState,
    ReviewCause,
    Route,
    Status,
    SupportRouting,
)


class Amounts(Shape):
    """The money of the case, as far as it is the caller's."""

    paid: Money = Field(description="Price, shipping and tax")
    offered: Money | None
    refund_due: Money | None
    refunded: Money | None = Field(description="All that has reached the buyer, in other ways too")
    seller_charged: Money | None = Field(description="What the seller bears as the books stand; not for buyers")
    held: Money | None = Field(description="Of the seller's balance; not for buyers")
    return_label: Money | None = Field(description="Not for buyers")


class BuyersRequest(Shape):
    """What the buyer asked for."""

    reason: Reason
    description: str | None = Field(description="Null once the buyer's data is erased")
    photos: tuple[EvidenceLink, ...]
    photos_waived: bool
    window_overridden: bool
    routing: tuple[SupportRouting, ...] | None = Field(description="Why support answers; for support and auditors")


class Message(Shape):
    """What one party wrote to the others, or showed them."""

    version: int = Field(description="Of the case, after it")
    by: Role
    sent_at: datetime
    purpose: Purpose
    text: str | None = Field(description="Null where only photos or links were added, or the writer's data is erased")
    photos: tuple[EvidenceLink, ...]
    links: tuple[str, ...] = Field(description="To videos; none once the writer's data is erased")


class ReturnTrip(Shape):
    """The item on its way back."""

    state: ReturnState
    opened_at: datetime | None
    address: Address | None


class ReplacementTrip(Shape):
    """The replacement, or the order shipped after all."""

    state: ReplacementState
    proposed_item: str | None
    item_agreed: bool | None


class RefundCase(MatterShape):
    """One refund request from beginning to end."""

    status: Status
    outcome: Outcome | None
    route: Route
    review_cause: ReviewCause | None = Field(description="Why it came to support")
    amounts: Amounts
    request: BuyersRequest | None = Field(description="Null for those who only report facts")
    item_return: ReturnTrip
    replacement: ReplacementTrip
    liability: Liability | None = Field(description="Who bears what support granted; not for buyers")
    successor: UUID | None = Field(description="The later case on the same line")
    messages: tuple[Message, ...] = Field(description="What the parties wrote and showed each other, oldest first")
    guidance: Guide | None = Field(description="The seller's guide for this reason; for seller, support and auditors")
