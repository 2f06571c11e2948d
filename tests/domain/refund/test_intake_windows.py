"""When a request may be filed, to the instant: filing windows by category, and what counts as late (SPEC §3)."""

from datetime import timedelta

import pytest

from domain.refund.events import RefundRequested
from domain.refusals import RuleBroken
from domain.vocabulary import Reason
from tests.dsl import given
from tests.trade import BUYER, SUPPORT, berlin, giveaway_line, order_line, policy, request, unshipped_line

INSTANT = timedelta(microseconds=1)
BY_CATEGORY = [
    ("electronics", "2026-03-19 10:00"),
    ("coins", "2026-03-12 10:00"),
    ("sports_cards", "2026-03-12 10:00"),
    ("sneakers", "2026-03-12 10:00"),
    ("trading_cards", "2026-03-12 10:00"),
    ("luxury", "2026-03-12 10:00"),
    ("plants", "2026-03-07 10:00"),
]


def ends_at(line, end, reason=Reason.ITEM_MISSING, **world):
    """The last instant before ``end`` is in time, ``end`` itself is not, and the refusal names it."""
    end = berlin(end)
    given(line=line, **world).at(end - INSTANT).when(request(reason), by=BUYER).then(RefundRequested)
    story = given(line=line, **world).at(end).when(request(reason), by=BUYER)
    story.then_refused(RuleBroken, "filing_window_closed", window_ended_at=end.isoformat())
    story.saying(f"{end:%Y-%m-%dT%H:%M:%SZ}")


def begins_at(line, start, reason, **world):
    """An instant before ``start`` it is not late yet, and the refusal names when it will be."""
    start = berlin(start)
    story = given(line=line, **world).at(start - INSTANT).when(request(reason), by=BUYER)
    story.then_refused(RuleBroken, "not_late_yet", late_from=start.isoformat())
    given(line=line, **world).at(start).when(request(reason), by=BUYER).then(RefundRequested)


@pytest.mark.parametrize(("category", "end"), BY_CATEGORY)
def test_the_window_from_delivery_depends_on_the_category(category, end):
    ends_at(order_line(category=category), end)


def test_thirty_days_from_purchase_end_first_where_delivery_took_long():
    line = order_line(delivered_at=berlin("2026-03-28 10:00"))
    ends_at(line, "2026-04-01 10:00")  # over the change to summer time: the same local time


def test_an_order_that_was_not_delivered_may_be_complained_of_for_thirty_days():
    ends_at(order_line(delivered_at=None), "2026-04-01 10:00")


def test_a_late_order_may_be_complained_of_for_thirty_days():
    ends_at(unshipped_line(), "2026-03-28 10:00", Reason.LATE_NOT_SHIPPED)


def test_the_windows_are_the_policys():
    ends_at(order_line(), "2026-03-08 10:00", policy=policy(filing={"after_delivery": "3d"}))
    ends_at(order_line(), "2026-03-06 10:00", policy=policy(filing={"after_purchase": "4d"}))


def test_only_support_files_past_the_window():
    story = given().at("2026-03-19 10:00")
    story.when(request(window_overridden=True), by=SUPPORT).then(RefundRequested, window_overridden=True)


# Late


def test_an_order_is_late_five_business_days_after_purchase_without_a_scan():
    begins_at(unshipped_line(), "2026-03-05 10:00", Reason.LATE_NOT_SHIPPED)


def test_a_weekend_purchase_is_counted_from_monday():
    line = unshipped_line(purchased_at=berlin("2026-02-28 15:00"))
    begins_at(line, "2026-03-07 00:00", Reason.LATE_NOT_SHIPPED)


def test_a_giveaway_is_late_two_business_days_after_it_was_won():
    begins_at(giveaway_line(), "2026-03-02 10:00", Reason.GIVEAWAY_NOT_RECEIVED)


def test_when_something_is_late_is_the_policys():
    begins_at(
        unshipped_line(), "2026-02-27 10:00", Reason.LATE_NOT_SHIPPED, policy=policy(filing={"late_after": "1bd"})
    )
    begins_at(
        giveaway_line(),
        "2026-03-05 10:00",
        Reason.GIVEAWAY_NOT_RECEIVED,
        policy=policy(filing={"giveaway_shipping": "5bd"}),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [(unshipped_line, Reason.LATE_NOT_SHIPPED), (giveaway_line, Reason.GIVEAWAY_NOT_RECEIVED)],
)
def test_a_parcel_that_is_scanned_and_moving_is_in_transit_not_late(line, reason):
    moving = line(shipped_at=berlin("2026-03-05 09:00"))
    given(line=moving).when(request(reason), by=BUYER).then_refused(RuleBroken, "in_transit")


@pytest.mark.parametrize("updated", [None, "2026-02-28 09:00", "2026-02-26 09:00"])
def test_tracking_counts_as_moving_until_seven_days_have_passed_without_news(updated):
    scanned = berlin("2026-02-27 18:00")
    line = unshipped_line(shipped_at=scanned, tracking_updated_at=updated and berlin(updated))
    still = max(scanned, berlin(updated) if updated else scanned) + timedelta(days=7)
    late = request(Reason.LATE_NOT_SHIPPED)
    given(line=line).at(still - INSTANT).when(late, by=BUYER).then_refused(RuleBroken, "in_transit")
    story = given(line=line).at(still).when(late, by=BUYER)
    assert story.refusal is None


@pytest.mark.parametrize("shipped_at", [None, berlin("2026-03-02 09:00")])
def test_what_was_delivered_is_not_late_with_or_without_an_acceptance_scan(shipped_at):
    line = unshipped_line(shipped_at=shipped_at, delivered_at=berlin("2026-03-04 09:00"))
    given(line=line).when(request(Reason.LATE_NOT_SHIPPED), by=BUYER).then_refused(RuleBroken, "delivered")
