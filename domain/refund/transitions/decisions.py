"""What support decides, hands over and takes over, and the seller's appeal (SPEC §4)."""

from __future__ import annotations

from domain.refund import commands as c
from domain.refund import conditions as when
from domain.refund import events as e
from domain.refund.transitions.statuses import (
    APPEAL_REVIEW,
    AWAITING_REPLACEMENT,
    AWAITING_RETURN,
    AWAITING_SELLER,
    CLOSED,
    REFUND_PENDING,
    RETURN_IN_TRANSIT,
    RETURN_INSPECTION,
    SELLER,
    SUPPORT,
    SUPPORT_REVIEW,
    UNDECIDED,
    UNPAID,
    Move,
    at,
)

NOTHING_PAID = when.unpaid & when.nothing_paid_beside
"""What reached the buyer after all, by a refund that had been given up, is not paid a second time."""

DECISIONS = (
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecideFullRefund, e.FullRefundDecided, REFUND_PENDING, NOTHING_PAID & when.refundable,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecidePartialRefund, e.PartialRefundDecided, REFUND_PENDING,
        NOTHING_PAID & when.refundable & when.divisible,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecideRefundOnReturn, e.RefundOnReturnDecided, AWAITING_RETURN,
        NOTHING_PAID & when.returnable & when.can_still_return,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecideRefundOnReturn, e.RefundOnReturnDecidedInTransit, RETURN_IN_TRANSIT,
        NOTHING_PAID & when.returnable & when.return_under_way,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.DecideRefundOnReturn, e.RefundOnReturnDecidedArrived, RETURN_INSPECTION,
        NOTHING_PAID & when.returnable & when.return_arrived,
    ),
    Move(
        at(SUPPORT_REVIEW), (SUPPORT,), c.Deny, e.RequestDenied, CLOSED, when.unpaid & when.item_with_buyer,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.Deny, e.RequestDeniedItemSentBack, CLOSED, when.unpaid & when.item_gone_back,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.HandToSeller, e.HandedToSeller, AWAITING_SELLER,
        NOTHING_PAID & when.hand_over_left & when.fraud_not_suspected & when.untouched,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SUPPORT,), c.OrderSending, e.SendingOrdered, AWAITING_REPLACEMENT,
        when.giveaway_not_received & when.can_be_sent,
    ),
    Move(
        at(SUPPORT_REVIEW),
        (SELLER,), c.SettleInFull, e.SettledInFull, REFUND_PENDING,
        NOTHING_PAID & when.refundable & when.came_to_seller & when.fraud_not_suspected
        & when.no_replacement_under_way,
    ),
    Move(at(*UNDECIDED), (SUPPORT,), c.TakeOver, e.TakenOver, SUPPORT_REVIEW),
    Move(
        at(*UNPAID),
        (SUPPORT,), c.TakeOverForFraud, e.TakenOverForFraud, SUPPORT_REVIEW, when.fraud_not_suspected,
    ),
    Move(
        at(CLOSED),
        (SUPPORT,), c.Reopen, e.CaseReopened, SUPPORT_REVIEW,
        when.ended_unpaid & when.no_successor & when.line_is_free & when.no_item_went_back,
    ),
    Move(
        at(CLOSED),
        (SUPPORT,), c.Reopen, e.CaseReopenedWithReturn, SUPPORT_REVIEW,
        when.left_unpaid & when.no_successor & when.line_is_free & when.item_went_back,
    ),
    Move(
        at(CLOSED),
        (SELLER,), c.Appeal, e.DecisionAppealed, APPEAL_REVIEW,
        when.decision_charges_seller & when.not_appealed & when.in_appeal_window,
    ),
    Move(at(APPEAL_REVIEW), (SUPPORT,), c.UpholdAppeal, e.AppealUpheld, CLOSED),
    Move(at(APPEAL_REVIEW), (SUPPORT,), c.DismissAppeal, e.AppealDismissed, CLOSED),
)  # fmt: skip
