"""How long each status waits, from when, and what its end leads to (SPEC §§4 and 6)."""

import pytest

from domain.deadline import DeadlineKind
from domain.refund.commands import (
    ApproveWithoutReturn,
    ApproveWithReturn,
    DeclineOffer,
    DisputeReturn,
    EnterReplacementTracking,
    HandToSeller,
    MarkAsShipped,
    OfferPartialRefund,
    PromiseReplacement,
    RaiseOffer,
    Reject,
    ReportOrderAccepted,
    ReportReplacementAccepted,
    ReportReplacementDelivered,
    ReportReturnAccepted,
    ReportReturnDelivered,
    SendMessage,
)
from domain.refund.events import (
    OfferLapsedToSupport,
    OrderFulfilled,
    RejectionStood,
    ReplacementClosed,
    ReplacementLost,
    ReplacementMissedReturnOpened,
    ReplacementMissedToSupport,
    ReturnLost,
    SellerSilent,
)
from domain.vocabulary import DisputeReason, Outcome, Reason, RejectionCode, ReviewCause, Status
from tests.dsl import done, given, opened, reported, silence
from tests.trade import BUYER, PARCEL, SELLER, eur, giveaway_line, photo, unshipped_line

MONDAY = "2026-03-09 09:00"
REJECT = Reject(code=RejectionCode.IN_TRANSIT, text="It is on its way.", tracking=PARCEL)
OFFER = OfferPartialRefund(amount=eur("12.00"))
RETURNING = (opened(), done(ApproveWithReturn(), at=MONDAY))
PROMISED = done(PromiseReplacement(), at=MONDAY)
LATE = opened(Reason.LATE_NOT_SHIPPED)


def test_a_silent_seller_is_overtaken_after_48_business_hours_and_charged_nothing():
    story = given(opened()).due("2026-03-10 18:00", DeadlineKind.SELLER_ANSWER)
    assert story.case.deadline.explanation == "48 business hours from Fri 2026-03-06 18:00; weekend skipped"
    story.when_nobody_acts().then(SellerSilent, posting=None, refund=None).due(None)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.SILENCE)


def test_a_case_handed_to_the_seller_gives_him_fresh_48_business_hours():
    given(opened(), silence()).when(HandToSeller()).due("2026-03-12 18:00", DeadlineKind.SELLER_ANSWER)


def test_messages_and_evidence_do_not_stop_the_clock():
    story = given(opened(), done(SendMessage(text="Which colour?"), by=SELLER, at=MONDAY))
    story.when(SendMessage(text="Blue."), by=BUYER).due("2026-03-10 18:00")


def test_an_offer_waits_48_business_hours_and_a_raise_starts_them_again():
    story = given(opened(), done(OFFER, at=MONDAY)).due("2026-03-11 09:00", DeadlineKind.OFFER_ANSWER)
    story.at("2026-03-10 12:00").when(RaiseOffer(amount=eur("15.00"))).due("2026-03-12 12:00")


def test_an_ignored_offer_goes_to_support_where_nothing_can_come_back():
    story = given(opened(Reason.ITEM_MISSING), done(OFFER, at=MONDAY)).when_nobody_acts().then(OfferLapsedToSupport)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.OFFER_DECLINED)


def test_a_declined_offer_opens_the_return_without_asking_the_seller():
    story = given(opened(), done(OFFER, at=MONDAY)).when(DeclineOffer())
    story.stands(Status.AWAITING_RETURN).due("2026-03-16 09:00", DeadlineKind.RETURN_SHIPPING)


@pytest.mark.parametrize(
    ("approved", "end"),
    [
        ("2026-03-09 09:00", "2026-03-16 09:00"),  # Monday: both windows end together
        ("2026-03-06 20:00", "2026-03-13 20:00"),  # Friday evening
        ("2026-03-07 12:00", "2026-03-14 12:00"),  # Saturday: seven days end later
        ("2026-03-08 12:00", "2026-03-15 12:00"),  # Sunday
    ],
)
def test_an_approved_return_may_be_handed_in_for_the_later_of_5_business_days_and_7_days(approved, end):
    given(opened(), done(ApproveWithReturn(), at=approved)).due(end, DeadlineKind.RETURN_SHIPPING)


def test_a_parcel_on_its_way_back_is_lost_14_days_after_its_scan():
    story = given(*RETURNING, reported(ReportReturnAccepted, at="2026-03-12 16:00", dated="2026-03-12 11:00"))
    story.due("2026-03-26 11:00", DeadlineKind.RETURN_TRANSIT).when_nobody_acts().then(ReturnLost)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.RETURN_LOST)


@pytest.mark.parametrize(
    ("learned", "end"),
    [
        ("2026-03-14 14:00", "2026-03-18 00:00"),  # at once: 48 business hours from the weekend's end
        ("2026-03-16 22:00", "2026-03-18 00:00"),  # on Monday night: 24 more would end sooner
        ("2026-03-17 10:00", "2026-03-18 10:00"),  # on Tuesday: 24 business hours from then
        ("2026-03-25 10:00", "2026-03-26 10:00"),  # long after: still 24 business hours
    ],
)
def test_an_inspection_lasts_48_business_hours_from_delivery_and_24_from_when_it_was_learned(learned, end):
    story = given(*RETURNING, reported(ReportReturnAccepted, at="2026-03-12 16:00"))
    story.at(learned).when_reported(ReportReturnDelivered, dated="2026-03-14 14:00")
    story.stands(Status.RETURN_INSPECTION).due(end, DeadlineKind.RETURN_INSPECTION)


