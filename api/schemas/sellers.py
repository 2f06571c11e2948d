"""The shapes of a seller's account and of his rules."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from api.schemas.shape import Shape
from domain.language import Locale
from domain.money import Money
from domain.notice import NoticeKind
from domain.seller.account import Address
from domain.vocabulary import Reason


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


class SellerRule(Shape):
    """A rule by which requests are refunded in the seller's name."""

    rule_id: str
    version: int = Field(description="Of the rule, as cases name it")
    reasons: Annotated[tuple[Reason, ...], AfterValidator(lambda reasons: tuple(sorted(reasons)))]
    up_to: Money = Field(description="The most that a refund may cost the seller")
    is_live: bool = Field(description="False once it has ended")


class SellerRules(Shape):
    """Rules in the order in which they were first made."""

    items: tuple[SellerRule, ...]
