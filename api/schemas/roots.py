"""The shape of the roots over all streams."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, field_serializer

from api.schemas.shape import Shape
from store.codec import stamp


class Root(Shape):
    """One digest over everything the log gained since the root before."""

    number: int
    position: int = Field(description="Of the last event it covers")
    events: int = Field(description="How many it covers")
    tree: str = Field(description="Over their positions and digests, as RFC 6962 builds a tree")
    taken_at: datetime
    previous: str = Field(description="The digest of the root before")
    digest: str = Field(description="SHA-256 over all of the above: what to hold")

    @field_serializer("taken_at")
    def _stamp(self, taken_at: datetime) -> str:
        """As the digest covers it."""
        return stamp(taken_at)


class RootPage(Shape):
    """Some roots, in order; where there are fewer than asked for, there are no more yet."""

    items: tuple[Root, ...]
