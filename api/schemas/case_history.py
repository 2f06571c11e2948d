"""The shape of a case's whole history, for support and auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.shape import Shape
from domain.actors import Actor


class HistoryEntry(Shape):
    """One event as it stands in the log."""

    version: int
    position: int | None
    topic: str
    occurred_at: datetime = Field(description="When it happened in the world")
    recorded_at: datetime = Field(description="When it was written down")
    actor: Actor
    command_id: UUID = Field(description="The command that caused it")
    correlation_id: UUID
    policy: str | None
    previous: str = Field(description="The digest of the event before this one")
    digest: str = Field(description="SHA-256 over stream, version, topic and stored text")
    payload: dict[str, Any] = Field(description="Personal text reads null once its person's data is erased")


class History(Shape):
    """All events of a case, oldest first."""

    items: tuple[HistoryEntry, ...]
