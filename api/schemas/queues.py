"""The shapes of the lists that buyers and support work from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.shape import Duration, Shape
from domain.actors import Role
from domain.deadline import DeadlineKind
from domain.money import Money
from domain.vocabulary import (
    CancellationOutcome,
    CancellationStatus,
    Outcome,
    Reason,
    ReviewCause,
    Status,
    SupportRouting,
)
from projections.processes import Process


class BuyerRequest(Shape):
    """One request of a buyer at a glance; where it is holds the rest."""

    id: UUID
    process: Process
    href: str = Field(description="Where the refund case or cancellation is")
    version: int
    order_id: str
    line_id: str
    title: str
    reason: Reason | None = Field(description="Of a refund request")
    status: Status | CancellationStatus
    outcome: Outcome | CancellationOutcome | None
    opened_at: datetime
    closed_at: datetime | None
    deadline_kind: DeadlineKind | None
    due_at: datetime | None
    refund: Money | None = Field(description="What is, or was last, due to the buyer")
    refund_submitted_at: datetime | None = Field(description="When the payment provider took it")


class BuyerRequests(Shape):
    """A page of a buyer's requests, newest first."""

    items: tuple[BuyerRequest, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last")


class QueuedMatter(Shape):
    """What support has, or was asked to look at."""

    id: UUID
    process: Process
    href: str = Field(description="Where the refund case or cancellation is")
    status: Status | CancellationStatus
    since: datetime
    cause: ReviewCause | None = Field(description="Null for an appeal, and where support was only asked in")
    routing: tuple[SupportRouting, ...] = Field(description="Why intake sent it here")
    asked_in_by: Role | None = Field(description="Who asked, while the case goes on without support")
    age: Duration = Field(description="How long it has waited since then")
    answer_target_at: datetime = Field(description="By when support means to look at it; no deadline")
    answered_at: datetime | None = Field(description="When support first did something about it")
    on_hold: bool = Field(description="A disputed return: no clock runs until support decides")
    fraud_suspected: bool
    at_stake: Money
    reason: Reason | None = Field(description="Null for a cancellation")
    seller_id: str
    buyer_id: str
    order_id: str
    line_id: str
    title: str
    opened_at: datetime


class SupportQueue(Shape):
    """A page of the queue, longest waiting first."""

    items: tuple[QueuedMatter, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last")
