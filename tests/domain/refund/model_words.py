"""The words of the decided process model beside ours: its commands, and a case as the model would tell it."""

from datetime import timedelta

from domain.actors import CLOCK
from domain.refund import commands as c
from domain.vocabulary import Outcome, Reason, RefundState, ReturnState, ReviewCause
from tests.trade import (
    BUYER,
    CARRIER,
    MARKETPLACE,
    PAYMENTS,
    PLATFORM_LIABLE,
    SELLER,
    SELLER_LIABLE,
    SHARED,
    SUPPORT,
    request,
)
from tests.valid import valid

MINUTE = timedelta(minutes=1)
LIABLE = {"seller": SELLER_LIABLE, "split": SHARED, "other": PLATFORM_LIABLE}
DECISIONS = {
    f"support.{word}:{who}": (SUPPORT, kind, {"liability": liability})
    for word, kind in (
        ("decide_full", c.DecideFullRefund),
        ("decide_partial", c.DecidePartialRefund),
        ("decide_on_return", c.DecideRefundOnReturn),
    )
    for who, liability in LIABLE.items()
}
WORDS = {
    "buyer.accept_offer": (BUYER, c.AcceptOffer, {}),
    "buyer.answer_replacement_item": (BUYER, c.AnswerReplacementItem, {}),
    "buyer.ask_support_in": (BUYER, c.AskSupportIn, {}),
    "buyer.decline_offer": (BUYER, c.DeclineOffer, {}),
    "buyer.escalate": (BUYER, c.Escalate, {}),
    "buyer.refile": (SUPPORT, c.SubmitRequest, {}),  # support files for him, since walks outlast the filing window
    "buyer.report_problem": (BUYER, c.ReportReplacementProblem, {}),
    "buyer.report_return_shipped": (BUYER, c.ReportReturnShipped, {}),
    "buyer.withdraw": (BUYER, c.Withdraw, {}),
    "seller.appeal": (SELLER, c.Appeal, {}),
    "seller.approve_with_return": (SELLER, c.ApproveWithReturn, {}),
    "seller.approve_without_return": (SELLER, c.ApproveWithoutReturn, {}),
    "seller.ask_support_in": (SELLER, c.AskSupportIn, {}),
    "seller.confirm_return": (SELLER, c.ConfirmReturn, {}),
    "seller.dispute_return": (SELLER, c.DisputeReturn, {}),
    "seller.enter_tracking": (SELLER, c.EnterReplacementTracking, {}),
    "seller.mark_as_shipped": (SELLER, c.MarkAsShipped, {}),
    "seller.offer_partial": (SELLER, c.OfferPartialRefund, {}),
    "seller.promise_replacement": (SELLER, c.PromiseReplacement, {}),
    "seller.propose_replacement_item": (SELLER, c.ProposeReplacementItem, {}),
    "seller.raise_offer": (SELLER, c.RaiseOffer, {}),
    "seller.reject": (SELLER, c.Reject, {}),
    "seller.settle_in_full": (SELLER, c.SettleInFull, {}),
    **DECISIONS,
    "support.deny": (SUPPORT, c.Deny, {}),
    "support.dismiss_appeal": (SUPPORT, c.DismissAppeal, {}),
    "support.hand_to_seller": (SUPPORT, c.HandToSeller, {}),
    "support.order_to_send": (SUPPORT, c.OrderSending, {}),
    "support.pay_out_again": (SUPPORT, c.PayOutAgain, {}),
    "support.record_paid_otherwise": (SUPPORT, c.RecordPaidOtherwise, {}),
    "support.reopen": (SUPPORT, c.Reopen, {}),
    "support.take_over": (SUPPORT, c.TakeOver, {}),
    "support.take_over_fraud": (SUPPORT, c.TakeOverForFraud, {}),
    "support.uphold_appeal": (SUPPORT, c.UpholdAppeal, {}),
    "system.timeout": (CLOCK, c.Expire, {}),
    "carrier.label_failed": (CARRIER, c.ReportReturnLabelFailed, {}),
    "carrier.order_accepted": (CARRIER, c.ReportOrderAccepted, {}),
    "carrier.replacement_accepted": (CARRIER, c.ReportReplacementAccepted, {}),
    "carrier.replacement_delivered": (CARRIER, c.ReportReplacementDelivered, {}),
    "carrier.return_accepted": (CARRIER, c.ReportReturnAccepted, {}),
    "carrier.return_accepted_late": (CARRIER, c.ReportReturnAccepted, {}),
    "carrier.return_delivered": (CARRIER, c.ReportReturnDelivered, {}),
    "payments.attempt_failed": (PAYMENTS, c.ReportRefundAttemptFailed, {}),
    "payments.chargeback": (PAYMENTS, c.ReportChargeback, {}),
    "payments.failed_for_good": (PAYMENTS, c.ReportRefundFailed, {}),
    "payments.settled": (PAYMENTS, c.ReportRefundSettled, {}),
    "payments.submitted": (PAYMENTS, c.ReportRefundSubmitted, {}),
    "marketplace.refunded_elsewhere": (MARKETPLACE, c.ReportRefundElsewhere, {}),
}
"""What the model calls ``actor.command`` is this command of ours, by this actor, with this content."""
SAME_WORD = {"support.deny_and_send_item_back": "support.deny"}
"""The model has two words for what is one command of ours with two events."""
PEOPLES = sorted(word for word in WORDS if word.split(".")[0] in {"buyer", "seller", "support"})

