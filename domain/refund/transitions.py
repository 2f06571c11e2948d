"""THE TABLE: who may do what in which status, on which condition, what that records, and where it leads (SPEC §4).

Everything that says what is possible is derived from these rows: decisions and their refusals, the actions shown
to each party, HTTP routes, the state diagram, the permission matrix and the tests over every cell.
"""

from __future__ import annotations

from domain.actors import Role
from domain.messages import Command
from domain.refund import commands as c
from domain.refund import conditions as when
from domain.refund import events as e
from domain.refund.situation import Situation
from domain.table import Move, Table
from domain.table import Row as AnyRow
from domain.vocabulary import Status

BUYER, SELLER, SUPPORT, SYSTEM = Role.BUYER, Role.SELLER, Role.SUPPORT, Role.SYSTEM
CARRIER, PAYMENTS, MARKETPLACE = Role.CARRIER, Role.PAYMENTS, Role.MARKETPLACE

AWAITING_SELLER = Status.AWAITING_SELLER
OFFER_PENDING = Status.OFFER_PENDING
AWAITING_RETURN = Status.AWAITING_RETURN
RETURN_IN_TRANSIT = Status.RETURN_IN_TRANSIT
RETURN_INSPECTION = Status.RETURN_INSPECTION
AWAITING_REPLACEMENT = Status.AWAITING_REPLACEMENT
REPLACEMENT_IN_TRANSIT = Status.REPLACEMENT_IN_TRANSIT
REPLACEMENT_INSPECTION = Status.REPLACEMENT_INSPECTION
REJECTED = Status.REJECTED
SUPPORT_REVIEW = Status.SUPPORT_REVIEW
REFUND_PENDING = Status.REFUND_PENDING
APPEAL_REVIEW = Status.APPEAL_REVIEW
CLOSED = Status.CLOSED

WAITING_FOR_PEOPLE = (AWAITING_SELLER, OFFER_PENDING, AWAITING_RETURN, AWAITING_REPLACEMENT, REJECTED)
UNDER_WAY = (RETURN_IN_TRANSIT, RETURN_INSPECTION, REPLACEMENT_IN_TRANSIT)
UNDECIDED = (*WAITING_FOR_PEOPLE, *UNDER_WAY, REPLACEMENT_INSPECTION)
"""Open, with nobody's decision on the money yet, and not with support."""
UNPAID = (*UNDECIDED, SUPPORT_REVIEW)
"""Open, with no refund on its way: none is due yet, or it failed for good."""
OPEN = (*UNPAID, REFUND_PENDING, APPEAL_REVIEW)


Row = AnyRow[Status, Situation, e.CaseEvent]
"""One row of the table."""
_Move = Move[Status, Situation, e.CaseEvent]


def _at(*statuses: Status) -> tuple[Status, ...]:
    return statuses


