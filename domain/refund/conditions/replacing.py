"""Conditions on a replacement, or on the order that is shipped after all (SPEC §4)."""

from __future__ import annotations

from domain.refund.case import Case
from domain.refund.condition import of_case
from domain.vocabulary import ReplacementState, ReviewCause

UNSCANNED = frozenset({ReplacementState.PROMISED, ReplacementState.TRACKED})
UNDER_WAY = frozenset({ReplacementState.SCANNED, ReplacementState.DELIVERED})
AWAITED = frozenset({ReviewCause.REPLACEMENT_MISSED, ReviewCause.REPLACEMENT_LOST})


@of_case
def no_tracking_yet(case: Case) -> bool:
    """No tracking of the replacement is entered yet."""
    return case.replacement is ReplacementState.PROMISED


@of_case
def replacement_unscanned(case: Case) -> bool:
    """A replacement was promised and is not scanned yet."""
    return case.replacement in UNSCANNED


@of_case
def replacement_undelivered(case: Case) -> bool:
    """A replacement was promised and is not delivered yet."""
    return case.replacement in UNSCANNED or case.replacement is ReplacementState.SCANNED


@of_case
def replacement_awaited(case: Case) -> bool:
    """Support waits for just this parcel, and the item has not gone back."""
    return case.review_cause in AWAITED and not case.item_gone_back


@of_case
def marked_order_awaited(case: Case) -> bool:
    """Support waits for the order that the seller marked as shipped."""
    return case.replacement is ReplacementState.TRACKED and case.review_cause in AWAITED


marked_order_unawaited = marked_order_awaited.otherwise(
    "marked_order_unawaited", "support does not wait for an order that was marked as shipped"
)
replacement_unawaited = replacement_awaited.otherwise(
    "replacement_unawaited", "support does not wait for this parcel, or the item has gone back"
)


@of_case
def can_be_sent(case: Case) -> bool:
    """The giveaway has not been delivered yet."""
    return case.replacement is not ReplacementState.DELIVERED
