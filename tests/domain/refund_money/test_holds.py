"""While a case can still cost the seller something, that much is held; each change says why (SPEC §5)."""

from dataclasses import replace

import pytest

from domain.money import LARGEST_MINOR, Money
from domain.refund.commands import (
    ApproveWithoutReturn,
    ConfirmReturn,
    Deny,
    HandToSeller,
    Reopen,
    ReportChargeback,
    ReportRefundElsewhere,
    ReportRefundFailed,
    ReportRefundSubmitted,
    ReportReturnAccepted,
    ReportReturnLabelIssued,
    SendMessage,
    TakeOverForFraud,
    Withdraw,
)
from domain.refund.decide import decide
from domain.refund.events import ReturnLabelIssued
from domain.vocabulary import Reason
from tests.domain.refund_money.books import (
    DELIVERED,
    LABEL_ISSUED,
    MONDAY,
    PAID,
    REJECTED,
    RETURN_APPROVED,
    RETURNED,
    SCANNED,
    SENT,
    TAKEN_OVER,
    THURSDAY,
    granted,
    granted_on_return,
    holds,
)
from tests.dsl import done, given, opened, reported, silence
from tests.trade import (
    BUYER,
    CARRIER,
    ENROLLED,
    NOT_ENROLLED,
    PARCEL,
    PLATFORM_LIABLE,
    SELLER,
    SHARED,
    eur,
    giveaway_line,
    line_for,
    policy,
)

PLACED = (4590, "case_open")
CLOSED = (-4590, "case_closed")
HELLO = done(SendMessage(text="Hello?"), by=BUYER)
AT_SUPPORT = {"seller": replace(ENROLLED, profile=NOT_ENROLLED.profile)}
"""A seller outside the programme: his request begins at support."""


def test_a_request_at_the_seller_holds_price_and_shipping():
    assert holds(given(opened())) == [PLACED]


def test_a_policy_may_count_a_label_in_advance():
    estimating = policy(money={"return_label_estimate_minor": 600})
    assert holds(given(opened(), policy=estimating)) == [(5190, "case_open")]


@pytest.mark.parametrize("reason", [Reason.ITEM_MISSING, Reason.LATE_NOT_SHIPPED])
def test_where_nothing_can_come_back_no_label_is_held(reason):
    estimating = policy(money={"return_label_estimate_minor": 600})
    story = given(opened(reason), policy=estimating, line=line_for(reason))
    story.when(SendMessage(text="What exactly is missing?"), by=SELLER)
    assert holds(story) == [PLACED]


def test_an_issued_label_is_held_with_its_cost_where_that_is_more_than_estimated():
    assert holds(given(opened(), RETURN_APPROVED, LABEL_ISSUED)) == [PLACED, (449, "case_open")]
    cheap, dear = (policy(money={"return_label_estimate_minor": minor}) for minor in (300, 600))
    assert holds(given(opened(), RETURN_APPROVED, LABEL_ISSUED, policy=cheap)) == [
        (4890, "case_open"),
        (149, "case_open"),
    ]
    assert holds(given(opened(), RETURN_APPROVED, LABEL_ISSUED, policy=dear)) == [(5190, "case_open")]


def test_a_label_that_costs_more_than_any_item_is_recorded_as_it_was_told():
    most = Money(minor=LARGEST_MINOR, currency="EUR")
    story = given(opened(), RETURN_APPROVED).when_reported(ReportReturnLabelIssued, tracking=PARCEL, cost=most)
    assert holds(story.then(ReturnLabelIssued)) == [PLACED, (LARGEST_MINOR, "case_open")]


def test_a_label_told_of_a_case_without_a_return_is_not_held():
    story = given(opened(), LABEL_ISSUED)
    assert holds(story) == [PLACED]
    HELLO(story)
    assert holds(story) == [PLACED]


@pytest.mark.parametrize(
    "history",
    [
        (done(ApproveWithoutReturn(), at=MONDAY),),
        (TAKEN_OVER, granted()),
        (TAKEN_OVER, granted(PLATFORM_LIABLE)),
    ],
)
def test_a_charge_or_a_decision_releases_the_hold_once(history):
    assert holds(given(opened(), *history, *PAID)) == [PLACED, (-4590, "charged")]


