"""The seller's answers: what they must bring, and that afterwards he may only improve (SPEC §§4, 5 and 13)."""

import pytest

from domain.money import Money
from domain.refund.commands import (
    AcceptOffer,
    AddEvidence,
    ApproveWithoutReturn,
    ApproveWithReturn,
    AskSupportIn,
    DeclineOffer,
    DisputeReturn,
    EnterReplacementTracking,
    Escalate,
    OfferPartialRefund,
    PromiseReplacement,
    RaiseOffer,
    Reject,
    ReportReplacementAccepted,
    ReportReturnDelivered,
    SendMessage,
    SettleInFull,
    TakeOver,
    TakeOverForFraud,
)
from domain.refund.events import (
    EvidenceAdded,
    MessageSent,
    OfferAccepted,
    OfferDeclinedToSupport,
    PartialRefundOffered,
    RefundApproved,
    RequestRejected,
    ReturnDisputed,
    SettledInFull,
)
from domain.refusals import NotAllowedNow, NotYourMove, RuleBroken
from domain.vocabulary import DisputeReason, Reason, RejectionCode, ReviewCause, Status
from tests.dsl import done, given, opened, reported, silence
from tests.trade import BUYER, NOT_ENROLLED, PARCEL, SELLER, SUPPORT, eur, order_line, photo, policy

REJECT = Reject(code=RejectionCode.SHOWN_IN_LISTING, text="See the second photo.", evidence=(photo(4),))
OFFER = OfferPartialRefund(amount=eur("12.00"))


def offer(amount):
    return OfferPartialRefund(amount=eur(amount))


# Offers


@pytest.mark.parametrize("amount", ["0.01", "12.00", "45.89"])
def test_an_offer_is_above_nothing_and_below_price_and_shipping(amount):
    given(opened()).when(offer(amount)).then(PartialRefundOffered, amount=eur(amount), posting=None)


@pytest.mark.parametrize("amount", ["-1.00", "0.00", "45.90", "46.00"])
def test_an_offer_of_nothing_or_everything_is_no_offer(amount):
    story = given(opened()).when(offer(amount))
    story.then_refused(RuleBroken, "partial_below_full", below_minor=4590).saying("refund in full instead")


def test_tax_is_not_offered_in_part():
    line = order_line(tax=eur("7.60"))
    given(opened(), line=line).when(offer("45.90")).then_refused(RuleBroken, "partial_below_full", below_minor=4590)


def test_an_offer_is_in_the_currency_of_the_sale():
    story = given(opened()).when(OfferPartialRefund(amount=Money(minor=1200, currency="USD")))
    story.then_refused(RuleBroken, "currency_mismatch", expected="EUR", given="USD")


@pytest.mark.parametrize("amount", ["11.00", "12.00"])
def test_an_offer_only_rises(amount):
    story = given(opened(), done(OFFER)).when(RaiseOffer(amount=eur(amount)))
    story.then_refused(RuleBroken, "offer_only_rises", offer_minor=1200)


@pytest.mark.parametrize(("raises", "allowed"), [(0, 0), (1, 1), (3, 3)])
def test_an_offer_is_raised_as_often_as_the_policy_says(raises, allowed):
    story = given(opened(), done(OFFER), policy=policy(answers={"offer_raises": raises}))
    for times in range(allowed):
        story.when(RaiseOffer(amount=eur(f"{13 + times}.00"))).stands(Status.OFFER_PENDING)
    story.when(RaiseOffer(amount=eur("20.00"))).then_refused(NotAllowedNow, "raise_left")


def test_an_offer_at_the_brim_cannot_be_raised():
    story = given(opened(), done(offer("45.89"))).when(RaiseOffer(amount=eur("45.89")))
    story.then_refused(NotAllowedNow, "room_above_offer")


def test_where_price_and_shipping_are_one_cent_there_is_no_part_to_offer():
    penny = order_line(price=eur("0.01"), shipping=eur("0.00"))
    given(opened(), line=penny).when(offer("0.01")).then_refused(NotAllowedNow, "divisible")


def test_an_acceptance_names_the_amount_and_one_that_crosses_a_raise_learns_the_new_one():
    story = given(opened(), done(OFFER), done(RaiseOffer(amount=eur("15.00"))))
    story.when(AcceptOffer(amount=eur("12.00"))).then_refused(RuleBroken, "offer_changed", offer_minor=1500)
    story.when(AcceptOffer(amount=eur("15.00"))).then(OfferAccepted, refund=eur("15.00"))


def test_a_declined_offer_goes_to_support_where_nothing_can_come_back():
    story = given(opened(Reason.ITEM_MISSING), done(OFFER)).when(DeclineOffer()).then(OfferDeclinedToSupport)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.OFFER_DECLINED)


def test_escalating_during_an_offer_is_refused_since_declining_leads_on():
    story = given(opened(), done(OFFER)).when(Escalate()).then_refused(NotAllowedNow, "not_in_this_status")
    assert "decline-offer" in story.refusal.possible


# Rejecting, and improving


