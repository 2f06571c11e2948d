"""Acceptance refunds everything paid and reverses the sale, nothing more; the refund then goes its way (SPEC §4)."""

import pytest

from domain.cancellation import events as e
from domain.cancellation.commands import AcceptCancellation, DeclineCancellation
from domain.payout import (
    PayOutAgain,
    RecordPaidOtherwise,
    ReportChargeback,
    ReportChargebackReversed,
    ReportRefundAttemptFailed,
    ReportRefundElsewhere,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
)
from domain.posting import Account, ChargeRule
from domain.refusals import NotAllowedNow
from domain.vocabulary import CancellationOutcome, CancellationStatus, RefundState
from tests.domain.cancellation.stage import asked, given, unsent_line
from tests.dsl import done, reported
from tests.trade import SELLER, SUPPORT, eur, policy

CLOSED = CancellationStatus.CLOSED
ACCEPTED, PAID_BY_BANK = CancellationOutcome.ACCEPTED, CancellationOutcome.SUPERSEDED_BY_CHARGEBACK
LINE = unsent_line(tax=eur("7.31"), commission=eur("4.00"))
REVERSED = {"seller": -4190, "platform": -400, "platform_tax": -731}
GRANTED = (asked(), done(AcceptCancellation(), by=SELLER))
SUBMITTED = reported(ReportRefundSubmitted, reference="re-1")
SETTLED = reported(ReportRefundSettled)
FAILED = reported(ReportRefundFailed, detail="account closed")
CHARGEBACK = reported(ReportChargeback, reference="cb-1")
ELSEWHERE = reported(ReportRefundElsewhere, amount=eur("53.21"), reference="hub-1")


def told(*history):
    return given(*history, line=LINE)


def books(story):
    postings = [event.posting for event, _, _ in story.stage.histories[-1] if event.posting]
    changes = {account: sum(posting.minor_on(account) for posting in postings) for account in Account}
    return {account.value: minor for account, minor in changes.items() if minor}


def test_the_sale_is_reversed_as_if_it_never_was():
    story = told(*GRANTED)
    assert books(story) == {**REVERSED, "buyer_refunds": 5321}
    assert story.events[0].posting.rule is ChargeRule.SALE_CANCELLED
    assert story.case.seller_charged == eur("41.90")


def test_the_commission_comes_back_even_where_refunds_keep_it():
    story = given(*GRANTED, line=LINE, policy=policy(money={"credit_commission": False}))
    assert books(story)["seller"] == -4190


def test_a_line_without_commission_and_tax_reverses_price_and_shipping():
    assert books(given(*GRANTED)) == {"seller": -4590, "buyer_refunds": 4590}


def test_nothing_else_moves_money():
    assert books(told(asked(), done(DeclineCancellation(), by=SELLER))) == {}
    assert books(told(asked(), CHARGEBACK)) == {}


def test_the_refund_is_submitted_and_settles():
    story = told(*GRANTED, SUBMITTED).stands(CancellationStatus.REFUND_PENDING, refund=RefundState.SUBMITTED)
    SETTLED(story)
    story.then(e.RefundSettled).stands(CLOSED, ACCEPTED, refund=RefundState.SETTLED, refunded=eur("53.21"))
    assert books(story) == {**REVERSED, "payments": 5321}


def test_the_providers_word_of_the_end_may_come_first():
    told(*GRANTED, SETTLED).stands(CLOSED, ACCEPTED)


def test_a_failed_attempt_is_tried_again_under_the_same_key():
    story = told(*GRANTED, SUBMITTED, reported(ReportRefundAttemptFailed)).then(e.RefundAttemptFailed)
    story.stands(CancellationStatus.REFUND_PENDING, refund=RefundState.REQUESTED, refunds_requested=1)


def test_a_permanent_failure_goes_to_support_which_pays_again_under_a_new_key():
    story = told(*GRANTED, SUBMITTED, FAILED).stands(CancellationStatus.SUPPORT_REVIEW, refund=RefundState.FAILED)
    story.when(PayOutAgain(), by=SUPPORT).then(e.RefundRequestedAgain, posting=None)
    story.stands(CancellationStatus.REFUND_PENDING, refund=RefundState.REQUESTED, refunds_requested=2)
    SUBMITTED(story)
    SETTLED(story)
    assert books(story) == {**REVERSED, "payments": 5321}


def test_or_records_another_payment():
    story = told(*GRANTED, SUBMITTED, FAILED).when(RecordPaidOtherwise(reference="transfer 7"), by=SUPPORT)
    story.then(e.RefundPaidOtherwise, reference="transfer 7").stands(CLOSED, ACCEPTED)
    assert books(story) == {**REVERSED, "payments": 5321}


AGAIN = done(PayOutAgain(), by=SUPPORT)
STRAYED = {**REVERSED, "platform": -400 - 5321, "payments": 2 * 5321}


def test_an_attempt_that_failed_for_good_may_settle_after_all():
    story = told(*GRANTED, SUBMITTED, FAILED).when_reported(ReportRefundSettled, attempt=1)
    story.then(e.RefundSettled, attempt=1).stands(CLOSED, ACCEPTED, refund=RefundState.SETTLED)
    assert books(story) == {**REVERSED, "payments": 5321}


