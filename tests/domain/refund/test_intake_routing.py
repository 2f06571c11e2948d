"""Where a request goes: to the seller, or to support and why (SPEC §3)."""

import pytest

from domain.buyer.standing import BuyerConduct, BuyerStanding
from domain.refund.events import RefundRequested, RequestRoutedToSupport
from domain.vocabulary import DIRECT, ListingKind, Reason, ReviewCause, Route, Status, SupportRouting
from tests.dsl import given, opened
from tests.trade import (
    BUYER,
    NOT_ENROLLED,
    SELLER,
    SUPPORT,
    berlin,
    eur,
    giveaway_line,
    line_for,
    order_line,
    policy,
    request,
    unshipped_line,
)

CONSUMABLES = [
    order_line(listing_kind=ListingKind.BREAK),
    order_line(listing_kind=ListingKind.MYSTERY),
    order_line(listing_kind=ListingKind.PULL_GAME),
    order_line(openable=True),
]
consumables = pytest.mark.parametrize("line", CONSUMABLES, ids=["break", "mystery", "pull game", "openable"])


def routed(story, *why):
    """It went to support, for exactly these reasons."""
    story.then(RequestRoutedToSupport, routing=why)
    story.stands(Status.SUPPORT_REVIEW, route=Route.SUPPORT, review_cause=ReviewCause.INTAKE, held=None).due(None)


@pytest.mark.parametrize("reason", sorted(DIRECT))
def test_an_enrolled_seller_answers_the_six_reasons_himself(reason):
    story = given(line=line_for(reason)).when(request(reason), by=BUYER).then(RefundRequested, reason=reason)
    story.stands(Status.AWAITING_SELLER, route=Route.SELLER).due("2026-03-10 18:00")


def test_a_seller_who_is_not_enrolled_leaves_his_requests_to_support():
    routed(given(seller=NOT_ENROLLED).when(request(), by=BUYER), SupportRouting.SELLER_NOT_ENROLLED)


def test_a_seller_nobody_has_spoken_of_is_not_enrolled():
    routed(given(seller=None).when(request(), by=BUYER), SupportRouting.SELLER_NOT_ENROLLED)


def test_everything_else_goes_to_support():
    routed(given().when(request(Reason.OTHER), by=BUYER), SupportRouting.OTHER_REASON)


@consumables
@pytest.mark.parametrize("reason", [Reason.ITEM_MISSING, Reason.WRONG_ITEM])
def test_what_is_missing_or_wrong_in_a_consumable_goes_to_support(line, reason):
    routed(given(line=line).when(request(reason), by=BUYER), SupportRouting.CONSUMABLE)


@consumables
@pytest.mark.parametrize("reason", [Reason.NOT_AS_DESCRIBED, Reason.DEFECTIVE])
def test_other_faults_of_a_consumable_are_the_sellers(line, reason):
    given(line=line).when(request(reason), by=BUYER).then(RefundRequested)


def test_a_buyer_under_fraud_review_is_answered_by_support():
    story = given(buyer=BuyerStanding(under_review=True)).when(request(), by=BUYER)
    routed(story, SupportRouting.BUYER_UNDER_REVIEW)


def conduct(lines, requests):
    return BuyerConduct(window="90d", lines=lines, requests=requests)


@pytest.mark.parametrize(("lines", "requests"), [(19, 6), (6, 6), (0, 6), (1, 40)])
def test_a_buyer_above_both_thresholds_is_answered_by_support(lines, requests):
    told = conduct(lines, requests)
    story = given(buyer=BuyerStanding(conduct=told)).when(request(), by=BUYER)
    routed(story, SupportRouting.BUYER_ABOVE_THRESHOLDS)
    assert story.events[0].buyer_conduct == told


@pytest.mark.parametrize(("lines", "requests"), [(20, 6), (5, 5), (0, 0), (0, 5), (1000, 300)])
def test_a_buyer_at_a_threshold_is_answered_as_usual_and_what_was_counted_is_recorded(lines, requests):
    told = conduct(lines, requests)
    story = given(buyer=BuyerStanding(conduct=told)).when(request(), by=BUYER)
    story.then(RefundRequested, buyer_conduct=told)


