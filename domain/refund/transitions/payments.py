"""What becomes of a refund that is due, at the payment provider and elsewhere (SPEC §§4 and 5)."""

from __future__ import annotations

from domain.payout import TELLING_ELSEWHERE
from domain.refund import commands as c
from domain.refund import conditions as when
from domain.refund import events as e
from domain.refund.transitions.statuses import (
    APPEAL_REVIEW,
    AWAITING_RETURN,
    CLOSED,
    PAYMENTS,
    REFUND_PENDING,
    REPLACEMENT_INSPECTION,
    SUPPORT,
    SUPPORT_REVIEW,
    UNDER_WAY,
    UNPAID,
    Move,
    at,
)

DECIDED_BEFORE = (AWAITING_RETURN, *UNDER_WAY, REPLACEMENT_INSPECTION)
"""Where a case may wait after it was reopened, with an attempt to refund given up in its past."""
REFUND_FAILURES = (c.ReportRefundAttemptFailed, c.ReportRefundFailed)

REFUNDS = (
    Move(
        at(REFUND_PENDING),
        (PAYMENTS,), c.ReportRefundSubmitted, e.RefundSubmitted, None, when.refund_waiting & when.of_this_attempt,
    ),
    Move(
        at(REFUND_PENDING, SUPPORT_REVIEW),
        (PAYMENTS,), c.ReportRefundSettled, e.RefundSettled, CLOSED,
        when.settlement_is_news & when.settlement_pays_debt,
    ),
    Move(
        at(REFUND_PENDING, SUPPORT_REVIEW, APPEAL_REVIEW, CLOSED),
        (PAYMENTS,), c.ReportRefundSettled, e.StrayRefundSettled, None,
        when.settlement_is_news & when.settlement_strays & when.not_taken_beside,
    ),
    Move(
        at(CLOSED),
        (PAYMENTS,), c.ReportRefundSettled, e.GivenUpRefundSettled, None,
        when.settlement_is_news & when.settlement_strays & when.taken_beside,
    ),
    Move(
        at(*DECIDED_BEFORE),
        (PAYMENTS,), c.ReportRefundSettled, e.StrayRefundSettled, SUPPORT_REVIEW, when.settlement_is_news,
    ),
    Move(
        at(REFUND_PENDING),
        (PAYMENTS,), c.ReportRefundAttemptFailed, e.RefundAttemptFailed, None,
        when.of_this_attempt & when.no_chargeback & when.nothing_paid_beside,
    ),
    Move(
        at(REFUND_PENDING),
        (PAYMENTS,), c.ReportRefundAttemptFailed, e.RefundFailed, SUPPORT_REVIEW,
        when.of_this_attempt & when.no_chargeback & when.paid_beside,
    ),
    Move(
        at(REFUND_PENDING),
        (PAYMENTS,), c.ReportRefundFailed, e.RefundFailed, SUPPORT_REVIEW,
        when.of_this_attempt & when.no_chargeback,
    ),
    *(
        Move(
            at(REFUND_PENDING),
            (PAYMENTS,), failure, e.RefundSupersededByChargeback, CLOSED,
            when.of_this_attempt & when.chargeback_open,
        )
        for failure in REFUND_FAILURES
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.PayOutAgain, e.RefundRequestedAgain, REFUND_PENDING, when.refund_failed,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.RecordPaidOtherwise, e.RefundPaidOtherwise, CLOSED, when.refund_failed,
    ),
    Move(
        at(*UNPAID), (PAYMENTS,), c.ReportChargeback, e.SupersededByChargeback, CLOSED, when.no_chargeback,
    ),
    Move(
        at(REFUND_PENDING),
        (PAYMENTS,), c.ReportChargeback, e.SupersededByChargeback, CLOSED,
        when.no_chargeback & when.refund_waiting,
    ),
    Move(
        at(REFUND_PENDING),
        (PAYMENTS,), c.ReportChargeback, e.ChargebackRecorded, None, when.no_chargeback & when.refund_submitted,
    ),
    Move(
        at(APPEAL_REVIEW, CLOSED),
        (PAYMENTS,), c.ReportChargeback, e.ChargebackRecorded, None, when.no_chargeback,
    ),
    Move(
        at(REFUND_PENDING, APPEAL_REVIEW, CLOSED),
        (PAYMENTS,), c.ReportChargebackReversed, e.ChargebackReversed, None,
        when.chargeback_open & when.last_dispute,
    ),
    Move(at(*UNPAID), TELLING_ELSEWHERE, c.ReportRefundElsewhere, e.RefundedElsewhere, CLOSED, when.told_first),
    Move(
        at(REFUND_PENDING),
        TELLING_ELSEWHERE, c.ReportRefundElsewhere, e.RefundedElsewhere, CLOSED, when.refund_waiting & when.told_first,
    ),
    Move(
        at(REFUND_PENDING),
        TELLING_ELSEWHERE, c.ReportRefundElsewhere, e.OutsideRefundRecorded, None,
        when.refund_submitted & when.told_first,
    ),
    Move(
        at(APPEAL_REVIEW, CLOSED),
        TELLING_ELSEWHERE, c.ReportRefundElsewhere, e.OutsideRefundRecorded, None,
        when.told_first & when.not_taken_beside,
    ),
)  # fmt: skip