def test_a_rejection_keeps_its_code_text_and_evidence():
    story = given(opened()).when(REJECT).then(RequestRejected, code=RejectionCode.SHOWN_IN_LISTING)
    assert story.events[0].text.text == "See the second photo."
    assert photo(4) in story.case.evidence


@pytest.mark.parametrize(
    ("better", "status"),
    [
        (OFFER, Status.OFFER_PENDING),
        (PromiseReplacement(), Status.AWAITING_REPLACEMENT),
        (ApproveWithReturn(), Status.AWAITING_RETURN),
        (ApproveWithoutReturn(), Status.REFUND_PENDING),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, Status) else value,
)
def test_after_a_rejection_anything_is_an_improvement(better, status):
    given(opened(), done(REJECT)).when(better).stands(status)


@pytest.mark.parametrize("before", [OFFER, ApproveWithReturn(), PromiseReplacement()], ids=lambda it: type(it).__name__)
def test_after_a_better_answer_only_the_full_refund_is_left(before):
    story = given(opened(), done(before))
    for worse in (REJECT, OFFER, PromiseReplacement(), ApproveWithReturn()):
        story.when(worse).then_refused(NotAllowedNow)
    story.when(ApproveWithoutReturn()).then(RefundApproved)


def test_no_improvement_once_replacement_tracking_is_entered():
    tracked = done(EnterReplacementTracking(tracking=PARCEL))
    story = given(opened(), done(PromiseReplacement()), tracked).when(ApproveWithoutReturn())
    story.then_refused(NotAllowedNow, "no_tracking_yet")


def test_what_is_not_the_sellers_to_do():
    given(opened(), done(OFFER)).when(AcceptOffer(amount=eur("12.00")), by=SELLER).then_refused(NotYourMove)
    given(opened()).when(ApproveWithoutReturn(), by=BUYER).then_refused(NotYourMove, "not_your_move")


# The inspection


def test_a_dispute_needs_a_photo_unless_nothing_came():
    arrived = (opened(), done(ApproveWithReturn()), reported(ReportReturnDelivered))
    brick = DisputeReturn(reason=DisputeReason.WRONG_ITEM, text="A brick.")
    given(*arrived).when(brick).then_refused(RuleBroken, "dispute_photo_required")
    nothing = DisputeReturn(reason=DisputeReason.NOT_RECEIVED, text="Nothing.")
    given(*arrived).when(nothing).then(ReturnDisputed, posting=None, refund=None)


# With support


def test_after_an_escalation_the_seller_may_still_settle_in_full_but_neither_reject_nor_offer():
    story = given(opened(), done(REJECT), done(Escalate()))
    for worse in (REJECT, OFFER, PromiseReplacement(), ApproveWithReturn()):
        story.when(worse).then_refused(NotAllowedNow, "not_in_this_status")
    story.when(AddEvidence(evidence=(photo(5),)), by=SELLER).then(EvidenceAdded)
    story.when(SettleInFull()).then(SettledInFull, refund=eur("45.90")).stands(Status.REFUND_PENDING)


def test_a_request_that_went_to_support_at_intake_is_not_the_sellers():
    story = given(opened(), seller=NOT_ENROLLED).when(SettleInFull()).then_refused(NotAllowedNow, "came_to_seller")
    story.when(SendMessage(text="Hello"), by=SELLER).then_refused(NotAllowedNow, "came_to_seller")
    story.may(SELLER)


def test_a_seller_relieved_on_suspicion_of_fraud_has_nothing_left_to_do():
    story = given(opened(), done(TakeOverForFraud(ground="The tenth this week.")))
    story.when(SettleInFull()).then_refused(NotAllowedNow, "fraud_not_suspected").may(SELLER)
    assert story.case.held.minor == 0


def test_no_settling_once_a_replacement_was_scanned():
    scanned = (opened(), done(PromiseReplacement()), reported(ReportReplacementAccepted))
    given(*scanned, done(TakeOver(ground="Quarrel."))).when(SettleInFull()).then_refused(
        NotAllowedNow, "no_replacement_under_way"
    )


# Words


@pytest.mark.parametrize("actor", [BUYER, SELLER, SUPPORT], ids=str)
def test_the_parties_and_support_write_and_show_at_any_time_while_the_case_is_open(actor):
    story = given(opened(), silence()).when(SendMessage(text="See here.", evidence=(photo(6),)), by=actor)
    story.then(MessageSent).when(AddEvidence(links=("https://video.example/1",)), by=actor).then(EvidenceAdded)


def test_evidence_is_something():
    given(opened()).when(AddEvidence(), by=BUYER).then_refused(RuleBroken, "evidence_required")


def test_evidence_that_was_never_uploaded_is_refused():
    story = given(opened())
    story.stage.unknown_uploads = frozenset({photo(9)})
    story.when(AddEvidence(evidence=(photo(9),)), by=BUYER).then_refused(RuleBroken, "evidence_unknown")


@pytest.mark.parametrize("actor", [BUYER, SELLER], ids=str)
def test_either_party_asks_support_in_and_the_clock_runs_on(actor):
    given(opened()).when(AskSupportIn(text="Please look."), by=actor).due("2026-03-10 18:00")
