"""The shapes of the seller hub's list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.shape import Shape
from domain.deadline import DeadlineKind
from domain.money import Money
from domain.order.facts import Tracking
from domain.vocabulary import CancellationOutcome, CancellationStatus, Outcome, Reason, Status
from projections.seller_orders import Filter, Quick, Standing


class CaseAtAGlance(Shape):
    """A line's open case, else its newest."""

    id: UUID
    version: int
    reason: Reason
    status: Status
    standing: Standing = Field(description="What the seller has to do with it now")
    outcome: Outcome | None
    opened_at: datetime
    closed_at: datetime | None
    deadline_kind: DeadlineKind | None
    due_at: datetime | None
    refund: Money | None = Field(description="What is, or was last, due to the buyer")
    charged: Money = Field(description="What the seller bears of it so far")


class CancellationAtAGlance(Shape):
    """A line's open cancellation request, else its newest."""

    id: UUID
    version: int
    status: CancellationStatus
    standing: Standing
    outcome: CancellationOutcome | None
    opened_at: datetime
    closed_at: datetime | None
    deadline_kind: DeadlineKind | None
    due_at: datetime | None
    refund: Money | None
    charged: Money = Field(description="The proceeds that the seller gave back")


class HubOrder(Shape):
    """One order line of the seller."""

    line_id: str
    order_id: str
    buyer_id: str
    title: str
    category: str
    quantity: int
    paid: Money
    purchased_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    tracking: Tracking | None
    cancelled: bool
    case: CaseAtAGlance | None
    cancellation: CancellationAtAGlance | None


class FilterCounts(Shape):
    """How many lines a quick filter holds, and each of its sub-filters."""

    lines: int
    by_filter: dict[Filter, int]


class HubOrders(Shape):
    """A page of the seller's lines, most urgent first."""

    items: tuple[HubOrder, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last")
    counts: dict[Quick, FilterCounts]
