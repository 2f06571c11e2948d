"""The way of a replacement, or of an order shipped after all, to the buyer (SPEC §4)."""

from __future__ import annotations

from domain.refund import commands as c
from domain.refund import conditions as when
from domain.refund import events as e
from domain.refund.transitions.statuses import (
    APPEAL_REVIEW,
    AWAITING_REPLACEMENT,
    AWAITING_RETURN,
    AWAITING_SELLER,
    BUYER,
    CARRIER,
    CLOSED,
    REFUND_PENDING,
    REJECTED,
    REPLACEMENT_IN_TRANSIT,
    REPLACEMENT_INSPECTION,
    RETURN_IN_TRANSIT,
    RETURN_INSPECTION,
    SELLER,
    SUPPORT_REVIEW,
    SYSTEM,
    Move,
    at,
)

OUTBOUND_SCANS = (
    (c.ReportReplacementAccepted, when.replacement_unscanned),
    (c.ReportReplacementDelivered, when.replacement_undelivered),
)
"""The scans of a replacement, and when each of them is news."""

REPLACEMENTS = (
    Move(
        at(AWAITING_REPLACEMENT),
        (SELLER,), c.EnterReplacementTracking, e.ReplacementTrackingEntered, None, when.no_tracking_yet,
    ),
    Move(
        at(AWAITING_SELLER, REJECTED, AWAITING_REPLACEMENT),
        (CARRIER,), c.ReportOrderAccepted, e.OrderShippedAfterAll, REPLACEMENT_IN_TRANSIT, when.never_arrived,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportOrderAccepted, e.OrderShippedAfterAll, REPLACEMENT_IN_TRANSIT,
        when.never_arrived & when.marked_order_awaited,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportOrderAccepted, e.OrderScanRecorded, None,
        when.never_arrived & when.marked_order_unawaited,
    ),
    Move(
        at(REFUND_PENDING, CLOSED, APPEAL_REVIEW),
        (CARRIER,), c.ReportOrderAccepted, e.OrderScanRecorded, None, when.never_arrived,
    ),
    Move(
        at(AWAITING_REPLACEMENT, AWAITING_RETURN),
        (CARRIER,), c.ReportReplacementAccepted, e.ReplacementAccepted, REPLACEMENT_IN_TRANSIT,
        when.replacement_unscanned,
    ),
    Move(
        at(AWAITING_SELLER, REJECTED),
        (CARRIER,), c.ReportReplacementDelivered, e.ReplacementDelivered, REPLACEMENT_INSPECTION, when.never_arrived,
    ),
    Move(
        at(AWAITING_REPLACEMENT, REPLACEMENT_IN_TRANSIT, AWAITING_RETURN),
        (CARRIER,), c.ReportReplacementDelivered, e.ReplacementDelivered, REPLACEMENT_INSPECTION,
        when.replacement_undelivered,
    ),
    *(
        Move(
            at(RETURN_IN_TRANSIT, RETURN_INSPECTION),
            (CARRIER,), scan, e.ReplacementCrossedReturn, SUPPORT_REVIEW, is_news,
        )
        for scan, is_news in OUTBOUND_SCANS
    ),
    Move(
        at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportReplacementAccepted, e.ReplacementAccepted, REPLACEMENT_IN_TRANSIT,
        when.replacement_unscanned & when.unpaid & when.replacement_awaited,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportReplacementDelivered, e.ReplacementDelivered, REPLACEMENT_INSPECTION,
        when.replacement_undelivered & when.unpaid & when.replacement_awaited,
    ),
    *(
        Move(
            at(SUPPORT_REVIEW),
            (CARRIER,), scan, e.ReplacementScanRecorded, None, is_news & when.unpaid & when.replacement_unawaited,
        )
        for scan, is_news in OUTBOUND_SCANS
    ),
    *(
        Move(
            at(SUPPORT_REVIEW), (CARRIER,), scan, e.StrayReplacementRecorded, None, is_news & when.refund_begun,
        )
        for scan, is_news in OUTBOUND_SCANS
    ),
    *(
        Move(
            at(REFUND_PENDING, APPEAL_REVIEW, CLOSED),
            (CARRIER,), scan, e.ReplacementScanRecorded, None, is_news,
        )
        for scan, is_news in OUTBOUND_SCANS
    ),
    Move(
        at(AWAITING_REPLACEMENT),
        (SYSTEM,), c.Expire, e.ReplacementMissedReturnOpened, AWAITING_RETURN, when.returnable,
    ),
    Move(
        at(AWAITING_REPLACEMENT),
        (SYSTEM,), c.Expire, e.ReplacementMissedToSupport, SUPPORT_REVIEW, when.nothing_to_return,
    ),
    Move(at(REPLACEMENT_IN_TRANSIT), (SYSTEM,), c.Expire, e.ReplacementLost, SUPPORT_REVIEW),
    Move(
        at(REPLACEMENT_INSPECTION),
        (SYSTEM,), c.Expire, e.ReplacementClosed, CLOSED, when.a_replacement_was_sent,
    ),
    Move(at(REPLACEMENT_INSPECTION), (SYSTEM,), c.Expire, e.OrderFulfilled, CLOSED, when.never_arrived),
    Move(
        at(REPLACEMENT_INSPECTION),
        (BUYER,), c.ReportReplacementProblem, e.ReplacementProblemReported, SUPPORT_REVIEW,
    ),
)  # fmt: skip