SELLERS_ANSWERS = (
    _Move(
        _at(AWAITING_SELLER, OFFER_PENDING, AWAITING_RETURN, RETURN_IN_TRANSIT, REJECTED),
        (SELLER,), c.ApproveWithoutReturn, e.RefundApproved, REFUND_PENDING, when.refundable,
    ),
    _Move(
        _at(AWAITING_REPLACEMENT),
        (SELLER,), c.ApproveWithoutReturn, e.RefundApproved, REFUND_PENDING, when.refundable & when.no_tracking_yet,
    ),
    _Move(
        _at(AWAITING_SELLER, REJECTED),
        (SELLER,), c.ApproveWithReturn, e.ReturnApproved, AWAITING_RETURN, when.returnable,
    ),
    _Move(
        _at(AWAITING_SELLER, REJECTED),
        (SELLER,), c.OfferPartialRefund, e.PartialRefundOffered, OFFER_PENDING, when.keeps_something & when.divisible,
    ),
    _Move(
        _at(AWAITING_SELLER, REJECTED),
        (SELLER,), c.PromiseReplacement, e.ReplacementPromised, AWAITING_REPLACEMENT, when.replaceable,
    ),
    _Move(_at(AWAITING_SELLER), (SELLER,), c.Reject, e.RequestRejected, REJECTED),
    _Move(
        _at(AWAITING_SELLER),
        (SELLER,), c.MarkAsShipped, e.OrderMarkedShipped, AWAITING_REPLACEMENT, when.never_arrived,
    ),
    _Move(
        _at(AWAITING_SELLER),
        (SELLER,), c.ProposeReplacementItem, e.ReplacementItemProposed, None, when.replaceable,
    ),
    _Move(
        _at(AWAITING_SELLER),
        (BUYER,), c.AnswerReplacementItem, e.ReplacementItemAnswered, None, when.replaceable & when.item_proposed,
    ),
    _Move(
        _at(AWAITING_SELLER), (SYSTEM,), c.Expire, e.SellerSilent, SUPPORT_REVIEW, when.silence_escalates,
    ),
    _Move(
        _at(AWAITING_SELLER), (SYSTEM,), c.Expire, e.SilenceRefunded, REFUND_PENDING, when.silence_refunds,
    ),
    _Move(
        _at(AWAITING_SELLER),
        (SYSTEM,), c.Expire, e.SilenceApprovedReturn, AWAITING_RETURN, when.silence_approves_return,
    ),
)  # fmt: skip

OFFERS = (
    _Move(
        _at(OFFER_PENDING),
        (SELLER,), c.RaiseOffer, e.OfferRaised, None, when.raise_left & when.room_above_offer,
    ),
    _Move(_at(OFFER_PENDING), (BUYER,), c.AcceptOffer, e.OfferAccepted, REFUND_PENDING),
    _Move(
        _at(OFFER_PENDING), (BUYER,), c.DeclineOffer, e.OfferDeclinedForReturn, AWAITING_RETURN, when.returnable,
    ),
    _Move(
        _at(OFFER_PENDING), (BUYER,), c.DeclineOffer, e.OfferDeclinedToSupport, SUPPORT_REVIEW, when.nothing_to_return,
    ),
    _Move(_at(OFFER_PENDING), (SYSTEM,), c.Expire, e.OfferLapsedToReturn, AWAITING_RETURN, when.returnable),
    _Move(_at(OFFER_PENDING), (SYSTEM,), c.Expire, e.OfferLapsedToSupport, SUPPORT_REVIEW, when.nothing_to_return),
)  # fmt: skip

REJECTIONS = (
    _Move(_at(REJECTED), (BUYER,), c.Escalate, e.RequestEscalated, SUPPORT_REVIEW),
    _Move(_at(REJECTED), (SYSTEM,), c.Expire, e.RejectionStood, CLOSED),
)

