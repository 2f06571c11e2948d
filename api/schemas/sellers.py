"""The shape of a seller's account."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shape import Shape
from domain.language import Locale
from domain.notice import NoticeKind
from domain.seller.account import Address


class Seller(Shape):
    """What the marketplace and the seller himself say of him."""

    seller_id: str
    version: int = Field(description="Also its `ETag`")
    enrolled: bool = Field(description="Answers his buyers' requests himself")
    locale: Locale
    email: str | None
    time_zone: str
    addresses: dict[str, Address | None] = Field(description="By their ids; null once the seller's data is erased")
    muted: tuple[NoticeKind, ...] = Field(description="What he wants no mail of")
    return_address_id: str | None = Field(description="Where returns approved from now on go")
