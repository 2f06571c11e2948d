"""The facts of one order line as the marketplace reports them (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.messages import Identifier, Instant, Line, Text, Value
from domain.money import LARGEST_MINOR, Money
from domain.order.category import Category
from domain.vocabulary import CONSUMABLE_KINDS, ListingKind

Reference = Annotated[str, Field(min_length=1, max_length=500)]
"""A link or id of something kept by the marketplace: a photo, a video receipt, a payment."""


class Tracking(Value):
    """A parcel as the carrier knows it."""

    carrier: Line
    number: Line


class Listing(Value):
    """What the seller promised: the things the guide tells him to compare with (SPEC §12)."""

    description: Text | None = None
    condition: Line | None = None
    photos: Annotated[tuple[Reference, ...], Field(max_length=50)] = ()
    video_receipts: Annotated[tuple[Reference, ...], Field(max_length=50)] = ()


class OrderLineFacts(Value):
    """One order line of one seller, whole: each report replaces the one before.

    All amounts are in minor units of one currency; ``price`` is what the buyer paid for the line without
    shipping and tax, ``shipping`` and ``tax`` the line's share of what he paid. Times are instants; an absent
    time has not happened.
    """

    order_id: Identifier
    line_id: Identifier
    buyer_id: Identifier
    seller_id: Identifier
    title: Line
    category: Category
    listing_kind: ListingKind = ListingKind.STANDARD
    openable: bool = False
    price: Money
    shipping: Money
    tax: Money
    commission: Money | None = None
    quantity: Annotated[int, Field(ge=1, le=100_000)] = 1
    purchased_at: Instant
    label_printed_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    estimated_delivery_at: Instant | None = None
    tracking: Tracking | None = None
    tracking_updated_at: Instant | None = None
    listing: Listing = Listing()
    payment_reference: Reference | None = None
    cancelled: bool = False

    @model_validator(mode="after")
    def _amounts_fit_together(self) -> Self:
        amounts = [self.price, self.shipping, self.tax, *([self.commission] if self.commission else [])]
        if len({amount.currency for amount in amounts}) != 1:
            raise ValueError("price, shipping, tax and commission are in one currency")
        if min(amount.minor for amount in amounts) < 0:
            raise ValueError("price, shipping, tax and commission are never negative")
        if self.price.minor + self.shipping.minor + self.tax.minor > LARGEST_MINOR:
            raise ValueError(f"price, shipping and tax are together at most {LARGEST_MINOR} minor units")
        if self.commission and self.price < self.commission:
            raise ValueError("the commission is not above the price")
        return self

    @model_validator(mode="after")
    def _times_follow(self) -> Self:
        if self.delivered_at and self.delivered_at < self.purchased_at:
            raise ValueError("delivered_at is not before purchased_at")
        if self.shipped_at and self.shipped_at < self.purchased_at:
            raise ValueError("shipped_at is not before purchased_at")
        return self

    @property
    def paid(self) -> Money:
        """What the buyer paid for the line: price + shipping + tax (SPEC §5)."""
        return self.price + self.shipping + self.tax

    @property
    def is_consumable(self) -> bool:
        """Breaks, mystery and pull games, and whatever can be opened (SPEC §3)."""
        return self.openable or self.listing_kind in CONSUMABLE_KINDS

    @property
    def scanned_at(self) -> datetime | None:
        """The first carrier scan: the acceptance, or the delivery where that scan is missing (SPEC §13)."""
        return self.shipped_at or self.delivered_at