RETURNS = (
    _Move(_at(AWAITING_RETURN), (BUYER,), c.ReportReturnShipped, e.ReturnReportedShipped),
    _Move(_at(AWAITING_RETURN), (CARRIER,), c.ReportReturnLabelIssued, e.ReturnLabelIssued),
    _Move(
        _at(*UNDER_WAY, REPLACEMENT_INSPECTION, SUPPORT_REVIEW, REFUND_PENDING, APPEAL_REVIEW, CLOSED),
        (CARRIER,), c.ReportReturnLabelIssued, e.ReturnLabelRecorded, None, when.return_opened,
    ),
    _Move(_at(AWAITING_RETURN), (CARRIER,), c.ReportReturnLabelFailed, e.ReturnLabelFailed, SUPPORT_REVIEW),
    _Move(_at(AWAITING_RETURN), (CARRIER,), c.ReportReturnAccepted, e.ReturnAccepted, RETURN_IN_TRANSIT),
    _Move(
        _at(AWAITING_RETURN, RETURN_IN_TRANSIT),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnDelivered, RETURN_INSPECTION,
    ),
    _Move(_at(AWAITING_RETURN), (SYSTEM,), c.Expire, e.ReturnNotShipped, CLOSED),
    _Move(_at(RETURN_IN_TRANSIT), (SYSTEM,), c.Expire, e.ReturnLost, SUPPORT_REVIEW),
    _Move(_at(RETURN_INSPECTION), (SELLER,), c.ConfirmReturn, e.ReturnConfirmed, REFUND_PENDING),
    _Move(_at(RETURN_INSPECTION), (SYSTEM,), c.Expire, e.ReturnConfirmedBySilence, REFUND_PENDING),
    _Move(_at(RETURN_INSPECTION), (SELLER,), c.DisputeReturn, e.ReturnDisputed, SUPPORT_REVIEW),
    _Move(
        _at(SUPPORT_REVIEW), (CARRIER,), c.ReportReturnAccepted, e.ReturnAccepted, None, when.return_unscanned,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnDelivered, RETURN_INSPECTION,
        when.return_undelivered & when.return_found,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnArrivedDuringReview, None,
        when.return_undelivered & when.return_not_looked_for,
    ),
    _Move(
        _at(REPLACEMENT_IN_TRANSIT, REPLACEMENT_INSPECTION),
        (CARRIER,), c.ReportReturnAccepted, e.ReturnCrossedReplacement, SUPPORT_REVIEW, when.return_unscanned,
    ),
    _Move(
        _at(REPLACEMENT_IN_TRANSIT, REPLACEMENT_INSPECTION),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnCrossedReplacement, SUPPORT_REVIEW, when.return_undelivered,
    ),
    _Move(
        _at(REFUND_PENDING, APPEAL_REVIEW),
        (CARRIER,), c.ReportReturnAccepted, e.ReturnScanRecorded, None, when.return_unscanned,
    ),
    _Move(
        _at(REFUND_PENDING, APPEAL_REVIEW),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnScanRecorded, None, when.return_undelivered,
    ),
    _Move(
        _at(CLOSED),
        (CARRIER,), c.ReportReturnAccepted, e.ReturnReinstated, RETURN_IN_TRANSIT,
        when.window_lapsed & when.scanned_in_window,
    ),
    _Move(
        _at(CLOSED),
        (CARRIER,), c.ReportReturnAccepted, e.LateReturnToSupport, SUPPORT_REVIEW,
        when.window_lapsed & when.scanned_after_window,
    ),
    _Move(
        _at(CLOSED),
        (CARRIER,), c.ReportReturnAccepted, e.ReturnScanRecorded, None,
        when.otherwise_ended & when.return_unscanned,
    ),
    _Move(
        _at(CLOSED),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnReinstatedDelivered, RETURN_INSPECTION, when.window_lapsed,
    ),
    _Move(
        _at(CLOSED),
        (CARRIER,), c.ReportReturnDelivered, e.ReturnScanRecorded, None,
        when.otherwise_ended & when.return_undelivered,
    ),
)  # fmt: skip

OUTBOUND_SCANS = (
    (c.ReportReplacementAccepted, when.replacement_unscanned),
    (c.ReportReplacementDelivered, when.replacement_undelivered),
)
"""The scans of a replacement, and when each of them is news."""

