"""Support's decisions, what they must name, and the seller's appeal against them (SPEC §4)."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.refund.commands import (
    Appeal,
    ApproveWithoutReturn,
    DecideFullRefund,
    DecidePartialRefund,
    DecideRefundOnReturn,
    Deny,
    DismissAppeal,
    Escalate,
    HandToSeller,
    Liability,
    OfferPartialRefund,
    PayOutAgain,
    RecordPaidOtherwise,
    Reject,
    Reopen,
    ReportChargeback,
    ReportRefundElsewhere,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
    ReportReturnAccepted,
    ReportReturnDelivered,
    TakeOver,
    TakeOverForFraud,
    UpholdAppeal,
)
from domain.refund.events import (
    AppealDismissed,
    AppealUpheld,
    CaseReopened,
    ChargebackRecorded,
    DecisionAppealed,
    FullRefundDecided,
    HandedToSeller,
    PartialRefundDecided,
    RefundPaidOtherwise,
    RefundRequestedAgain,
    RequestDenied,
    ReturnArrivedDuringReview,
)
from domain.refusals import NotAllowedNow, RuleBroken
from domain.vocabulary import Outcome, Reason, RejectionCode, Route, Status
from tests.dsl import done, given, opened, reported, silence
from tests.trade import (
    NOT_ENROLLED,
    PLATFORM_LIABLE,
    SELLER,
    SELLER_LIABLE,
    SHARED,
    SUPPORT,
    berlin,
    eur,
    giveaway_line,
    photo,
    policy,
    request,
)

INSTANT = timedelta(microseconds=1)
REJECT = Reject(code=RejectionCode.SHOWN_IN_LISTING, text="See the second photo.")
WITH_SUPPORT = (opened(), done(REJECT), done(Escalate()))
PAID = (reported(ReportRefundSubmitted, reference="re-1"), reported(ReportRefundSettled))
APPEAL = Appeal(text="Here is the video.", evidence=(photo(7),))


def full(liability=SELLER_LIABLE):
    return DecideFullRefund(grounds="The photo is blurred.", liability=liability, evidence_considered=(photo(),))


def partial(amount, liability=SELLER_LIABLE):
    return DecidePartialRefund(grounds="A scratch.", liability=liability, amount=eur(amount))


def test_a_decision_names_its_grounds_the_evidence_considered_and_who_is_liable():
    story = given(*WITH_SUPPORT).when(full(SHARED)).then(FullRefundDecided, liability=SHARED)
    (event,) = story.events
    assert event.grounds.text == "The photo is blurred."
    assert [item.evidence_id for item in event.evidence_considered] == [photo()]


@pytest.mark.parametrize(
    ("liability", "charged"), [(SELLER_LIABLE, "45.90"), (SHARED, "22.95"), (PLATFORM_LIABLE, "0.00")]
)
def test_the_seller_is_charged_only_as_far_as_he_is_liable(liability, charged):
    assert given(*WITH_SUPPORT, done(full(liability))).case.seller_charged == eur(charged)


@pytest.mark.parametrize("shares", [{"seller": 50}, {"seller": 60, "platform": 60}, {}])
def test_the_shares_are_a_whole(shares):
    given(*WITH_SUPPORT).when(full(Liability(**shares))).then_refused(RuleBroken, "liability_is_whole")


def test_a_partial_decision_is_final_without_acceptance_and_below_the_full_amount():
    story = given(*WITH_SUPPORT).when(partial("45.90")).then_refused(RuleBroken, "partial_below_full")
    story.when(partial("20.00")).then(PartialRefundDecided, refund=eur("20.00")).stands(Status.REFUND_PENDING)


def test_a_giveaway_is_not_refunded_even_by_support():
    story = given(opened(Reason.GIVEAWAY_NOT_RECEIVED), silence(), line=giveaway_line())
    story.when(full()).then_refused(NotAllowedNow, "refundable")
    story.when(partial("1.00")).then_refused(NotAllowedNow, "refundable")


def test_a_denial_costs_nobody_anything():
    story = given(*WITH_SUPPORT).when(Deny(grounds="As shown.")).then(RequestDenied, posting=None, refund=None)
    story.stands(Status.CLOSED, Outcome.DENIED)


@pytest.mark.parametrize("liability", [SELLER_LIABLE, SHARED])
def test_after_a_take_over_for_fraud_the_seller_is_never_charged(liability):
    story = given(opened(), done(TakeOverForFraud(ground="The tenth this week."))).when(full(liability))
    story.then_refused(RuleBroken, "seller_relieved").when(full(PLATFORM_LIABLE)).stands(Status.REFUND_PENDING)


def test_suspicion_can_still_arise_while_support_has_the_case_but_only_once():
    story = given(*WITH_SUPPORT).when(TakeOverForFraud(ground="The tenth this week.")).stands(Status.SUPPORT_REVIEW)
    story.when(TakeOverForFraud(ground="Again.")).then_refused(NotAllowedNow, "fraud_not_suspected")


# Handing over


def test_support_hands_a_case_to_the_seller_once():
    story = given(opened(), seller=NOT_ENROLLED).when(HandToSeller()).then(HandedToSeller)
    story.stands(Status.AWAITING_SELLER, route=Route.SELLER).when_nobody_acts()
    story.when(HandToSeller()).then_refused(NotAllowedNow, "hand_over_left")


@pytest.mark.parametrize("hand_overs", [0, 2])
def test_how_often_support_hands_over_is_the_policys(hand_overs):
    story = given(opened(), silence(), policy=policy(answers={"hand_overs": hand_overs}))
    for _ in range(hand_overs):
        story.when(HandToSeller()).stands(Status.AWAITING_SELLER).when_nobody_acts()
    story.when(HandToSeller()).then_refused(NotAllowedNow, "hand_over_left")


def test_a_case_that_was_escalated_is_not_handed_back():
    given(*WITH_SUPPORT).when(HandToSeller()).then_refused(NotAllowedNow, "untouched")


def test_a_case_taken_over_may_be_handed_to_the_seller_even_after_an_offer():
    offered = done(OfferPartialRefund(amount=eur("12.00")))
    given(opened(), offered, done(TakeOver(ground="Quarrel."))).when(HandToSeller()).stands(Status.AWAITING_SELLER)


# After a refund that failed for good


def test_after_a_failed_refund_support_only_pays_again_or_records_another_payment():
    story = given(opened(), done(ApproveWithoutReturn()), reported(ReportRefundFailed, detail="account closed"))
    story.stands(Status.SUPPORT_REVIEW).may(
        SUPPORT, "pay-out-again", "record-paid-otherwise", "take-over-for-fraud", "send-message", "add-evidence"
    )
    assert story.case.seller_charged == eur("45.90")
    again = given(on=story.stage.branch()).when(PayOutAgain()).then(RefundRequestedAgain, posting=None, refund=None)
    again.stands(Status.REFUND_PENDING, refunds_requested=2, refund_due=eur("45.90"))
    story.when(RecordPaidOtherwise(reference="transfer 7")).then(RefundPaidOtherwise)
    story.stands(Status.CLOSED, Outcome.REFUNDED, refunds_made=1)


# Reopening


@pytest.mark.parametrize(
    "history",
    [(opened(), done(REJECT), silence()), (*WITH_SUPPORT, done(Deny(grounds="As shown.")))],
    ids=["rejected", "denied"],
)
def test_support_reopens_an_unpaid_end_unless_a_later_case_was_opened(history):
    given(*history).when(Reopen(ground="A witness.")).then(CaseReopened).stands(Status.SUPPORT_REVIEW)
    story = given(*history).when(request(Reason.ITEM_MISSING), by=SUPPORT)
    story.when(Reopen(ground="A witness."), case=0).then_refused(NotAllowedNow, "no_successor")


def test_a_paid_case_or_one_with_the_bank_is_not_reopened():
    paid = given(opened(), done(ApproveWithoutReturn()), *PAID)
    paid.when(Reopen(ground="A witness.")).then_refused(NotAllowedNow, "ended_unpaid")
    banked = given(opened(), done(REJECT), silence(), reported(ReportChargeback, reference="cb-1"))
    banked.when(Reopen(ground="A witness.")).then_refused(NotAllowedNow, "ended_unpaid")


# The appeal


def test_a_seller_charged_by_a_decision_appeals_with_new_evidence_once():
    story = given(*WITH_SUPPORT, done(full()), *PAID).when(APPEAL).then(DecisionAppealed)
    story.stands(Status.APPEAL_REVIEW, Outcome.REFUNDED).due(None)
    story.when(DismissAppeal(grounds="Nothing new.")).then(AppealDismissed, posting=None)
    story.stands(Status.CLOSED, Outcome.REFUNDED)
    assert story.case.seller_charged == eur("45.90")
    story.when(Appeal(text="Again.", evidence=(photo(8),))).then_refused(NotAllowedNow, "not_appealed")


@pytest.mark.parametrize(("liability", "share"), [(SELLER_LIABLE, 4590), (SHARED, 2295)])
def test_an_upheld_appeal_credits_what_the_seller_bore_and_the_buyer_keeps_the_refund(liability, share):
    story = given(*WITH_SUPPORT, done(full(liability)), *PAID, done(APPEAL))
    story.when(UpholdAppeal(grounds="It shows the flaw.")).then(AppealUpheld, refund=None)
    assert story.events[0].posting.entries[0].amount.minor == share
    assert not story.case.seller_charged
    story.stands(Status.CLOSED, Outcome.REFUNDED, refunded=eur("45.90"))


def test_evidence_that_was_shown_before_is_not_new():
    story = given(*WITH_SUPPORT, done(full()), *PAID)
    story.when(Appeal(text="Look again.", evidence=(photo(),))).then_refused(RuleBroken, "new_evidence_required")
    with pytest.raises(ValidationError):
        Appeal(text="Look again.")


def test_an_appeal_comes_within_30_days_of_the_end():
    story = given(*WITH_SUPPORT, done(full()), *PAID)  # on Friday 2026-03-06 at 18:00
    story.at(berlin("2026-04-05 18:00") - INSTANT).when(APPEAL).then(DecisionAppealed)
    story = given(*WITH_SUPPORT, done(full()), *PAID).at("2026-04-05 18:00").when(APPEAL)
    story.then_refused(NotAllowedNow, "in_appeal_window").may(SELLER)


@pytest.mark.parametrize(
    "history", [(opened(), done(ApproveWithoutReturn())), (*WITH_SUPPORT, done(full(PLATFORM_LIABLE)))]
)
def test_only_a_decision_that_charges_the_seller_is_appealed(history):
    given(*history, *PAID).when(APPEAL).then_refused(NotAllowedNow, "decision_charges_seller")


def test_a_chargeback_during_an_appeal_is_recorded_and_the_appeal_goes_on():
    story = given(*WITH_SUPPORT, done(full()), *PAID, done(APPEAL)).when_reported(ReportChargeback, reference="cb-1")
    story.then(ChargebackRecorded, posting=None).stands(Status.APPEAL_REVIEW, Outcome.REFUNDED)
    story.when(UpholdAppeal(grounds="It shows the flaw.")).then(AppealUpheld)


def test_an_end_that_somebody_paid_for_afterwards_is_not_reopened():
    elsewhere = reported(ReportRefundElsewhere, amount=eur("45.90"), reference="hub-1")
    story = given(opened(), done(Reject(code=RejectionCode.OTHER, text="No.")), silence(), elsewhere)
    story.when(Reopen(ground="A new witness.")).then_refused(NotAllowedNow, "ended_unpaid")


def test_a_lost_parcel_that_turns_up_is_not_the_relieved_sellers_to_inspect():
    fraud = done(TakeOverForFraud(ground="The tenth this week."))
    on_return = done(DecideRefundOnReturn(grounds="Send it back first.", liability=PLATFORM_LIABLE))
    story = given(opened(), fraud, on_return, reported(ReportReturnAccepted), silence())
    story.when_reported(ReportReturnDelivered).then(ReturnArrivedDuringReview).stands(Status.SUPPORT_REVIEW)
