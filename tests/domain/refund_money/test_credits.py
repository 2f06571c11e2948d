"""What takes a charge back, and what never makes a second one (SPEC §§4 and 5)."""

import pytest

from domain.money import LARGEST_MINOR, Money
from domain.refund import events as e
from domain.refund.commands import (
    Appeal,
    ApproveWithoutReturn,
    ConfirmReturn,
    DismissAppeal,
    PayOutAgain,
    RecordPaidOtherwise,
    ReportChargeback,
    ReportRefundAttemptFailed,
    ReportRefundElsewhere,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
    UpholdAppeal,
)
from domain.vocabulary import Outcome, RefundState, Status
from tests.domain.refund_money.books import (
    GIVEN_UP,
    MONDAY,
    PAID,
    RETURNED,
    SENT,
    TAKEN_OVER,
    TAXED,
    books,
    granted,
    granted_in_part,
    sellers,
)
from tests.dsl import done, given, opened, reported
from tests.trade import PLATFORM_LIABLE, SHARED, eur, photo

APPROVED = done(ApproveWithoutReturn(), at=MONDAY)
SUBMITTED = reported(ReportRefundSubmitted, reference="re-1")
FAILED = reported(ReportRefundFailed, detail="account closed")
APPEALED = done(Appeal(text="The video shows it.", evidence=(photo(7),)))
UPHELD = done(UpholdAppeal(grounds="The video shows it."))
CHARGED = {"seller": -4190, "platform": -400, "platform_tax": -731}
"""A full refund of the taxed line, its commission of 4.00 credited."""


def chargeback(story):
    return story.when_reported(ReportChargeback, reference="cb-1")


def elsewhere(story):
    return story.when_reported(ReportRefundElsewhere, amount=eur("53.21"), reference="hub-1")


def test_an_upheld_appeal_restores_the_seller_to_the_cent_and_the_commission_to_the_platform():
    story = given(opened(), TAKEN_OVER, granted(), *PAID, APPEALED, UPHELD, line=TAXED)
    assert books(story) == {"platform": -4590, "platform_tax": -731, "payments": 5321}
    assert sellers(story) == 0


def test_who_was_liable_for_a_share_gets_that_share_back():
    story = given(opened(), TAKEN_OVER, granted(SHARED), *PAID, APPEALED)
    assert sellers(story) == -2295
    UPHELD(story)
    assert books(story) == {"platform": -4590, "payments": 4590}


def test_an_upheld_appeal_after_a_return_credits_the_label_too():
    story = given(opened(), *RETURNED, TAKEN_OVER, granted(), *PAID, APPEALED, UPHELD)
    assert books(story) == {"platform": -5039, "carrier_labels": 449, "payments": 4590}


def test_an_upheld_appeal_against_a_part_credits_the_part():
    story = given(opened(), TAKEN_OVER, granted_in_part("12.00"), *PAID, APPEALED, UPHELD)
    assert books(story) == {"platform": -1200, "payments": 1200}


def test_a_dismissed_appeal_leaves_the_charge():
    story = given(opened(), TAKEN_OVER, granted(), *PAID, APPEALED, done(DismissAppeal(grounds="Nothing new.")))
    assert sellers(story) == -4590


def test_a_chargeback_before_the_refund_was_submitted_takes_the_charge_back():
    story = chargeback(given(opened(), APPROVED, line=TAXED)).then(e.SupersededByChargeback)
    story.stands(Status.CLOSED, Outcome.SUPERSEDED_BY_CHARGEBACK)
    assert books(story) == {}


def test_but_not_the_carriers_bill_for_a_used_label():
    story = given(opened(), *RETURNED, done(ConfirmReturn()))
    chargeback(story)
    assert books(story) == {"platform": -449, "carrier_labels": 449}


@pytest.mark.parametrize("history", [(), SENT])
def test_a_chargeback_while_nothing_was_charged_moves_no_money(history):
    story = given(opened(), *history)
    before = books(story)
    chargeback(story).then(e.SupersededByChargeback, posting=None)
    assert books(story) == before


def test_a_chargeback_while_the_refund_is_submitted_leaves_the_charge_until_that_fails():
    story = chargeback(given(opened(), APPROVED, SUBMITTED, line=TAXED)).then(e.ChargebackRecorded)
    assert books(story) == {**CHARGED, "buyer_refunds": 5321}
    story.when_reported(ReportRefundAttemptFailed).then(e.RefundSupersededByChargeback)
    assert books(story) == {}


