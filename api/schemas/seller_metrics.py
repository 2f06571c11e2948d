"""The shapes of a seller's metrics."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.schemas.shape import Duration, Shape, Share
from domain.money import Money
from domain.policy import RollingField
from domain.vocabulary import Outcome, Reason


class ReasonMetrics(Shape):
    """The refund cases of one reason."""

    reason: Reason
    requests: int
    ended: int
    paid_back: int = Field(description="Of those that ended, how many gave the buyer money back, all or a part")
    refund_share: Share = Field(description="`paid_back` by `ended`")


class Costs(Shape):
    """What the refund cases of one currency came to."""

    refunded: Money = Field(description="What reached the buyers, whoever bears it")
    charged: Money = Field(description="What the seller bears of it as the books stand: charges less credits")


class MetricsWindow(Shape):
    """The refund cases that were opened within a window that ends now, and whatever became of them."""

    window: RollingField = Field(examples=["90d"])
    since: datetime = Field(description="When it began: whatever was opened later counts")
    lines: int = Field(description="Order lines sold, those cancelled by the marketplace left out")
    requests: int = Field(description="Refund cases opened")
    request_share: Share = Field(description="`requests` by `lines`")
    asked: int = Field(description="Of these, how many became the seller's to answer")
    answered: int = Field(description="How many of those he moved on himself")
    silent: int = Field(description="In how many his time ran out")
    waiting: int = Field(description="How many wait for his first answer now")
    silence_share: Share = Field(description="`silent` by those that were answered or ran out")
    median_response: Duration | None = Field(
        description="Business time until his answer: half of his answers took at most this long", examples=["PT5H"]
    )
    slow_response: Duration | None = Field(description="Nine of ten of his answers took at most this long")
    rejected: int
    escalated: int = Field(description="Rejections that the buyer took to support")
    escalation_share: Share = Field(description="`escalated` by `rejected`")
    overturned: int = Field(description="Escalated rejections in which support granted money")
    overturn_share: Share = Field(description="`overturned` by `escalated`")
    reasons: tuple[ReasonMetrics, ...]
    outcomes: dict[Outcome, int] = Field(description="How many ended how")
    costs: tuple[Costs, ...] = Field(description="One for each currency")


class SellerMetrics(Shape):
    """How a seller answers, how his cases end, and what they cost him."""

    seller_id: str
    windows: tuple[MetricsWindow, ...]
