"""The shape of a cancellation request."""

from __future__ import annotations

from pydantic import Field

from api.schemas.matter import MatterShape
from api.schemas.shape import Shape
from domain.money import Money
from domain.vocabulary import CancellationOutcome, CancellationStatus


class CancellationAmounts(Shape):
    """The money of the request, as far as it is the caller's."""

    paid: Money = Field(description="Price, shipping and tax")
    refund_due: Money | None
    refunded: Money | None = Field(description="All that has reached the buyer, in other ways too")
    seller_charged: Money | None = Field(description="The proceeds that the seller gave back; not for buyers")


class Cancellation(MatterShape):
    """One request to cancel the sale of an order line."""

    status: CancellationStatus
    outcome: CancellationOutcome | None
    granted: bool = Field(description="The sale is cancelled for good")
    amounts: CancellationAmounts
    text: str | None = Field(description="What the buyer wrote; null where he wrote nothing, or his data is erased")
