"""The shape of an event as it is published: by the feed, by the stream and by webhooks alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.shape import Shape
from domain.actors import Role


class PublishedEvent(Shape):
    """Something that happened, as far as the reader may know it."""

    id: UUID = Field(description="The same wherever and however often the event is told")
    type: str = Field(description="The event's topic", examples=["refund.approved.v1"])
    timestamp: datetime = Field(description="When it happened in the world")
    recorded_at: datetime = Field(description="When it was written down")
    position: int = Field(description="In the log: what `after`, `Last-Event-ID` and `min_position` take")
    stream_id: UUID = Field(description="What it happened to: a case, a cancellation, an order line, an account")
    version: int = Field(description="Its place in that stream, from 1 without a gap")
    by: Role
    actor_id: str | None = Field(description="Who acted; for the marketplace and its staff")
    command_id: UUID = Field(description="The command that caused it")
    correlation_id: UUID
    policy: str | None = Field(description="The policy version that governs it", examples=["standard@1"])
    data: dict[str, Any] = Field(
        description="What the event says. A person's text is null for those it is not for, and once it is erased"
    )


class EventPage(Shape):
    """Some events in the order of the log."""

    items: tuple[PublishedEvent, ...]
    next: int = Field(description="The position to give as `after` for what follows")
    more: bool = Field(description="Whether more can be read at once; a page may be short, even empty, although it can")
