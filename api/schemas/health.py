"""The shapes in which the process says how it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.shape import Shape


class Live(Shape):
    """The process answers."""

    status: Literal["live"] = "live"


class ProjectionLag(Shape):
    """How far a read model is."""

    name: str
    position: int
    behind: int = Field(description="Positions of the log that it does not contain yet")
    failing: bool = Field(description="It stands still because its next batch fails")


class Ready(Shape):
    """The log can be reached, and the read models keep up with it."""

    status: Literal["ready"] = "ready"
    projections: tuple[ProjectionLag, ...]
