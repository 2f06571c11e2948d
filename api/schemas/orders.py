"""The shape of an order line, as much of it as the caller may see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.matter import PinnedLine
from api.schemas.shape import Shape
from domain.money import Money
from store.application import Recorded


class OrderLine(PinnedLine):
    """What the marketplace reported of a line, and what was opened on it."""

    label_printed_at: datetime | None
    estimated_delivery_at: datetime | None
    tracking_updated_at: datetime | None
    cancelled: bool
    commission: Money | None = Field(description="Not for buyers")
    payment_reference: str | None = Field(description="Where refunds go; for the marketplace's side")
    chargeback: bool = Field(description="The buyer's bank took the payment back, and that stands")
    refund_cases: tuple[UUID, ...] = Field(description="Oldest first")
    cancellations: tuple[UUID, ...] = Field(description="Oldest first")


class OrderLineReported(Shape):
    """What became of a report."""

    line_id: str
    recorded: Recorded
    position: int | None = Field(description="In the log, for `min_position`; null where nothing changed")


class WholeOrderReported(Shape):
    """What became of an order that was told whole."""

    order_id: str
    lines: tuple[OrderLineReported, ...]
