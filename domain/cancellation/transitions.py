"""THE TABLE of cancellation requests, of the same shape as that of refund cases (SPEC §4)."""

from __future__ import annotations

from domain.actors import Role
from domain.beside import last_dispute, not_taken_beside
from domain.cancellation import commands as c
from domain.cancellation import conditions as when
from domain.cancellation import events as e
from domain.cancellation.situation import Situation
from domain.deadline import Expire
from domain.order.reports import ReportOrderAccepted
from domain.payout import (
    TELLING_ELSEWHERE,
    PayOutAgain,
    RecordPaidOtherwise,
    ReportChargeback,
    ReportChargebackReversed,
    ReportRefundAttemptFailed,
    ReportRefundElsewhere,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
)
from domain.table import Move, Table
from domain.table import Row as AnyRow
from domain.vocabulary import CancellationStatus

BUYER, SELLER, SUPPORT, SYSTEM = (Role.BUYER,), (Role.SELLER,), (Role.SUPPORT,), (Role.SYSTEM,)
CARRIER, PAYMENTS = (Role.CARRIER,), (Role.PAYMENTS,)

CLOSED = CancellationStatus.CLOSED
REFUND_PENDING = CancellationStatus.REFUND_PENDING
SUPPORT_REVIEW = CancellationStatus.SUPPORT_REVIEW
ASKED = (CancellationStatus.AWAITING_SELLER,)
PAYING = (REFUND_PENDING,)
UNPAYABLE = (SUPPORT_REVIEW,)
ENDED = (CLOSED,)

Row = AnyRow[CancellationStatus, Situation, e.CancellationEvent]
_Move = Move[CancellationStatus, Situation, e.CancellationEvent]

ANSWERS = (
    _Move(ASKED, SELLER, c.AcceptCancellation, e.CancellationAccepted, REFUND_PENDING, when.something_paid),
    _Move(ASKED, SELLER, c.AcceptCancellation, e.UnpaidCancellationAccepted, CLOSED, when.nothing_paid),
    _Move(ASKED, SELLER, c.DeclineCancellation, e.CancellationDeclined, CLOSED),
    _Move(ASKED, BUYER, c.WithdrawCancellation, e.CancellationWithdrawn, CLOSED),
    _Move(ASKED, SYSTEM, Expire, e.CancellationLapsed, CLOSED),
    _Move(ASKED, CARRIER, ReportOrderAccepted, e.ShippedInstead, CLOSED),
    _Move(ASKED, PAYMENTS, ReportChargeback, e.SupersededByChargeback, CLOSED),
    _Move(ASKED, TELLING_ELSEWHERE, ReportRefundElsewhere, e.RefundedElsewhere, CLOSED),
)

REFUNDS = (
    _Move(PAYING, PAYMENTS, ReportRefundSubmitted, e.RefundSubmitted, None, when.of_this_attempt & when.refund_waiting),
    _Move((*PAYING, *UNPAYABLE), PAYMENTS, ReportRefundSettled, e.RefundSettled, CLOSED, when.settlement_is_news),
    _Move(ENDED, PAYMENTS, ReportRefundSettled, e.StrayRefundSettled, None, when.settlement_is_news),
    _Move(
        PAYING, PAYMENTS, ReportRefundAttemptFailed, e.RefundAttemptFailed, None,
        when.of_this_attempt & when.no_chargeback & when.nothing_paid_beside,
    ),
    _Move(
        PAYING, PAYMENTS, ReportRefundAttemptFailed, e.RefundFailed, SUPPORT_REVIEW,
        when.of_this_attempt & when.no_chargeback & when.paid_beside,
    ),
    _Move(
        PAYING, PAYMENTS, ReportRefundFailed, e.RefundFailed, SUPPORT_REVIEW,
        when.of_this_attempt & when.no_chargeback,
    ),
    *(
        _Move(
            PAYING, PAYMENTS, failure, e.RefundLeftToChargeback, CLOSED, when.of_this_attempt & when.chargeback_open
        )
        for failure in (ReportRefundAttemptFailed, ReportRefundFailed)
    ),
    _Move(UNPAYABLE, SUPPORT, PayOutAgain, e.RefundRequestedAgain, REFUND_PENDING),
    _Move(UNPAYABLE, SUPPORT, RecordPaidOtherwise, e.RefundPaidOtherwise, CLOSED),
)  # fmt: skip

OUTSIDE = (
    _Move(
        PAYING, PAYMENTS, ReportChargeback, e.RefundSupersededByChargeback, CLOSED,
        when.no_chargeback & when.refund_waiting,
    ),
    _Move(
        PAYING, PAYMENTS, ReportChargeback, e.ChargebackRecorded, None, when.no_chargeback & when.refund_submitted
    ),
    _Move(UNPAYABLE, PAYMENTS, ReportChargeback, e.RefundSupersededByChargeback, CLOSED),
    _Move(ENDED, PAYMENTS, ReportChargeback, e.ChargebackRecorded, None, when.no_chargeback),
    _Move(
        PAYING, PAYMENTS, ReportChargebackReversed, e.ChargebackReversed, None,
        when.chargeback_open & last_dispute,
    ),
    _Move(
        ENDED, PAYMENTS, ReportChargebackReversed, e.ChargebackReversed, None,
        when.chargeback_open & last_dispute & when.bank_owed_nothing,
    ),
    _Move(
        ENDED, PAYMENTS, ReportChargebackReversed, e.RefundDueAfterReversal, SUPPORT_REVIEW,
        when.chargeback_open & last_dispute & when.bank_paid_for_it,
    ),
    _Move(
        PAYING, TELLING_ELSEWHERE, ReportRefundElsewhere, e.RefundPaidElsewhere, CLOSED,
        when.refund_waiting & when.told_first,
    ),
    _Move(
        PAYING, TELLING_ELSEWHERE, ReportRefundElsewhere, e.OutsideRefundRecorded, None,
        when.refund_submitted & when.told_first,
    ),
    _Move(UNPAYABLE, TELLING_ELSEWHERE, ReportRefundElsewhere, e.RefundPaidElsewhere, CLOSED, when.told_first),
    _Move(
        ENDED, TELLING_ELSEWHERE, ReportRefundElsewhere, e.OutsideRefundRecorded, None,
        when.told_first & not_taken_beside,
    ),
    _Move(
        (*PAYING, *UNPAYABLE, *ENDED), CARRIER, ReportOrderAccepted, e.ShippedAlthoughCancelled, None,
        when.sale_cancelled,
    ),
)  # fmt: skip

TABLE = Table((*ANSWERS, *REFUNDS, *OUTSIDE))
ROWS: tuple[Row, ...] = TABLE.rows
