"""One buyer's standing: under fraud review or not, and what he asks for compared with what he buys (SPEC §7.8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import ClassVar

from domain.business_time import WindowField
from domain.messages import Event, Identifier, Line, Personal, Value
from domain.policy import StandingRules


class BuyerPutUnderReview(Event):
    """Support suspects refund fraud; new requests of this buyer go to support."""

    topic: ClassVar[str] = "buyer.put_under_review.v1"
    buyer_id: Identifier
    ground: Personal | Line
    """Sealed with the buyer's key; plain where it was recorded before that."""


class BuyerReviewLifted(Event):
    """The suspicion is gone; new requests of this buyer are routed as usual."""

    topic: ClassVar[str] = "buyer.review_lifted.v1"
    buyer_id: Identifier
    ground: Personal | Line
    """Sealed with the buyer's key; plain where it was recorded before that."""


class BuyerConduct(Value):
    """What a buyer bought and asked refunds for within a rolling window, across all sellers."""

    window: WindowField
    lines: int
    """Order lines bought."""
    requests: int
    """Refund cases opened, the request that is being judged not among them."""

    def is_above(self, rules: StandingRules) -> bool:
        """More requests than the policy's number, and more than its share of the lines bought."""
        share_passed = self.requests * 100 > self.lines * rules.review_above_percent
        return self.requests > rules.review_above_requests and share_passed


@dataclass(frozen=True, slots=True)
class BuyerStanding:
    """A buyer as he stands."""

    under_review: bool = False
    """Support suspects him."""
    conduct: BuyerConduct | None = None
    """Over the policy's review window; None where nobody counted."""


def put_under_review(standing: BuyerStanding, buyer_id: str, ground: str) -> list[Event]:
    """The events of a suspicion: none when there is one already."""
    return [] if standing.under_review else [BuyerPutUnderReview(buyer_id=buyer_id, ground=_of(buyer_id, ground))]


def lift_review(standing: BuyerStanding, buyer_id: str, ground: str) -> list[Event]:
    """The events of a suspicion that ended: none when there is none."""
    return [BuyerReviewLifted(buyer_id=buyer_id, ground=_of(buyer_id, ground))] if standing.under_review else []


def _of(buyer_id: str, ground: str) -> Personal:
    """What support writes of a buyer is the buyer's data (SPEC §9)."""
    return Personal.of(f"buyer:{buyer_id}", ground)


@singledispatch
def evolve(event: Event, standing: BuyerStanding) -> BuyerStanding:
    """The standing after one of the buyer's events."""
    return standing


@evolve.register
def _(event: BuyerPutUnderReview, standing: BuyerStanding) -> BuyerStanding:
    return replace(standing, under_review=True)


@evolve.register
def _(event: BuyerReviewLifted, standing: BuyerStanding) -> BuyerStanding:
    return replace(standing, under_review=False)