@pytest.mark.parametrize(
    "history",
    [
        (done(Withdraw()),),
        (REJECTED, silence()),
        (TAKEN_OVER, done(Deny(grounds="The listing says so."))),
        (reported(ReportChargeback, reference="cb-1"),),
        (reported(ReportRefundElsewhere, amount=eur("45.90"), reference="hub-1"),),
    ],
)
def test_an_end_without_charge_releases_it_as_closed(history):
    assert holds(given(opened(), *history)) == [PLACED, CLOSED]


def test_a_return_releases_the_whole_hold_label_included():
    story = given(opened(), *RETURNED, done(ConfirmReturn()))
    assert holds(story) == [PLACED, (449, "case_open"), (-5039, "charged")]


def test_suspected_fraud_relieves_the_seller_for_good():
    story = given(opened(), done(TakeOverForFraud(ground="The tenth this week.")))
    HELLO(story)
    assert holds(story) == [PLACED, (-4590, "seller_relieved")]
    granted(PLATFORM_LIABLE)(story)
    assert len(holds(story)) == 2


def test_a_case_at_support_holds_nothing_until_it_is_handed_to_the_seller():
    story = given(opened(), HELLO, **AT_SUPPORT)
    assert holds(story) == []
    story.when(HandToSeller())
    assert holds(story) == [PLACED]
    story.at(MONDAY).when(ApproveWithoutReturn())
    assert holds(story) == [PLACED, (-4590, "charged")]


def test_a_return_granted_by_support_holds_if_the_seller_is_liable_and_not_otherwise():
    assert holds(given(opened(), granted_on_return(SHARED), **AT_SUPPORT)) == [PLACED]
    assert holds(given(opened(), granted_on_return(PLATFORM_LIABLE), **AT_SUPPORT)) == []
    relieved = given(opened(), TAKEN_OVER, granted_on_return(PLATFORM_LIABLE), SCANNED)
    assert holds(relieved) == [PLACED, (-4590, "seller_relieved")]


def test_a_label_that_is_booked_stays_held_with_its_cost_whatever_is_told_of_another():
    story = given(opened(), *SENT).when_reported(ReportReturnLabelIssued, tracking=PARCEL, cost=eur("9.99"))
    assert holds(story) == [PLACED, (449, "case_open")]
    assert story.case.return_label_cost == eur("4.49")


def test_a_shared_label_is_held_with_its_share_from_the_scan_on():
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED).at(THURSDAY)
    scan = ReportReturnAccepted(happened_at=story.stage.now)
    shared = replace(story.stage.context(CARRIER, scan), label_share=eur("1.50"))
    (scanned,) = decide(story.case, scan, shared)
    assert (scanned.hold.amount, scanned.hold.reason.value) == (eur("-2.99"), "case_open")


def test_a_reinstated_return_is_held_again_with_its_label():
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED, silence())
    assert holds(story) == [PLACED, (449, "case_open"), (-5039, "case_closed")]
    story.when_reported(ReportReturnAccepted, dated=THURSDAY)
    assert holds(story)[-1] == (5039, "case_open")


def test_a_late_return_at_support_is_held_again():
    story = given(opened(), RETURN_APPROVED, silence()).when_reported(ReportReturnAccepted)
    assert holds(story)[-1] == PLACED


def test_a_reopened_case_is_held_again():
    story = given(opened(), REJECTED, silence()).when(Reopen(ground="A new witness."))
    assert holds(story) == [PLACED, CLOSED, PLACED]


def test_a_failed_refund_holds_nothing_since_it_was_charged():
    failed = (reported(ReportRefundSubmitted, reference="re-1"), reported(ReportRefundFailed))
    story = given(opened(), done(ApproveWithoutReturn(), at=MONDAY), *failed)
    assert holds(story) == [PLACED, (-4590, "charged")]


def test_words_and_scans_change_nothing_of_it():
    story = given(opened(), HELLO, *SENT, DELIVERED)
    assert holds(story) == [PLACED, (449, "case_open")]


def test_a_giveaway_holds_nothing_even_if_its_shipping_was_paid():
    line = giveaway_line(shipping=eur("5.90"))
    story = given(opened(Reason.GIVEAWAY_NOT_RECEIVED), done(SendMessage(text="Where is it?"), by=BUYER), line=line)
    assert holds(story) == []


def test_the_policy_may_hold_nothing_at_all():
    story = given(opened(), *RETURNED, done(ConfirmReturn()), policy=policy(money={"hold_exposure": False}))
    assert holds(story) == []
