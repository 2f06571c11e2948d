"""Support may suspect a buyer, and may stop (SPEC §3)."""

from domain.buyer.standing import (
    BuyerConduct,
    BuyerPutUnderReview,
    BuyerReviewLifted,
    BuyerStanding,
    evolve,
    lift_review,
    put_under_review,
)
from domain.messages import Personal
from domain.refund.events import RequestWithdrawn
from domain.vocabulary import Status

PLAIN, SUSPECTED = BuyerStanding(), BuyerStanding(under_review=True)


def test_a_suspicion_is_recorded_with_its_ground_and_only_once():
    (event,) = put_under_review(PLAIN, "b-1", "ten requests a week")
    assert event == BuyerPutUnderReview(buyer_id="b-1", ground=Personal.of("buyer:b-1", "ten requests a week"))
    assert evolve(event, PLAIN) == SUSPECTED
    assert put_under_review(SUSPECTED, "b-1", "again") == []


def test_a_suspicion_that_ended_is_recorded_and_only_if_there_was_one():
    (event,) = lift_review(SUSPECTED, "b-1", "explained")
    assert event == BuyerReviewLifted(buyer_id="b-1", ground=Personal.of("buyer:b-1", "explained"))
    assert evolve(event, SUSPECTED) == PLAIN
    assert lift_review(PLAIN, "b-1", "explained") == []


def test_a_suspicion_leaves_what_was_counted():
    counted = BuyerStanding(conduct=BuyerConduct(window="90d", lines=4, requests=1))
    (event,) = put_under_review(counted, "b-1", "ten requests a week")
    assert evolve(event, counted) == BuyerStanding(under_review=True, conduct=counted.conduct)


def test_other_events_leave_the_standing_as_it_was():
    assert evolve(RequestWithdrawn(status=Status.CLOSED), SUSPECTED) is SUSPECTED
