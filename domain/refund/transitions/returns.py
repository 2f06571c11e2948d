"""The way of an item back to its seller, until it is confirmed, disputed or lost (SPEC §4)."""

from __future__ import annotations

from domain.refund import commands as c
from domain.refund import conditions as when
from domain.refund import events as e
from domain.refund.transitions.statuses import (
    APPEAL_REVIEW,
    AWAITING_RETURN,
    BUYER,
    CARRIER,
    CLOSED,
    REFUND_PENDING,
    REPLACEMENT_IN_TRANSIT,
    REPLACEMENT_INSPECTION,
    RETURN_IN_TRANSIT,
    RETURN_INSPECTION,
    SELLER,
    SUPPORT_REVIEW,
    SYSTEM,
    UNDER_WAY,
    Move,
    at,
)

RETURNS = (
    Move(at(AWAITING_RETURN), (BUYER,), c.ReportReturnShipped, e.ReturnReportedShipped),
    Move(at(AWAITING_RETURN), (CARRIER,), c.ReportReturnLabelIssued, e.ReturnLabelIssued),
    Move(
        at(*UNDER_WAY, REPLACEMENT_INSPECTION, SUPPORT_REVIEW, REFUND_PENDING, APPEAL_REVIEW, CLOSED),
        (CARRIER,), c.ReportReturnLabelIssued, e.ReturnLabelRecorded, None, when.return_opened,
    ),
    Move(at(AWAITING_RETURN), (CARRIER,), c.ReportReturnLabelFailed, e.ReturnLabelFailed, SUPPORT_REVIEW),
    Move(at(AWAITING_RETURN), (CARRIER,), c.ReportReturnAccepted, e.ReturnAccepted, RETURN_IN_TRANSIT),
    Move(
        at(AWAITING_RETURN, RETURN_IN_TRANSIT),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnDelivered, RETURN_INSPECTION,
    ),
    Move(at(AWAITING_RETURN), (SYSTEM,), c.Expire, e.ReturnNotShipped, CLOSED),
    Move(at(RETURN_IN_TRANSIT), (SYSTEM,), c.Expire, e.ReturnLost, SUPPORT_REVIEW),
    Move(at(RETURN_INSPECTION), (SELLER,), c.ConfirmReturn, e.ReturnConfirmed, REFUND_PENDING),
    Move(at(RETURN_INSPECTION), (SYSTEM,), c.Expire, e.ReturnConfirmedBySilence, REFUND_PENDING),
    Move(at(RETURN_INSPECTION), (SELLER,), c.DisputeReturn, e.ReturnDisputed, SUPPORT_REVIEW),
    Move(
        at(SUPPORT_REVIEW), (CARRIER,), c.ReportReturnAccepted, e.ReturnAccepted, None, when.return_unscanned,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnDelivered, RETURN_INSPECTION,
        when.return_undelivered & when.return_found,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnArrivedDuringReview, None,
        when.return_undelivered & when.return_not_looked_for,
    ),
    Move(
        at(REPLACEMENT_IN_TRANSIT, REPLACEMENT_INSPECTION),
        (CARRIER,), c.ReportReturnAccepted, e.ReturnCrossedReplacement, SUPPORT_REVIEW, when.return_unscanned,
    ),
    Move(
        at(REPLACEMENT_IN_TRANSIT, REPLACEMENT_INSPECTION),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnCrossedReplacement, SUPPORT_REVIEW, when.return_undelivered,
    ),
    Move(
        at(REFUND_PENDING, APPEAL_REVIEW),
        (CARRIER,), c.ReportReturnAccepted, e.ReturnScanRecorded, None, when.return_unscanned,
    ),
    Move(
        at(REFUND_PENDING, APPEAL_REVIEW),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnScanRecorded, None, when.return_undelivered,
    ),
    Move(
        at(CLOSED),
        (CARRIER,), c.ReportReturnAccepted, e.ReturnReinstated, RETURN_IN_TRANSIT,
        when.window_lapsed & when.scanned_in_window,
    ),
    Move(
        at(CLOSED),
        (CARRIER,), c.ReportReturnAccepted, e.LateReturnToSupport, SUPPORT_REVIEW,
        when.window_lapsed & when.scanned_after_window,
    ),
    Move(
        at(CLOSED),
        (CARRIER,), c.ReportReturnAccepted, e.ReturnScanRecorded, None,
        when.otherwise_ended & when.return_unscanned,
    ),
    Move(
        at(CLOSED),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnReinstatedDelivered, RETURN_INSPECTION, when.window_lapsed,
    ),
    Move(
        at(CLOSED),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnScanRecorded, None,
        when.otherwise_ended & when.return_undelivered,
    ),
)  # fmt: skip
