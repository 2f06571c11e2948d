"""The shapes of a buyer's standing."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.schemas.shape import Shape, Share
from domain.money import Money
from domain.policy import RollingField


class StandingAmounts(Shape):
    """Values in one currency."""

    bought: Money = Field(description="What was paid for the lines bought in the window")
    requested: Money = Field(description="What was paid for the lines of the refund cases opened in it")
    refunded: Money = Field(description="What reached the buyer in it")


class StandingWindow(Shape):
    """What a buyer bought, asked for and got back within a window that ends now, across all sellers."""

    window: RollingField = Field(examples=["90d"])
    since: datetime = Field(description="When it began: whatever happened later counts")
    lines: int = Field(description="Order lines bought, those cancelled by the marketplace left out")
    requests: int = Field(description="Refund cases opened; cancellations are none")
    refunds: int = Field(description="Refund cases whose money reached the buyer")
    sellers: int = Field(description="Of how many sellers something was asked")
    request_share: Share = Field(description="Requests by lines")
    refund_share: Share = Field(description="Refunds by lines")
    amounts: tuple[StandingAmounts, ...] = Field(description="One for each currency")


class ReviewRule(Shape):
    """Above both numbers within the window, new requests go to support."""

    policy: str = Field(examples=["standard@1"])
    window: RollingField
    above_requests: int
    above_percent: int = Field(description="Requests by lines bought")


class StandingOfBuyer(Shape):
    """How a buyer stands: what support says of him, and what he asks for compared with what he buys."""

    buyer_id: str
    under_review: bool = Field(description="Support suspects him; either this or `above_thresholds` is enough")
    above_thresholds: bool = Field(description="His next request goes to support for what the windows count")
    rule: ReviewRule
    windows: tuple[StandingWindow, ...]