def test_a_dispute_stops_every_timer_until_support_decides():
    story = given(*RETURNING, reported(ReportReturnDelivered, at="2026-03-12 16:00"))
    story.when(DisputeReturn(reason=DisputeReason.WRONG_ITEM, text="A brick.", evidence=(photo(3),)))
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.RETURN_DISPUTED).due(None)
    story.when_nobody_acts("2027-03-12 16:00").then_nothing().stands(Status.SUPPORT_REVIEW)
    assert not story.case.seller_charged


def test_a_promised_replacement_needs_tracking_within_48_business_hours_else_the_return_opens():
    story = given(opened(), PROMISED).due("2026-03-11 09:00", DeadlineKind.REPLACEMENT_SHIPPING)
    story.when_nobody_acts().then(ReplacementMissedReturnOpened).stands(Status.AWAITING_RETURN)
    story.due("2026-03-18 09:00", DeadlineKind.RETURN_SHIPPING)


def test_a_missed_replacement_goes_to_support_where_nothing_can_come_back():
    story = given(opened(Reason.ITEM_MISSING), PROMISED).when_nobody_acts().then(ReplacementMissedToSupport)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.REPLACEMENT_MISSED)


@pytest.mark.parametrize(
    ("entered", "end"),
    [("2026-03-09 10:00", "2026-03-11 09:00"), ("2026-03-11 08:00", "2026-03-12 08:00")],
)
def test_entering_the_tracking_leaves_the_carrier_at_least_a_business_day(entered, end):
    story = given(opened(), PROMISED, done(EnterReplacementTracking(tracking=PARCEL), at=entered))
    story.stands(Status.AWAITING_REPLACEMENT).due(end)


def test_only_the_scan_moves_a_replacement_on_and_it_may_travel_14_days():
    story = given(opened(), PROMISED, done(EnterReplacementTracking(tracking=PARCEL)))
    story.at("2026-03-10 12:00").when_reported(ReportReplacementAccepted)
    story.stands(Status.REPLACEMENT_IN_TRANSIT).due("2026-03-24 12:00", DeadlineKind.REPLACEMENT_TRANSIT)
    story.when_nobody_acts().then(ReplacementLost)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.REPLACEMENT_LOST)


@pytest.mark.parametrize(
    ("learned", "end"),
    [
        ("2026-03-12 15:00", "2026-03-16 15:00"),  # Thursday: 2 business days
        ("2026-03-16 14:00", "2026-03-17 14:00"),  # just before the end: a business day from then
    ],
)
def test_a_replacement_may_be_complained_of_for_2_business_days_and_1_from_when_it_was_learned(learned, end):
    story = given(opened(), PROMISED, reported(ReportReplacementAccepted, at="2026-03-10 12:00"))
    story.at(learned).when_reported(ReportReplacementDelivered, dated="2026-03-12 15:00")
    story.stands(Status.REPLACEMENT_INSPECTION).due(end, DeadlineKind.REPLACEMENT_INSPECTION)


def test_a_replacement_nobody_complains_of_closes_the_case():
    story = given(opened(), PROMISED, reported(ReportReplacementDelivered, at="2026-03-10 15:00"), silence())
    story.then(ReplacementClosed, posting=None).stands(Status.CLOSED, Outcome.REPLACED)


@pytest.mark.parametrize("line", [unshipped_line, giveaway_line])
def test_a_late_order_or_giveaway_that_arrived_is_fulfilled(line):
    reason = Reason.LATE_NOT_SHIPPED if line is unshipped_line else Reason.GIVEAWAY_NOT_RECEIVED
    story = given(opened(reason), done(MarkAsShipped(tracking=PARCEL), at=MONDAY), line=line())
    story.due("2026-03-11 09:00", DeadlineKind.REPLACEMENT_SHIPPING)
    story.at("2026-03-10 09:00").when_reported(ReportOrderAccepted).stands(Status.REPLACEMENT_IN_TRANSIT)
    story.at("2026-03-12 09:00").when_reported(ReportReplacementDelivered).due("2026-03-16 09:00")
    story.when_nobody_acts().then(OrderFulfilled).stands(Status.CLOSED, Outcome.FULFILLED)


def test_a_rejection_may_be_escalated_for_the_later_of_5_business_days_and_7_days():
    story = given(opened(), done(REJECT, at="2026-03-07 12:00")).due("2026-03-14 12:00", DeadlineKind.ESCALATION)
    story.when_nobody_acts().then(RejectionStood).stands(Status.CLOSED, Outcome.REJECTED).due(None)


def test_nothing_runs_while_a_refund_is_paid_out():
    given(opened(), done(ApproveWithoutReturn())).stands(Status.REFUND_PENDING).due(None)


def test_an_improvement_begins_the_wait_of_where_it_leads():
    story = given(opened(), done(REJECT, at=MONDAY), done(ApproveWithReturn(), at="2026-03-10 10:00"))
    story.stands(Status.AWAITING_RETURN).due("2026-03-17 10:00")


def test_a_late_order_that_is_not_sent_goes_to_support():
    story = given(LATE, done(MarkAsShipped(tracking=PARCEL), at=MONDAY), silence(), line=unshipped_line())
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.REPLACEMENT_MISSED)
