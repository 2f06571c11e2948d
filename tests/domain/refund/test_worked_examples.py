"""The worked examples, one by one: 40.00 and 5.90 shipping, a return label of 4.49, Europe/Berlin (SPEC §11)."""

from domain.posting import Account
from domain.refund.commands import (
    AcceptOffer,
    Appeal,
    ApproveWithoutReturn,
    ApproveWithReturn,
    DecideFullRefund,
    Escalate,
    OfferPartialRefund,
    Reject,
    ReportRefundSettled,
    ReportRefundSubmitted,
    ReportReturnAccepted,
    ReportReturnDelivered,
    ReportReturnLabelIssued,
    UpholdAppeal,
)
from domain.refund.events import (
    AppealUpheld,
    FullRefundDecided,
    OfferAccepted,
    OfferLapsedToReturn,
    RefundApproved,
    ReturnConfirmedBySilence,
    ReturnNotShipped,
)
from domain.vocabulary import Outcome, Reason, RejectionCode, Status
from tests.dsl import done, given, opened, reported, silence
from tests.trade import PARCEL, SELLER_LIABLE, eur, order_line, photo

LABEL = reported(ReportReturnLabelIssued, tracking=PARCEL, cost=eur("4.49"))
REJECTED = done(Reject(code=RejectionCode.SHOWN_IN_LISTING, text="See the second photo."), at="2026-03-09 09:00")
SETTLED = (reported(ReportRefundSubmitted, reference="re-1"), reported(ReportRefundSettled))


def cost(story, charged, refunded):
    """What it costs the seller and what is due to the buyer, in euros."""
    assert story.case.seller_charged == eur(charged)
    assert (story.case.refund_due or eur("0.00")) == eur(refunded)


def test_1_approved_without_return_on_monday():
    story = given(opened(at="2026-03-06 18:00")).due("2026-03-10 18:00")
    story.at("2026-03-09 09:00").when(ApproveWithoutReturn()).then(RefundApproved, refund=eur("45.90"))
    cost(story.stands(Status.REFUND_PENDING), "45.90", "45.90")


def test_2_approved_with_return_and_silent_at_the_inspection():
    story = given(opened(), done(ApproveWithReturn(), at="2026-03-09 09:00"), LABEL).due("2026-03-16 09:00")
    story.at("2026-03-12 16:00").when_reported(ReportReturnAccepted).due("2026-03-26 16:00")
    story.at("2026-03-14 14:00").when_reported(ReportReturnDelivered).due("2026-03-18 00:00")
    story.when_nobody_acts().then(ReturnConfirmedBySilence, refund=eur("45.90"))
    cost(story.stands(Status.REFUND_PENDING), "50.39", "45.90")


def test_3_a_partial_offer_accepted():
    story = given(opened(), done(OfferPartialRefund(amount=eur("12.00")), at="2026-03-09 09:00"))
    story.when(AcceptOffer(amount=eur("12.00"))).then(OfferAccepted, refund=eur("12.00"))
    cost(story, "12.00", "12.00")


def test_3_a_partial_offer_ignored_opens_the_return_and_unshipped_it_ends():
    story = given(opened(), done(OfferPartialRefund(amount=eur("12.00")), at="2026-03-09 09:00"))
    story.due("2026-03-11 09:00").when_nobody_acts().then(OfferLapsedToReturn).due("2026-03-18 09:00")
    story.when_nobody_acts().then(ReturnNotShipped).stands(Status.CLOSED, Outcome.RETURN_NOT_SHIPPED)
    cost(story, "0.00", "0.00")


def test_4_rejected_escalated_granted_and_appealed():
    story = given(opened(), REJECTED, done(Escalate()))
    story.when(DecideFullRefund(grounds="The photo is blurred.", liability=SELLER_LIABLE)).then(FullRefundDecided)
    cost(story, "45.90", "45.90")
    story = given(on=story.stage).when_reported(ReportRefundSubmitted, reference="re-1")
    story.when_reported(ReportRefundSettled).stands(Status.CLOSED, Outcome.REFUNDED)
    story.when(Appeal(text="Here is the video.", evidence=(photo(7),))).stands(Status.APPEAL_REVIEW, Outcome.REFUNDED)
    story.when(UpholdAppeal(grounds="It shows the flaw.")).then(AppealUpheld)
    cost(story.stands(Status.CLOSED, Outcome.REFUNDED), "0.00", "45.90")
    assert story.events[0].posting.minor_on(Account.PLATFORM) == -4590


def test_5_approved_on_a_saturday_the_later_of_two_windows_holds():
    story = given(opened(), done(ApproveWithReturn(), at="2026-03-07 12:00")).due("2026-03-14 12:00")
    assert "7 days" in story.case.deadline.explanation


def test_6_across_the_change_to_summer_time():
    line = order_line(purchased_at=order_line().purchased_at, delivered_at=None)
    given(opened(at="2026-03-27 18:00"), line=line).due("2026-03-31 18:00")


def test_nothing_is_charged_while_the_seller_may_still_answer():
    for story in (
        given(opened()),
        given(opened(), silence()),
        given(opened(), REJECTED),
        given(opened(Reason.ITEM_MISSING), done(OfferPartialRefund(amount=eur("12.00")))),
    ):
        cost(story, "0.00", "0.00")


def test_a_partial_refund_that_settled_ends_as_one():
    story = given(opened(), done(OfferPartialRefund(amount=eur("12.00"))), done(AcceptOffer(amount=eur("12.00"))))
    for chapter in SETTLED:
        chapter(story)
    story.stands(Status.CLOSED, Outcome.PARTIALLY_REFUNDED, refunded=eur("12.00"))
