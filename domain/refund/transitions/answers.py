"""What the seller answers, what the buyer says to a partial offer, and what becomes of a rejection (SPEC §4)."""

from __future__ import annotations

from domain.refund import commands as c
from domain.refund import conditions as when
from domain.refund import events as e
from domain.refund.transitions.statuses import (
    AWAITING_REPLACEMENT,
    AWAITING_RETURN,
    AWAITING_SELLER,
    BUYER,
    CLOSED,
    OFFER_PENDING,
    REFUND_PENDING,
    REJECTED,
    RETURN_IN_TRANSIT,
    SELLER,
    SUPPORT_REVIEW,
    SYSTEM,
    Move,
    at,
)

SELLERS_ANSWERS = (
    Move(
        at(AWAITING_SELLER, OFFER_PENDING, AWAITING_RETURN, RETURN_IN_TRANSIT, REJECTED),
        (SELLER,), c.ApproveWithoutReturn, e.RefundApproved, REFUND_PENDING, when.refundable,
    ),
    Move(
        at(AWAITING_REPLACEMENT),
        (SELLER,), c.ApproveWithoutReturn, e.RefundApproved, REFUND_PENDING, when.refundable & when.no_tracking_yet,
    ),
    Move(
        at(AWAITING_SELLER, REJECTED),
        (SELLER,), c.ApproveWithReturn, e.ReturnApproved, AWAITING_RETURN, when.returnable,
    ),
    Move(
        at(AWAITING_SELLER, REJECTED),
        (SELLER,), c.OfferPartialRefund, e.PartialRefundOffered, OFFER_PENDING, when.keeps_something & when.divisible,
    ),
    Move(
        at(AWAITING_SELLER, REJECTED),
        (SELLER,), c.PromiseReplacement, e.ReplacementPromised, AWAITING_REPLACEMENT, when.replaceable,
    ),
    Move(at(AWAITING_SELLER), (SELLER,), c.Reject, e.RequestRejected, REJECTED),
    Move(
        at(AWAITING_SELLER),
        (SELLER,), c.MarkAsShipped, e.OrderMarkedShipped, AWAITING_REPLACEMENT, when.never_arrived,
    ),
    Move(
        at(AWAITING_SELLER),
        (SELLER,), c.ProposeReplacementItem, e.ReplacementItemProposed, None, when.replaceable,
    ),
    Move(
        at(AWAITING_SELLER),
        (BUYER,), c.AnswerReplacementItem, e.ReplacementItemAnswered, None, when.replaceable & when.item_proposed,
    ),
    Move(
        at(AWAITING_SELLER), (SYSTEM,), c.Expire, e.SellerSilent, SUPPORT_REVIEW, when.silence_escalates,
    ),
    Move(
        at(AWAITING_SELLER), (SYSTEM,), c.Expire, e.SilenceRefunded, REFUND_PENDING, when.silence_refunds,
    ),
    Move(
        at(AWAITING_SELLER),
        (SYSTEM,), c.Expire, e.SilenceApprovedReturn, AWAITING_RETURN, when.silence_approves_return,
    ),
)  # fmt: skip

OFFERS = (
    Move(
        at(OFFER_PENDING),
        (SELLER,), c.RaiseOffer, e.OfferRaised, None, when.raise_left & when.room_above_offer,
    ),
    Move(at(OFFER_PENDING), (BUYER,), c.AcceptOffer, e.OfferAccepted, REFUND_PENDING),
    Move(
        at(OFFER_PENDING), (BUYER,), c.DeclineOffer, e.OfferDeclinedForReturn, AWAITING_RETURN, when.returnable,
    ),
    Move(
        at(OFFER_PENDING), (BUYER,), c.DeclineOffer, e.OfferDeclinedToSupport, SUPPORT_REVIEW, when.nothing_to_return,
    ),
    Move(at(OFFER_PENDING), (SYSTEM,), c.Expire, e.OfferLapsedToReturn, AWAITING_RETURN, when.returnable),
    Move(at(OFFER_PENDING), (SYSTEM,), c.Expire, e.OfferLapsedToSupport, SUPPORT_REVIEW, when.nothing_to_return),
)  # fmt: skip

REJECTIONS = (
    Move(at(REJECTED), (BUYER,), c.Escalate, e.RequestEscalated, SUPPORT_REVIEW),
    Move(at(REJECTED), (SYSTEM,), c.Expire, e.RejectionStood, CLOSED),
)
