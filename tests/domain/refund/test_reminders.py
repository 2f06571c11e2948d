"""Reminders: at half of each window and four business hours before its end, never outside business hours (SPEC §6)."""

import pytest

from domain.refund.commands import ApproveWithReturn, EnterReplacementTracking, PromiseReplacement, RaiseOffer
from domain.refund.commands import OfferPartialRefund as Offer
from tests.dsl import done, given, opened
from tests.trade import PARCEL, berlin, eur, order_line, policy, unshipped_line


def reminds(story, *moments):
    """Whoever is waited on is reminded at exactly these local times."""
    assert list(story.case.deadline.remind_at) == [berlin(moment) for moment in moments]


@pytest.mark.parametrize(
    ("requested", "moments"),
    [
        ("2026-03-09 10:00", ("2026-03-10 10:00", "2026-03-11 06:00")),
        ("2026-03-06 18:00", ("2026-03-09 18:00", "2026-03-10 14:00")),  # over a weekend
        ("2026-03-07 12:00", ("2026-03-10 00:00", "2026-03-10 20:00")),  # from Monday 00:00 to Wednesday 00:00
        ("2026-03-12 02:00", ("2026-03-13 02:00", "2026-03-13 22:00")),  # four hours before Saturday 02:00
    ],
)
def test_a_seller_is_reminded_half_way_and_four_business_hours_before_the_end(requested, moments):
    reminds(given(opened(at=requested), line=order_line(delivered_at=None)), *moments)


def test_a_buyer_whose_time_ends_on_a_saturday_is_reminded_on_friday():
    story = given(opened(), done(ApproveWithReturn(), at="2026-03-07 12:00")).due("2026-03-14 12:00")
    reminds(story, "2026-03-11 12:00", "2026-03-13 20:00")


def test_a_half_that_falls_on_the_end_of_friday_is_told_on_monday():
    story = given(opened(at="2026-03-13 00:00"))  # ends Tuesday 00:00, half is Saturday 00:00
    reminds(story, "2026-03-16 00:00", "2026-03-16 20:00")


def test_a_holiday_is_no_time_to_remind():
    in_germany = policy(calendar={"market": "DE"})
    story = given(
        opened(at="2026-04-02 12:00"),
        line=unshipped_line(purchased_at=berlin("2026-03-20 10:00")),
        policy=in_germany,
    )
    story.due("2026-04-08 12:00")  # Good Friday and Easter Monday do not count
    reminds(story, "2026-04-07 12:00", "2026-04-08 08:00")


def test_a_prolonged_window_reminds_within_what_was_added():
    tracked = done(EnterReplacementTracking(tracking=PARCEL), at="2026-03-11 08:00")
    story = given(opened(), done(PromiseReplacement(), at="2026-03-09 09:00"), tracked).due("2026-03-12 08:00")
    reminds(story, "2026-03-11 20:00", "2026-03-12 04:00")


def test_a_raised_offer_reminds_anew():
    story = given(opened(), done(Offer(amount=eur("12.00")), at="2026-03-09 09:00"))
    reminds(story, "2026-03-10 09:00", "2026-03-11 05:00")
    story.at("2026-03-10 12:00").when(RaiseOffer(amount=eur("13.00")))
    reminds(story, "2026-03-11 12:00", "2026-03-12 08:00")


@pytest.mark.parametrize(
    ("before_end", "moments"),
    [("12bh", ("2026-03-10 10:00", "2026-03-10 22:00")), ("1bd", ("2026-03-10 10:00",))],
)
def test_when_before_the_end_is_the_policys(before_end, moments):
    story = given(opened(at="2026-03-09 10:00"), policy=policy(windows={"reminder_before_end": before_end}))
    reminds(story, *moments)


def test_a_window_too_short_for_a_reminder_has_none_before_it_begins():
    story = given(opened(at="2026-03-09 10:00"), policy=policy(windows={"seller_answer": "2bh"}))
    reminds(story, "2026-03-09 11:00")


def test_nor_one_at_the_instant_at_which_it_begins():
    story = given(opened(at="2026-03-09 10:00"), policy=policy(windows={"seller_answer": "4bh"}))
    reminds(story, "2026-03-09 12:00")


def test_where_nobody_is_waited_on_nobody_is_reminded():
    assert given(opened(), done(Offer(amount=eur("12.00")))).when_nobody_acts("2026-04-20 09:00").case.deadline is None
