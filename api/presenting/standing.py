"""A buyer's standing as support reads it: the counts of each window, and what the policy makes of them."""

from __future__ import annotations

from collections.abc import Sequence

from api.schemas.buyers import ReviewRule, StandingAmounts, StandingOfBuyer, StandingWindow
from api.schemas.shape import share
from domain.business_time import Window
from domain.buyer.standing import BuyerConduct
from domain.policy import Policy
from projections.conduct import BuyerCounts


def standing_of(
    buyer_id: str,
    under_review: bool,  # noqa: FBT001 -- what support said of him
    policy: Policy,
    counted: Sequence[tuple[Window, BuyerCounts]],
) -> StandingOfBuyer:
    """``counted`` are the windows of this policy."""
    rules = policy.standing
    judged = next(counts for window, counts in counted if window == rules.review_window)
    conduct = BuyerConduct(window=rules.review_window, lines=judged.lines, requests=judged.requests)
    return StandingOfBuyer(
        buyer_id=buyer_id,
        under_review=under_review,
        above_thresholds=conduct.is_above(rules),
        rule=ReviewRule(
            policy=policy.ref,
            window=rules.review_window,
            above_requests=rules.review_above_requests,
            above_percent=rules.review_above_percent,
        ),
        windows=tuple(_window(window, counts) for window, counts in counted),
    )


def _window(window: Window, counts: BuyerCounts) -> StandingWindow:
    return StandingWindow(
        window=window,
        since=counts.since,
        lines=counts.lines,
        requests=counts.requests,
        refunds=counts.refunds,
        sellers=counts.sellers,
        request_share=share(counts.requests, counts.lines),
        refund_share=share(counts.refunds, counts.lines),
        amounts=tuple(StandingAmounts.model_validate(it, from_attributes=True) for it in counts.amounts),
    )