REASONS = {
    "R": Reason.WRONG_ITEM,
    "M": Reason.ITEM_MISSING,
    "L": Reason.LATE_NOT_SHIPPED,
    "G": Reason.GIVEAWAY_NOT_RECEIVED,
}
CAUSES = {
    None: "",
    ReviewCause.LABEL_FAILED: "label",
    ReviewCause.OFFER_DECLINED: "declined",
    ReviewCause.RETURN_LOST: "lost",
    ReviewCause.RETURN_DISPUTED: "disputed",
    ReviewCause.REPLACEMENT_MISSED: "missed",
    ReviewCause.REPLACEMENT_LOST: "lost_replacement",
    ReviewCause.REPLACEMENT_PROBLEM: "problem",
}
"""Where the model's word for why support has the case is not ours."""
REFUNDS = {RefundState.FAILED: "dead"}
RETURNS = {ReturnState.SENT_BACK: "back", ReturnState.VOID: "open"}
"""The model leaves a label open after some refunds that void it here; it treats open and void alike everywhere."""
OUTCOMES = {None: "", Outcome.PARTIALLY_REFUNDED: "refunded"}


def as_the_model_tells(case):
    """The case in the model's fields and words."""
    return {
        "status": case.status.value,
        "route": case.route.value,
        "why": said(case.review_cause, CAUSES),
        "refund": said(case.refund, REFUNDS),
        "made": min(case.refunds_made, 2),
        "charge": int(case.seller_charged.minor > 0),
        "liable": liable(case),
        "bysup": case.decided_by_support,
        "repl": case.replacement.value,
        "ret": said(case.return_state, RETURNS),
        "cb": case.chargeback,
        "fraud": case.fraud_suspected,
        "appealed": case.appealed,
        "handed": case.hand_overs > 0,
        "raised": case.offer_raises > 0,
        "outcome": said(case.outcome, OUTCOMES),
        "twin": case.successor is not None,
    }


def said(value, words):
    """The model's word for a value: one of these, or our own."""
    return words[value] if value in words else value.value  # noqa: SIM401 -- None has no word of its own


def liable(case):
    """The model knows the seller, a split in which he has a share, and others."""
    if case.liability is None:
        return ""
    return {100: "seller", 0: "other"}.get(case.liability.seller, "split")


def command_for(word, case, now):
    """Our command for the model's word, with valid content, and the actor who sends it."""
    actor, kind, content = WORDS[word]
    if kind is c.SubmitRequest:
        return request(case.reason, window_overridden=True), actor
    if word == "carrier.return_accepted" and case.outcome is Outcome.RETURN_NOT_SHIPPED and case.return_lapsed_at:
        content = {"happened_at": just_before(case.return_lapsed_at)}
    if word == "carrier.return_accepted_late":
        content = {"happened_at": case.return_lapsed_at or now}
    return valid(kind, case, now, **content), actor


def just_before(moment):
    return moment - MINUTE
