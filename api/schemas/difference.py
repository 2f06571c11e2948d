"""The shape of what changed between two moments of a matter."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.matter import TimelineEntry
from api.schemas.shape import Shape
from domain.actors import Actor
from domain.facet import Facet
from domain.language import Words
from projections.moments import Clock


class Stand(Shape):
    """One of the two moments."""

    version: int = Field(description="The newest event that it knows")
    at: datetime
    by: Clock = Field(description="Which of an event's two times counted")


class Change(Shape):
    """One thing that differs."""

    facet: Facet
    before: Any = Field(description="Null where there was none")
    after: Any = Field(description="Null where there is none")
    words: Words


class StepBetween(TimelineEntry):
    """Something that happened between the two."""

    actor: Actor | None = Field(description="For support and auditors")
    command_id: UUID | None = Field(description="The command that caused it; for support and auditors")
    correlation_id: UUID | None = Field(description="For support and auditors")


class Difference(Shape):
    """What changed, and by which steps, as far as the caller may see it."""

    id: UUID
    before: Stand
    after: Stand
    changes: tuple[Change, ...]
    steps: tuple[StepBetween, ...] = Field(description="What happened between the two, oldest first")