REPLACEMENTS = (
    _Move(
        _at(AWAITING_REPLACEMENT),
        (SELLER,), c.EnterReplacementTracking, e.ReplacementTrackingEntered, None, when.no_tracking_yet,
    ),
    _Move(
        _at(AWAITING_SELLER, REJECTED, AWAITING_REPLACEMENT),
        (CARRIER,), c.ReportOrderAccepted, e.OrderShippedAfterAll, REPLACEMENT_IN_TRANSIT, when.never_arrived,
    ),
    _Move(
        _at(SUPPORT_REVIEW, REFUND_PENDING, CLOSED, APPEAL_REVIEW),
        (CARRIER,), c.ReportOrderAccepted, e.OrderScanRecorded, None, when.never_arrived,
    ),
    _Move(
        _at(AWAITING_REPLACEMENT, AWAITING_RETURN),
        (CARRIER,), c.ReportReplacementAccepted, e.ReplacementAccepted, REPLACEMENT_IN_TRANSIT,
        when.replacement_unscanned,
    ),
    _Move(
        _at(AWAITING_SELLER, REJECTED),
        (CARRIER,), c.ReportReplacementDelivered, e.ReplacementDelivered, REPLACEMENT_INSPECTION, when.never_arrived,
    ),
    _Move(
        _at(AWAITING_REPLACEMENT, REPLACEMENT_IN_TRANSIT, AWAITING_RETURN),
        (CARRIER,), c.ReportReplacementDelivered, e.ReplacementDelivered, REPLACEMENT_INSPECTION,
        when.replacement_undelivered,
    ),
    *(
        _Move(
            _at(RETURN_IN_TRANSIT, RETURN_INSPECTION),
            (CARRIER,), scan, e.ReplacementCrossedReturn, SUPPORT_REVIEW, is_news,
        )
        for scan, is_news in OUTBOUND_SCANS
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportReplacementAccepted, e.ReplacementAccepted, REPLACEMENT_IN_TRANSIT,
        when.replacement_unscanned & when.unpaid & when.replacement_awaited,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (CARRIER,), c.ReportReplacementDelivered, e.ReplacementDelivered, REPLACEMENT_INSPECTION,
        when.replacement_undelivered & when.unpaid & when.replacement_awaited,
    ),
    *(
        _Move(
            _at(SUPPORT_REVIEW),
            (CARRIER,), scan, e.ReplacementScanRecorded, None, is_news & when.unpaid & when.replacement_unawaited,
        )
        for scan, is_news in OUTBOUND_SCANS
    ),
    *(
        _Move(
            _at(SUPPORT_REVIEW), (CARRIER,), scan, e.StrayReplacementRecorded, None, is_news & when.refund_begun,
        )
        for scan, is_news in OUTBOUND_SCANS
    ),
    *(
        _Move(
            _at(REFUND_PENDING, APPEAL_REVIEW, CLOSED),
            (CARRIER,), scan, e.ReplacementScanRecorded, None, is_news,
        )
        for scan, is_news in OUTBOUND_SCANS
    ),
    _Move(
        _at(AWAITING_REPLACEMENT),
        (SYSTEM,), c.Expire, e.ReplacementMissedReturnOpened, AWAITING_RETURN, when.returnable,
    ),
    _Move(
        _at(AWAITING_REPLACEMENT),
        (SYSTEM,), c.Expire, e.ReplacementMissedToSupport, SUPPORT_REVIEW, when.nothing_to_return,
    ),
    _Move(_at(REPLACEMENT_IN_TRANSIT), (SYSTEM,), c.Expire, e.ReplacementLost, SUPPORT_REVIEW),
    _Move(
        _at(REPLACEMENT_INSPECTION),
        (SYSTEM,), c.Expire, e.ReplacementClosed, CLOSED, when.a_replacement_was_sent,
    ),
    _Move(_at(REPLACEMENT_INSPECTION), (SYSTEM,), c.Expire, e.OrderFulfilled, CLOSED, when.never_arrived),
    _Move(
        _at(REPLACEMENT_INSPECTION),
        (BUYER,), c.ReportReplacementProblem, e.ReplacementProblemReported, SUPPORT_REVIEW,
    ),
)  # fmt: skip

