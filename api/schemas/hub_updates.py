"""The shape of a live update of the seller hub."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from api.schemas.seller_hub import FilterCounts
from api.schemas.shape import Shape
from projections.seller_orders import Quick


class ChangedLine(Shape):
    """An order line to which something happened."""

    line_id: str
    streams: tuple[UUID, ...] = Field(description="What changed of it: its case, its cancellation, the line itself")


class HubUpdate(Shape):
    """What has changed since the update before."""

    position: int = Field(description="Up to which the hub contains the log")
    lines: tuple[ChangedLine, ...]
    counts: dict[Quick, FilterCounts]
