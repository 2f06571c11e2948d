"""The shapes that refund cases and cancellation requests share: the deadline, the open actions, the line, the steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.shape import Shape
from domain.action import CostNote, Need
from domain.actors import Role
from domain.deadline import DeadlineKind
from domain.language import Words
from domain.money import Money
from domain.order.facts import Listing, Tracking
from domain.vocabulary import ListingKind, RefundState, Status


class OnExpiry(Shape):
    """What silence leads to."""

    event: str = Field(examples=["refund.seller_silent.v1"])
    status: Status = Field(description="Where the case stands then")
    sentence: str
    words: Words = Field(description="What a timeline will say of it")


class LiveDeadline(Shape):
    """When the wait ends, why then, and what follows."""

    kind: DeadlineKind
    due_at: datetime = Field(description="The first instant that is too late")
    explanation: str = Field(description="As recorded, in English")
    words: Words = Field(description="The explanation in every language")
    remind_at: tuple[datetime, ...]
    on_expiry: OnExpiry


class ActionCost(Shape):
    """What a choice costs the seller."""

    seller: Money | None = Field(description="Null where the choice itself names the amount")
    below: Money | None = Field(description="What such an amount stays below")
    note: CostNote
    words: Words


class ActionNeed(Shape):
    """What has to be done first, elsewhere."""

    rule: Need = Field(description="By which the action is refused until it is done")
    words: Words


class AvailableAction(Shape):
    """Something the caller may do now."""

    name: str = Field(examples=["offer-partial-refund"])
    sentence: str
    words: Words = Field(description="What its button says")
    method: Literal["POST"] = "POST"
    href: str
    input_schema: dict[str, Any] = Field(description="JSON Schema of the body")
    cost: ActionCost | None
    needs: ActionNeed | None = Field(description="What is still missing for it, whatever the body says")


class PinnedLine(Shape):
    """The order line as it stood when the request was made."""

    order_id: str
    line_id: str
    buyer_id: str
    seller_id: str
    title: str
    category: str
    listing_kind: ListingKind
    openable: bool
    quantity: int
    price: Money
    shipping: Money
    tax: Money
    purchased_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    tracking: Tracking | None
    listing: Listing = Field(description="What the seller promised: what the guide says to compare with")


class EstimatedArrival(Shape):
    """When the refund should arrive; an estimate, no promise."""

    earliest_at: datetime
    latest_at: datetime


class RefundProgress(Shape):
    """The buyer's refund on its way."""

    state: RefundState
    estimate: EstimatedArrival | None


class TimelineEntry(Shape):
    """One step of the case."""

    version: int
    event: str = Field(examples=["refund.partial_offered.v1"])
    sentence: str
    words: Words
    occurred_at: datetime
    recorded_at: datetime
    by: Role
    status: Status = Field(description="Where the case stood after it")
    details: dict[str, Any] = Field(description="What was said, as far as the caller may see it")
    charged: Money | None = Field(description="What it cost the seller, negative for a credit; not for buyers")


class Timeline(Shape):
    """A case's steps, oldest first."""

    items: tuple[TimelineEntry, ...]


class MatterShape(Shape):
    """What every matter tells first."""

    id: UUID
    version: int = Field(description="Also its `ETag`")
    position: int | None = Field(description="Of the newest step in the log, for `min_position`; null in a preview")
    attempt: int = Field(description="Which of its kind on its order line, counted from 1")
    waiting_on: Role | None
    deadline: LiveDeadline | None
    opened_at: datetime
    closed_at: datetime | None
    policy: str = Field(description="The policy version pinned at opening", examples=["standard@1"])
    available_actions: tuple[AvailableAction, ...]
    line: PinnedLine
    refund: RefundProgress
    chargeback: bool
    timeline: tuple[TimelineEntry, ...]