DECISIONS = (
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecideFullRefund, e.FullRefundDecided, REFUND_PENDING, when.unpaid & when.refundable,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecidePartialRefund, e.PartialRefundDecided, REFUND_PENDING,
        when.unpaid & when.refundable & when.divisible,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecideRefundOnReturn, e.RefundOnReturnDecided, AWAITING_RETURN,
        when.unpaid & when.returnable & when.can_still_return,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecideRefundOnReturn, e.RefundOnReturnDecidedInTransit, RETURN_IN_TRANSIT,
        when.unpaid & when.returnable & when.return_under_way,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecideRefundOnReturn, e.RefundOnReturnDecidedArrived, RETURN_INSPECTION,
        when.unpaid & when.returnable & when.return_arrived,
    ),
    _Move(
        _at(SUPPORT_REVIEW), (SUPPORT,), c.Deny, e.RequestDenied, CLOSED, when.unpaid & when.item_with_buyer,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.Deny, e.RequestDeniedItemSentBack, CLOSED, when.unpaid & when.item_gone_back,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.HandToSeller, e.HandedToSeller, AWAITING_SELLER,
        when.unpaid & when.hand_over_left & when.fraud_not_suspected & when.untouched,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.OrderSending, e.SendingOrdered, AWAITING_REPLACEMENT,
        when.giveaway_not_received & when.can_be_sent,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SELLER,), c.SettleInFull, e.SettledInFull, REFUND_PENDING,
        when.unpaid & when.refundable & when.came_to_seller & when.fraud_not_suspected
        & when.no_replacement_under_way,
    ),
    _Move(_at(*UNDECIDED), (SUPPORT,), c.TakeOver, e.TakenOver, SUPPORT_REVIEW),
    _Move(
        _at(*UNPAID),
        (SUPPORT,), c.TakeOverForFraud, e.TakenOverForFraud, SUPPORT_REVIEW, when.fraud_not_suspected,
    ),
    _Move(
        _at(CLOSED),
        (SUPPORT,), c.Reopen, e.CaseReopened, SUPPORT_REVIEW, when.ended_unpaid & when.no_successor,
    ),
    _Move(
        _at(CLOSED),
        (SELLER,), c.Appeal, e.DecisionAppealed, APPEAL_REVIEW,
        when.decision_charges_seller & when.not_appealed & when.in_appeal_window,
    ),
    _Move(_at(APPEAL_REVIEW), (SUPPORT,), c.UpholdAppeal, e.AppealUpheld, CLOSED),
    _Move(_at(APPEAL_REVIEW), (SUPPORT,), c.DismissAppeal, e.AppealDismissed, CLOSED),
)  # fmt: skip

REFUND_FAILURES = (c.ReportRefundAttemptFailed, c.ReportRefundFailed)

REFUNDS = (
    _Move(
        _at(REFUND_PENDING),
        (PAYMENTS,), c.ReportRefundSubmitted, e.RefundSubmitted, None, when.refund_waiting & when.of_this_attempt,
    ),
    _Move(
        _at(REFUND_PENDING),
        (PAYMENTS,), c.ReportRefundSettled, e.RefundSettled, CLOSED, when.settlement_ends_it,
    ),
    _Move(
        _at(REFUND_PENDING), (PAYMENTS,), c.ReportRefundSettled, e.StrayRefundSettled, None, when.stray_settlement,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (PAYMENTS,), c.ReportRefundSettled, e.RefundSettled, CLOSED, when.refund_failed & when.settlement_is_news,
    ),
    _Move(
        _at(APPEAL_REVIEW, CLOSED),
        (PAYMENTS,), c.ReportRefundSettled, e.StrayRefundSettled, None, when.settlement_is_news,
    ),
    _Move(
        _at(REFUND_PENDING),
        (PAYMENTS,), c.ReportRefundAttemptFailed, e.RefundAttemptFailed, None,
        when.of_this_attempt & when.no_chargeback,
    ),
    _Move(
        _at(REFUND_PENDING),
        (PAYMENTS,), c.ReportRefundFailed, e.RefundFailed, SUPPORT_REVIEW,
        when.of_this_attempt & when.no_chargeback,
    ),
    *(
        _Move(
            _at(REFUND_PENDING),
            (PAYMENTS,), failure, e.RefundSupersededByChargeback, CLOSED,
            when.of_this_attempt & when.chargeback_open,
        )
        for failure in REFUND_FAILURES
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.PayOutAgain, e.RefundRequestedAgain, REFUND_PENDING, when.refund_failed,
    ),
    _Move(
        _at(SUPPORT_REVIEW),
        (SUPPORT,), c.RecordPaidOtherwise, e.RefundPaidOtherwise, CLOSED, when.refund_failed,
    ),
    _Move(
        _at(*UNPAID), (PAYMENTS,), c.ReportChargeback, e.SupersededByChargeback, CLOSED, when.no_chargeback,
    ),
    _Move(
        _at(REFUND_PENDING),
        (PAYMENTS,), c.ReportChargeback, e.SupersededByChargeback, CLOSED,
        when.no_chargeback & when.refund_waiting,
    ),
    _Move(
        _at(REFUND_PENDING),
        (PAYMENTS,), c.ReportChargeback, e.ChargebackRecorded, None, when.no_chargeback & when.refund_submitted,
    ),
    _Move(
        _at(APPEAL_REVIEW, CLOSED),
        (PAYMENTS,), c.ReportChargeback, e.ChargebackRecorded, None, when.no_chargeback,
    ),
    _Move(_at(*UNPAID), (MARKETPLACE,), c.ReportRefundElsewhere, e.RefundedElsewhere, CLOSED),
    _Move(
        _at(REFUND_PENDING),
        (MARKETPLACE,), c.ReportRefundElsewhere, e.RefundedElsewhere, CLOSED, when.refund_waiting,
    ),
    _Move(
        _at(REFUND_PENDING),
        (MARKETPLACE,), c.ReportRefundElsewhere, e.OutsideRefundRecorded, None, when.refund_submitted,
    ),
    _Move(_at(APPEAL_REVIEW, CLOSED), (MARKETPLACE,), c.ReportRefundElsewhere, e.OutsideRefundRecorded),
)  # fmt: skip