def test_the_thresholds_are_the_policys():
    strict = policy(standing={"review_above_requests": 1, "review_above_percent": 0})
    buyer = BuyerStanding(conduct=conduct(lines=1000, requests=2))
    routed(given(policy=strict, buyer=buyer).when(request(), by=BUYER), SupportRouting.BUYER_ABOVE_THRESHOLDS)


def test_a_request_whose_photos_support_waived_goes_to_support():
    story = given().when(request(photos=(), photos_waived=True), by=SUPPORT)
    routed(story, SupportRouting.PHOTOS_WAIVED)
    assert story.events[0].photos_waived


@pytest.mark.parametrize("command", [request(photos_waived=True), request(Reason.ITEM_MISSING, photos_waived=True)])
def test_a_waiver_of_photos_that_are_there_or_not_needed_changes_nothing(command):
    given().when(command, by=SUPPORT).then(RefundRequested)


@pytest.mark.parametrize("reason", [Reason.DEFECTIVE, Reason.NOT_AS_DESCRIBED, Reason.LATE_NOT_SHIPPED])
def test_any_other_complaint_about_a_giveaway_goes_to_support(reason):
    routed(given(line=giveaway_line()).when(request(reason), by=BUYER), SupportRouting.OTHER_REASON_ON_GIVEAWAY)


def test_a_late_parcel_whose_tracking_stood_still_for_seven_days_goes_to_support():
    line = unshipped_line(
        purchased_at=berlin("2026-02-16 10:00"),
        shipped_at=berlin("2026-02-20 10:00"),
        tracking_updated_at=berlin("2026-02-27 18:00"),
    )
    routed(given(line=line).when(request(Reason.LATE_NOT_SHIPPED), by=BUYER), SupportRouting.TRACKING_STALLED)


def test_every_reason_why_support_answers_is_told():
    story = given(line=order_line(openable=True), seller=NOT_ENROLLED, buyer=BuyerStanding(under_review=True))
    routed(
        story.when(request(photos=(), photos_waived=True), by=SUPPORT),
        SupportRouting.SELLER_NOT_ENROLLED,
        SupportRouting.CONSUMABLE,
        SupportRouting.BUYER_UNDER_REVIEW,
        SupportRouting.PHOTOS_WAIVED,
    )


def test_support_files_for_a_buyer_and_it_is_routed_as_usual():
    given().when(request(), by=SUPPORT).then(RefundRequested)


def test_support_files_past_the_window_and_that_is_recorded():
    story = given().at("2026-05-01 09:00").when(request(window_overridden=True), by=SUPPORT)
    story.then(RefundRequested, window_overridden=True)


def test_the_facts_judged_and_the_amounts_are_pinned():
    line = order_line()
    story = given(line=line).when(request(), by=BUYER).then(RefundRequested, line=line, attempt=1)
    assert story.case.line == line


@pytest.mark.parametrize(("knob", "held"), [(True, "45.90"), (False, None)])
def test_the_most_it_may_cost_is_held_if_the_policy_says_so(knob, held):
    story = given(policy=policy(money={"hold_exposure": knob})).when(request(), by=BUYER).then(RefundRequested)
    assert story.case.held == (held and eur(held))


def test_nothing_is_held_where_nothing_was_paid():
    story = given(line=giveaway_line()).when(request(Reason.GIVEAWAY_NOT_RECEIVED), by=BUYER)
    assert story.case.held is None


def test_leaving_the_programme_does_not_change_an_open_case():
    story = given(opened())
    story.stage.seller = NOT_ENROLLED
    story.when_nobody_acts("2026-03-09 09:00").stands(Status.AWAITING_SELLER)
    assert "reject" in story.stage.actions(SELLER)


def test_an_item_complained_of_for_another_reason_can_come_back_once_it_was_delivered():
    assert given(opened(Reason.OTHER)).case.is_returnable
    assert not given(opened(Reason.OTHER), line=unshipped_line()).case.is_returnable


def test_a_free_item_cannot_come_back_for_money():
    line = giveaway_line(delivered_at=berlin("2026-03-05 10:00"))
    assert not given(opened(Reason.DEFECTIVE), line=line).case.is_returnable