@pytest.mark.parametrize("second", [(AGAIN,), (AGAIN, SUBMITTED)], ids=["waiting", "submitted"])
def test_also_beside_another_of_which_no_third_is_then_asked(second):
    story = told(*GRANTED, SUBMITTED, FAILED, *second).when_reported(ReportRefundSettled, attempt=1)
    story.then(e.RefundSettled, attempt=1).stands(CLOSED, ACCEPTED, refunded=eur("53.21"))
    story.when_reported(ReportRefundAttemptFailed, attempt=2).then(e.OutsideFactRecorded).stands(CLOSED, ACCEPTED)
    assert books(story) == {**REVERSED, "payments": 5321}


def test_where_both_settle_the_second_is_the_platforms_loss():
    story = told(*GRANTED, SUBMITTED, FAILED, AGAIN, SUBMITTED).when_reported(ReportRefundSettled, attempt=1)
    story.when_reported(ReportRefundSettled, attempt=1).then(e.OutsideFactRecorded)
    story.when_reported(ReportRefundSettled, attempt=2).then(e.StrayRefundSettled, attempt=2)
    assert books(story) == STRAYED
    assert story.case.refunded == eur("106.42")


OTHERWISE = done(RecordPaidOtherwise(reference="transfer 7"), by=SUPPORT)


@pytest.mark.parametrize("paid", [CHARGEBACK, ELSEWHERE, OTHERWISE], ids=["by bank", "elsewhere", "otherwise"])
def test_one_that_settles_after_another_payment_is_an_alarm_and_the_platforms_loss(paid):
    story = told(*GRANTED, SUBMITTED, FAILED, paid)
    outcome = story.case.outcome
    story.when_reported(ReportRefundSettled, attempt=1).then(e.StrayRefundSettled, attempt=1).stands(CLOSED, outcome)
    assert books(story) == STRAYED
    assert story.case.seller_charged == eur("41.90")


def test_a_settlement_told_twice_is_booked_once():
    story = told(*GRANTED, SUBMITTED, SETTLED).when_reported(ReportRefundSettled)
    story.then(e.OutsideFactRecorded, fact="ReportRefundSettled")
    assert books(story) == {**REVERSED, "payments": 5321}


def test_a_failure_of_an_earlier_attempt_moves_nothing():
    story = told(*GRANTED, SUBMITTED, FAILED, AGAIN).when_reported(ReportRefundFailed, attempt=1)
    story.then(e.OutsideFactRecorded, fact="ReportRefundFailed")


def test_a_refund_of_what_was_never_granted_is_no_refund_of_this_request():
    story = told(asked(), done(DeclineCancellation(), by=SELLER)).when_reported(ReportRefundSettled)
    story.then(e.OutsideFactRecorded).stands(CLOSED, CancellationOutcome.DECLINED)


def test_support_has_nothing_to_decide_before_a_failure():
    told(*GRANTED).when(PayOutAgain(), by=SUPPORT).then_refused(NotAllowedNow, "not_in_this_status")


def test_a_chargeback_before_the_answer_ends_the_request_and_cancels_no_sale():
    story = told(asked(), CHARGEBACK).then(e.SupersededByChargeback, reference="cb-1")
    story.stands(CLOSED, PAID_BY_BANK, is_granted=False, chargeback=True)


@pytest.mark.parametrize("history", [GRANTED, (*GRANTED, SUBMITTED, FAILED)], ids=["requested", "failed"])
def test_a_chargeback_before_the_refund_left_pays_it_and_the_sale_stays_reversed(history):
    story = told(*history, CHARGEBACK).then(e.RefundSupersededByChargeback, reference="cb-1")
    story.stands(CLOSED, PAID_BY_BANK, chargeback=True, refund=RefundState.NONE)
    assert books(story) == {**REVERSED, "payments": 5321}
    assert story.events[0].posting.rule is ChargeRule.PAID_BY_CHARGEBACK


@pytest.mark.parametrize("failure", [ReportRefundAttemptFailed, ReportRefundFailed])
def test_a_chargeback_while_the_refund_is_submitted_waits_for_its_end(failure):
    story = told(*GRANTED, SUBMITTED, CHARGEBACK).then(e.ChargebackRecorded, posting=None)
    story.stands(CancellationStatus.REFUND_PENDING)
    story.when_reported(failure).then(e.RefundLeftToChargeback).stands(CLOSED, PAID_BY_BANK)
    assert books(story) == {**REVERSED, "payments": 5321}


def test_which_may_be_that_it_settled():
    story = told(*GRANTED, SUBMITTED, CHARGEBACK, SETTLED).stands(CLOSED, ACCEPTED, chargeback=True)
    assert books(story) == {**REVERSED, "payments": 5321}


def test_a_chargeback_after_the_end_is_recorded_once():
    story = told(*GRANTED, SUBMITTED, SETTLED, CHARGEBACK).then(e.ChargebackRecorded).stands(CLOSED, ACCEPTED)
    CHARGEBACK(story)
    story.then(e.OutsideFactRecorded)