WITHOUT_STOPPING_THE_CLOCK = (
    _Move(_at(*WAITING_FOR_PEOPLE, *UNDER_WAY), (BUYER,), c.AskSupportIn, e.SupportAskedIn),
    _Move(_at(*UNDECIDED), (SELLER,), c.AskSupportIn, e.SupportAskedIn, None, when.came_to_seller),
    _Move(_at(*OPEN), (BUYER, SUPPORT), c.SendMessage, e.MessageSent),
    _Move(_at(*OPEN), (SELLER,), c.SendMessage, e.MessageSent, None, when.came_to_seller & when.fraud_not_suspected),
    _Move(_at(*OPEN), (BUYER, SUPPORT), c.AddEvidence, e.EvidenceAdded),
    _Move(_at(*OPEN), (SELLER,), c.AddEvidence, e.EvidenceAdded, None, when.came_to_seller & when.fraud_not_suspected),
)  # fmt: skip

ANY_TIME = (
    _Move(
        _at(*WAITING_FOR_PEOPLE, SUPPORT_REVIEW),
        (BUYER,), c.Withdraw, e.RequestWithdrawn, CLOSED, when.unpaid & when.no_parcel_scanned,
    ),
    *WITHOUT_STOPPING_THE_CLOCK,
)  # fmt: skip

TABLE = Table(
    (
        *SELLERS_ANSWERS,
        *OFFERS,
        *REJECTIONS,
        *RETURNS,
        *REPLACEMENTS,
        *DECISIONS,
        *REFUNDS,
        *ANY_TIME,
    )
)
ROWS: tuple[Row, ...] = TABLE.rows
ROLES = TABLE.roles
NEVER_LATE: frozenset[type[Command]] = frozenset(move.command for move in WITHOUT_STOPPING_THE_CLOCK)
"""What people may say at any time while a case is open; a deadline that passed does not silence them."""


def rows_for(status: Status, actor: Role, command: type[Command]) -> tuple[Row, ...]:
    """The rows of one cell, of which at most one condition holds."""
    return TABLE.cell(status, actor, command)


def commands_of(actor: Role, status: Status) -> tuple[type[Command], ...]:
    """What this actor may ask in this status, if its condition holds, in the table's order."""
    return TABLE.commands_of(actor, status)
