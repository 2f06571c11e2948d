"""Routing: whether the seller or support answers a request that is taken (SPEC §3)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.refund.request import FINAL, Request
from domain.vocabulary import DIRECT, ListingKind, Reason, SupportRouting

CONSUMABLE_REASONS = frozenset({Reason.ITEM_MISSING, Reason.WRONG_ITEM})


def support_routing(request: Request) -> Iterator[SupportRouting]:
    """Why support answers; nothing when the seller does."""
    facts, reason = request.facts, request.reason
    if request.seller is None or not request.seller.profile.enrolled:
        yield SupportRouting.SELLER_NOT_ENROLLED
    if reason not in DIRECT:
        yield SupportRouting.OTHER_REASON
    if facts.is_consumable and reason in CONSUMABLE_REASONS:
        yield SupportRouting.CONSUMABLE
    if request.buyer.under_review:
        yield SupportRouting.BUYER_UNDER_REVIEW
    if request.buyer.conduct and request.buyer.conduct.is_above(request.policy.standing):
        yield SupportRouting.BUYER_ABOVE_THRESHOLDS
    if request.lacks_photos:
        yield SupportRouting.PHOTOS_WAIVED
    if facts.listing_kind is ListingKind.GIVEAWAY and reason is not Reason.GIVEAWAY_NOT_RECEIVED:
        yield SupportRouting.OTHER_REASON_ON_GIVEAWAY
    if request.is_stalled:
        yield SupportRouting.TRACKING_STALLED
    if any(case.outcome in FINAL for case in request.previous):
        yield SupportRouting.SECOND_REQUEST
