"""The facts of one order line as the marketplace reports them (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    Field,
    FieldSerializationInfo,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic_core import to_json

from domain.messages import Identifier, Instant, Line, Sealing, Text, Value, sealing_in
from domain.money import LARGEST_MINOR, Money, ToldMoney
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
    _key: str | None = PrivateAttr(default=None)
    """What had sealed the listing that was read here, as with ``Personal``."""

    def __eq__(self, other: object) -> bool:
        """The same words and pictures, whatever sealed them."""
        return isinstance(other, Listing) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))

    def sealed(self, sealing: Sealing, seller_id: str) -> dict[str, Any]:
        """What is stored of it: the seller's words and pictures are his personal data (SPEC §9)."""
        return sealing.seal(f"seller:{seller_id}", self.model_dump_json(exclude_defaults=True), self._key)

    @classmethod
    def opened(cls, stored: dict[str, Any], sealing: Sealing) -> Self:
        """What had been sealed; empty once the seller's data is erased."""
        listing = cls.model_validate_json(sealing.open(stored) or "{}")
        listing._key = stored.get("key")  # noqa: SLF001 -- its own
        return listing


UNLISTED = Listing()
"""Nothing is known of what the seller promised, or no longer."""


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
    price: ToldMoney
    shipping: ToldMoney
    tax: ToldMoney
    commission: ToldMoney | None = None
    quantity: Annotated[int, Field(ge=1, le=100_000)] = 1
    purchased_at: Instant
    label_printed_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    estimated_delivery_at: Instant | None = None
    tracking: Tracking | None = None
    tracking_updated_at: Instant | None = None
    listing: Listing = UNLISTED
    payment_reference: Reference | None = None
    cancelled: bool = False

    @field_serializer("listing", mode="wrap")
    def _seal(self, listing: Listing, write: SerializerFunctionWrapHandler, info: FieldSerializationInfo) -> Any:  # noqa: ANN401 -- sealed or not
        sealing = sealing_in(info.context)
        return listing.sealed(sealing, self.seller_id) if sealing and listing != UNLISTED else write(listing)

    @field_validator("listing", mode="wrap")
    @classmethod
    def _open(cls, stored: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:  # noqa: ANN401 -- pydantic hands over whatever is there
        sealing = sealing_in(info.context)
        if sealing and isinstance(stored, dict) and "person" in stored:
            return Listing.opened(stored, sealing)
        if info.mode == "json" and sealing is None:
            return Listing.model_validate_json(to_json(stored))  # what is read strictly knows JSON's lists no more here
        return read(stored)

    @model_validator(mode="after")
    def _fit_together(self, info: ValidationInfo) -> Self:
        """What is recorded was judged by the rules of its day, and is read whatever they are now."""
        if sealing_in(info.context) is None:
            self._amounts_fit_together()
            self._times_follow()
        return self

    def _amounts_fit_together(self) -> None:
        price, shipping, tax = self.price, self.shipping, self.tax
        commission = self.commission or Money.zero(price.currency)
        if not price.currency == shipping.currency == tax.currency == commission.currency:
            raise ValueError("price, shipping, tax and commission are in one currency")
        if min(price.minor, shipping.minor, tax.minor, commission.minor) < 0:
            raise ValueError("price, shipping, tax and commission are never negative")
        if price.minor + shipping.minor + tax.minor > LARGEST_MINOR:
            raise ValueError(f"price, shipping and tax are together at most {LARGEST_MINOR} minor units")
        if price.minor < commission.minor:
            raise ValueError("the commission is not above the price")

    def _times_follow(self) -> None:
        if self.delivered_at and self.delivered_at < self.purchased_at:
            raise ValueError("delivered_at is not before purchased_at")
        if self.shipped_at and self.shipped_at < self.purchased_at:
            raise ValueError("shipped_at is not before purchased_at")

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
