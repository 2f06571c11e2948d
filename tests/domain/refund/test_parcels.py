"""Which cases a parcel travels for, since when, and what each of its scans says of them (SPEC §§4 and 13)."""

from datetime import timedelta

import pytest

from domain.order.facts import Tracking
from domain.refund.commands import (
    ApproveWithReturn,
    EnterReplacementTracking,
    MarkAsShipped,
    PromiseReplacement,
    ReportOrderAccepted,
    ReportReplacementAccepted,
    ReportReplacementDelivered,
    ReportReturnAccepted,
    ReportReturnDelivered,
    ReportReturnLabelIssued,
    ReportReturnShipped,
)
from domain.refund.kept_scans import missed, numbers_named
from domain.refund.parcels import Leg, ParcelScan, believed, parcel_number, travelling
from domain.vocabulary import Reason
from tests.dsl import done, given, opened, reported
from tests.trade import PARCEL, REQUESTED_AT, berlin, eur, line_for

MONDAY = "2026-03-09 09:00"
NUMBER = PARCEL.number
APPROVED = done(ApproveWithReturn(), at=MONDAY)
LABELLED = (APPROVED, reported(ReportReturnLabelIssued, tracking=PARCEL, cost=eur("4.49")))
SAID_SHIPPED = (APPROVED, done(ReportReturnShipped(tracking=PARCEL)))
REPLACED = (done(PromiseReplacement(), at=MONDAY), done(EnterReplacementTracking(tracking=PARCEL)))
SHIPPED = (done(MarkAsShipped(tracking=PARCEL), at=MONDAY),)


def one(*history, reason=Reason.WRONG_ITEM, **facts):
    """The case of this story, with what it lets the parcel carry."""
    stage = given(opened(reason), *history, line=line_for(reason, **facts)).stage
    return travelling(stage.case_at(), [event for event, _, _ in stage.histories[0]], NUMBER)


def late(*history):
    return one(*history, reason=Reason.LATE_NOT_SHIPPED)


def scan(happened_at, *, delivered=False):
    return ParcelScan(number=NUMBER, delivered=delivered, happened_at=happened_at)


@pytest.mark.parametrize("written", ["JJD000122", "jjd 0001-22", " JJD.0001/22 "])
def test_a_number_is_the_same_however_people_type_it(written):
    assert parcel_number(written) == "JJD000122"


@pytest.mark.parametrize(
    ("it", "leg", "since", "on_buyers_word"),
    [
        (one(*LABELLED), Leg.RETURN, MONDAY, False),
        (one(*SAID_SHIPPED), Leg.RETURN, MONDAY, True),
        (one(*LABELLED, done(ReportReturnShipped(tracking=PARCEL))), Leg.RETURN, MONDAY, False),
        (one(*REPLACED), Leg.REPLACEMENT, REQUESTED_AT, False),
        (late(*SHIPPED), Leg.ORDER, "2026-02-26 10:00", False),
    ],
    ids=["label", "buyer's word", "label and word", "replacement", "late order"],
)
def test_whoever_names_a_parcel_says_what_it_carries_and_since_when_it_may(it, leg, since, on_buyers_word):
    assert (it.leg, it.since, it.on_buyers_word) == (leg, berlin(since), on_buyers_word)


def test_a_case_that_named_another_parcel_or_none_does_not_travel_with_this_one():
    assert one(APPROVED) is None
    assert one(APPROVED, done(ReportReturnShipped(tracking=Tracking(carrier="DHL", number="9")))) is None


def test_only_a_label_of_ours_tells_its_cost():
    assert one(*LABELLED).label_cost == eur("4.49")
    assert one(*SAID_SHIPPED).label_cost is None


@pytest.mark.parametrize(
    ("it", "accepted", "delivered"),
    [
        (one(*LABELLED), ReportReturnAccepted, ReportReturnDelivered),
        (one(*REPLACED), ReportReplacementAccepted, ReportReplacementDelivered),
        (late(*SHIPPED), ReportOrderAccepted, ReportReplacementDelivered),
    ],
    ids=["return", "replacement", "late order"],
)
def test_a_scan_is_a_fact_of_what_the_parcel_carries(it, accepted, delivered):
    at = berlin(MONDAY)
    assert it.fact(scan(at)) == accepted(happened_at=at)
    assert it.fact(scan(at, delivered=True)) == delivered(happened_at=at)


def test_kept_scans_count_from_the_instant_at_which_the_parcel_could_travel_in_their_own_order():
    it, instant = one(*LABELLED), timedelta(microseconds=1)
    before, first = scan(it.since - instant), scan(it.since)
    arrived, handed_in = scan(it.since + instant, delivered=True), scan(it.since + instant)
    assert missed(it, [arrived, before, handed_in, first]) == [first, handed_in, arrived]


def test_a_parcel_is_named_once_however_often_it_is_told():
    stage = given(opened(), *LABELLED, done(ReportReturnShipped(tracking=PARCEL))).stage
    assert numbers_named(event for event, _, _ in stage.histories[0]) == (NUMBER,)


OWN_LABEL = one(*LABELLED)


@pytest.mark.parametrize(
    ("other", "reached"),
    [
        (one(*SAID_SHIPPED, line_id="o-1-2"), True),
        (one(*SAID_SHIPPED, line_id="o-1-2", buyer_id="b-1", seller_id="s-2"), False),
    ],
    ids=["same parties", "another seller"],
)
def test_a_buyer_may_put_another_return_to_the_same_seller_into_a_labelled_parcel(other, reached):
    assert believed([OWN_LABEL, other]) == ([OWN_LABEL, other] if reached else [OWN_LABEL])


def test_a_buyers_word_alone_is_believed_and_nothing_comes_back_with_a_parcel_that_goes_out():
    word, outbound = one(*SAID_SHIPPED), one(*REPLACED, line_id="o-1-2")
    assert believed([word]) == [word]
    assert believed([outbound, word]) == [outbound]
