"""The shapes of webhook endpoints and of what they were told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.shape import Shape
from domain.messages import Value
from store.webhooks.deliveries import State

EventType = Annotated[str, Field(min_length=1, max_length=100)]


class WebhookEndpointWanted(Value):
    """Where to be told, and what."""

    url: str = Field(description="An https address of the public internet", max_length=2000)
    types: tuple[EventType, ...] = Field(
        min_length=1, max_length=100, description="Types of events; `refund.*` means all that begin so"
    )


class WebhookEndpoint(Shape):
    """Where the marketplace is told what happens."""

    endpoint_id: str
    url: str
    types: tuple[str, ...]
    position: int = Field(description="Up to here the log was looked through for it")
    created_at: datetime
    previous_until: datetime | None = Field(description="Until then messages are signed with the old secret too")
    disabled_at: datetime | None = Field(description="Since then nothing is told to it; put it again to go on")
    disabled_because: str | None


class WebhookEndpoints(Shape):
    """All endpoints."""

    items: tuple[WebhookEndpoint, ...]


class WebhookSecrets(Shape):
    """What messages are signed with, as Standard Webhooks writes secrets."""

    secrets: tuple[str, ...] = Field(description="The newest first; a second one while it is being replaced")


class WebhookDelivery(Shape):
    """One event that an endpoint is told."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    position: int = Field(description="The event's, which names the delivery")
    stream_id: UUID
    type: str = Field(
        validation_alias="topic",
        examples=["refund.partial_offered.v1"],
        description="The event's, as the feed and the message tell it",
    )
    state: State
    tries: int = Field(description="Since it was put here, or was last asked for again")
    claim_at: datetime = Field(description="While it waits: when it is tried next")
    failure: str | None = Field(description="What went wrong last")
    ended_at: datetime | None
    correlation_id: UUID = Field(description="Of the event, as the service's log and the feed name it")


class WebhookDeliveries(Shape):
    """A page of deliveries, the newest first."""

    items: tuple[WebhookDelivery, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last")


class WebhookAttempt(Shape):
    """One try."""

    attempted_at: datetime
    milliseconds: int
    status: int | None = Field(description="What the receiver answered; null where it did not")
    failure: str | None


class WebhookAttempts(WebhookDelivery):
    """One delivery with every try, oldest first."""

    attempts: tuple[WebhookAttempt, ...]


class Replay(Value):
    """From where to tell everything again."""

    after: int = Field(ge=0, lt=2**63, description="A position in the log")