def test_or_settles():
    story = chargeback(given(opened(), APPROVED, SUBMITTED, line=TAXED))
    story.when_reported(ReportRefundSettled).then(e.RefundSettled)
    assert books(story) == {**CHARGED, "payments": 5321}


def test_a_chargeback_after_the_refund_adds_nothing():
    story = chargeback(given(opened(), APPROVED, *PAID, line=TAXED)).then(e.ChargebackRecorded, posting=None)
    assert books(story) == {**CHARGED, "payments": 5321}


def test_a_refund_paid_elsewhere_before_ours_was_submitted_takes_the_charge_back():
    story = elsewhere(given(opened(), APPROVED, line=TAXED)).then(e.RefundedElsewhere)
    story.stands(Status.CLOSED, Outcome.REFUNDED_ELSEWHERE)
    assert books(story) == {}


def test_refunds_made_elsewhere_add_up_however_large_they_were_told():
    most = Money(minor=LARGEST_MINOR, currency="EUR")
    story = given(opened(), APPROVED, *PAID)
    for reference in ("hub-1", "hub-2"):
        story.when_reported(ReportRefundElsewhere, amount=most, reference=reference).then(e.OutsideRefundRecorded)
    assert story.case.reached_buyer == most + most + eur("45.90")


def test_a_refund_paid_elsewhere_after_ours_is_an_alarm_and_no_posting():
    story = elsewhere(given(opened(), APPROVED, *PAID)).then(e.OutsideRefundRecorded, posting=None)
    assert sellers(story) == -4590


def test_a_failed_attempt_moves_no_money():
    story = given(opened(), APPROVED, SUBMITTED).when_reported(ReportRefundAttemptFailed)
    story.then(e.RefundAttemptFailed, posting=None)
    assert books(story) == {"seller": -4590, "buyer_refunds": 4590}


def test_a_permanent_failure_leaves_charge_and_debt_as_they_are():
    story = given(opened(), APPROVED, SUBMITTED, FAILED).stands(Status.SUPPORT_REVIEW)
    assert books(story) == {"seller": -4590, "buyer_refunds": 4590}


def test_paying_out_again_charges_nobody_again():
    story = given(opened(), APPROVED, SUBMITTED, FAILED).when(PayOutAgain())
    story.then(e.RefundRequestedAgain, posting=None)
    for chapter in PAID:
        chapter(story)
    assert books(story) == {"seller": -4590, "payments": 4590}


def test_paying_in_another_way_settles_the_debt():
    story = given(opened(), APPROVED, SUBMITTED, FAILED).when(RecordPaidOtherwise(reference="transfer 7"))
    story.then(e.RefundPaidOtherwise).stands(Status.CLOSED, Outcome.REFUNDED)
    assert books(story) == {"seller": -4590, "payments": 4590}


def test_a_failed_refund_that_someone_else_paid_settles_the_debt_too():
    story = elsewhere(given(opened(), APPROVED, SUBMITTED, FAILED))
    story.stands(Status.CLOSED, Outcome.REFUNDED, refund=RefundState.SETTLED)
    assert books(story) == {"seller": -4590, "payments": 4590}


def test_a_chargeback_on_a_failed_refund_takes_charge_and_debt_back():
    story = chargeback(given(opened(), APPROVED, SUBMITTED, FAILED, line=TAXED))
    story.then(e.SupersededByChargeback)
    assert books(story) == {}


@pytest.mark.parametrize(
    ("ends_it", "outcome"),
    [
        ((SUBMITTED, chargeback, FAILED), Outcome.SUPERSEDED_BY_CHARGEBACK),
        ((SUBMITTED, FAILED, chargeback), Outcome.SUPERSEDED_BY_CHARGEBACK),
        ((elsewhere,), Outcome.REFUNDED_ELSEWHERE),
    ],
    ids=["bank and failure", "failure and bank", "elsewhere"],
)
def test_what_reached_the_buyer_beside_what_he_was_owed_stays_booked_when_the_charge_is_taken_back(ends_it, outcome):
    strayed = (*GIVEN_UP, granted(), reported(ReportRefundSettled, attempt=1))
    story = given(opened(), TAKEN_OVER, granted_in_part("12.00"), *strayed, *ends_it, line=TAXED)
    story.stands(Status.CLOSED, outcome)
    assert books(story) == {"platform": -1200, "payments": 1200}


def test_a_decision_against_the_platform_never_touches_the_seller():
    story = given(opened(), TAKEN_OVER, granted(PLATFORM_LIABLE), *PAID, line=TAXED)
    assert books(story) == {"platform": -4590, "platform_tax": -731, "payments": 5321}