def test_a_refund_made_elsewhere_before_the_answer_ends_the_request():
    story = told(asked(), ELSEWHERE).then(e.RefundedElsewhere, posting=None)
    story.stands(CLOSED, CancellationOutcome.REFUNDED_ELSEWHERE, refunds_made=1)


@pytest.mark.parametrize("history", [GRANTED, (*GRANTED, SUBMITTED, FAILED)], ids=["requested", "failed"])
def test_a_refund_made_elsewhere_settles_what_is_due(history):
    story = told(*history, ELSEWHERE).then(e.RefundPaidElsewhere).stands(CLOSED, ACCEPTED, refund=RefundState.SETTLED)
    assert books(story) == {**REVERSED, "payments": 5321}


def test_and_what_was_paid_elsewhere_is_what_reached_the_buyer():
    paid = reported(ReportRefundElsewhere, amount=eur("50.00"), reference="hub-1")
    told(*GRANTED, paid).stands(CLOSED, ACCEPTED, reached_buyer=eur("50.00"))


@pytest.mark.parametrize("history", [(*GRANTED, SUBMITTED), (*GRANTED, SETTLED)], ids=["submitted", "settled"])
def test_a_second_refund_is_an_alarm_and_no_posting(history):
    story = told(*history)
    before, status = books(story), story.case.status
    reached = story.case.reached_buyer or eur("0.00")
    ELSEWHERE(story)
    story.then(e.OutsideRefundRecorded, posting=None)
    assert story.case.reached_buyer == reached + eur("53.21")
    assert (books(story), story.case.status) == (before, status)


@pytest.mark.parametrize("failure", [ReportRefundAttemptFailed, ReportRefundFailed])
def test_after_which_a_failure_of_ours_is_for_support_and_not_tried_again(failure):
    story = told(*GRANTED, SUBMITTED, ELSEWHERE).when_reported(failure).then(e.RefundFailed)
    story.stands(CancellationStatus.SUPPORT_REVIEW, refund=RefundState.FAILED)
    OTHERWISE(story)
    story.stands(CLOSED, ACCEPTED, reached_buyer=eur("53.21"))


# A chargeback that the marketplace wins

WON = reported(ReportChargebackReversed, reference="cb-1")


@pytest.mark.parametrize("paid", [GRANTED, (*GRANTED, SUBMITTED, FAILED)], ids=["requested", "failed"])
def test_a_buyer_who_loses_what_his_bank_paid_for_a_cancelled_sale_is_owed_it_again(paid):
    story = told(*paid, CHARGEBACK, WON).then(e.RefundDueAfterReversal, reference="cb-1")
    story.stands(CancellationStatus.SUPPORT_REVIEW, chargeback=False, refund=RefundState.FAILED)
    assert books(story) == {**REVERSED, "buyer_refunds": 5321}
    for step in (AGAIN, SUBMITTED, SETTLED):
        step(story)
    story.stands(CLOSED, ACCEPTED)
    assert books(story) == {**REVERSED, "payments": 5321}


def test_not_if_a_refund_reached_him_beside_it():
    story = told(*GRANTED, SUBMITTED, FAILED, CHARGEBACK, SETTLED, WON).then(e.ChargebackReversed)
    story.stands(CLOSED, PAID_BY_BANK, chargeback=False)
    assert books(story) == {**REVERSED, "payments": 5321}


def test_nor_where_the_marketplace_refunded_him_elsewhere_beside_the_bank():
    story = told(*GRANTED, CHARGEBACK, ELSEWHERE, WON).then(e.ChargebackReversed, posting=None)
    assert books(story) == {**REVERSED, "payments": 5321}


def test_a_second_chargeback_that_is_won_returns_no_loss_a_second_time():
    story = told(*GRANTED, SUBMITTED, FAILED, CHARGEBACK, SETTLED, WON, CHARGEBACK, WON)
    story.then(e.ChargebackReversed, posting=None)
    assert books(story) == {**REVERSED, "payments": 5321}


@pytest.mark.parametrize(
    "history",
    [(asked(),), (asked(), done(DeclineCancellation(), by=SELLER)), (*GRANTED, SUBMITTED, SETTLED)],
    ids=["not answered", "declined", "refunded"],
)
def test_where_the_bank_paid_nothing_that_was_due_its_reversal_is_recorded(history):
    story = told(*history, CHARGEBACK)
    status, outcome = story.case.status, story.case.outcome
    WON(story)
    story.then(e.ChargebackReversed, reference="cb-1", posting=None).stands(status, outcome, chargeback=False)


def test_a_refund_under_way_is_tried_again_once_the_chargeback_is_won():
    story = told(*GRANTED, SUBMITTED, CHARGEBACK, WON).stands(CancellationStatus.REFUND_PENDING, chargeback=False)
    story.when_reported(ReportRefundAttemptFailed).then(e.RefundAttemptFailed)


def test_a_chargeback_that_never_was_is_not_reversed():
    told(*GRANTED, WON).then(e.OutsideFactRecorded, fact="ReportChargebackReversed")
