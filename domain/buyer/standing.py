"""One buyer's standing: under fraud review or not (SPEC §§3 and 7.8)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import ClassVar

from domain.messages import Event, Identifier, Line


class BuyerPutUnderReview(Event):
    """Support suspects refund fraud; new requests of this buyer go to support."""

    topic: ClassVar[str] = "buyer.put_under_review.v1"
    buyer_id: Identifier
    ground: Line


class BuyerReviewLifted(Event):
    """The suspicion is gone; new requests of this buyer are routed as usual."""

    topic: ClassVar[str] = "buyer.review_lifted.v1"
    buyer_id: Identifier
    ground: Line


@dataclass(frozen=True, slots=True)
class BuyerStanding:
    """A buyer as he stands."""

    under_review: bool = False


def put_under_review(standing: BuyerStanding, buyer_id: str, ground: str) -> list[Event]:
    """The events of a suspicion: none when there is one already."""
    return [] if standing.under_review else [BuyerPutUnderReview(buyer_id=buyer_id, ground=ground)]


def lift_review(standing: BuyerStanding, buyer_id: str, ground: str) -> list[Event]:
    """The events of a suspicion that ended: none when there is none."""
    return [BuyerReviewLifted(buyer_id=buyer_id, ground=ground)] if standing.under_review else []


@singledispatch
def evolve(event: Event, standing: BuyerStanding) -> BuyerStanding:
    """The standing after one of the buyer's events."""
    return standing


@evolve.register
def _(event: BuyerPutUnderReview, standing: BuyerStanding) -> BuyerStanding:
    return BuyerStanding(under_review=True)


@evolve.register
def _(event: BuyerReviewLifted, standing: BuyerStanding) -> BuyerStanding:
    return BuyerStanding(under_review=False)
