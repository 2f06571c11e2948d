"""The refund on its way, and the bank beside it: never both remedies, outside facts never refused (SPEC §§4, 5, 13)."""

import pytest

from domain.actors import Role
from domain.money import Money
from domain.notice import Notice
from domain.refund.commands import (
    ApproveWithoutReturn,
    ApproveWithReturn,
    DecideFullRefund,
    PayOutAgain,
    PromiseReplacement,
    RecordPaidOtherwise,
    Reject,
    Reopen,
    ReportChargeback,
    ReportChargebackReversed,
    ReportRefundAttemptFailed,
    ReportRefundElsewhere,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
    ReportReplacementDelivered,
    Withdraw,
)
from domain.refund.events import (
    CaseReopened,
    ChargebackRecorded,
    ChargebackReversed,
    OutsideFactRecorded,
    OutsideRefundRecorded,
    RefundAttemptFailed,
    RefundedElsewhere,
    RefundFailed,
    RefundRequested,
    RefundSettled,
    RefundSubmitted,
    RefundSupersededByChargeback,
    StrayRefundSettled,
    SupersededByChargeback,
)
from domain.refund.notices import notices
from domain.refusals import NotAllowedNow, RuleBroken
from domain.vocabulary import Outcome, RefundState, RejectionCode, ReturnState, Status
from tests.domain.refund_money.books import books
from tests.dsl import done, given, opened, reported, silence
from tests.trade import BUYER, SELLER_LIABLE, eur, request

DUE = (opened(), done(ApproveWithoutReturn()))
SUBMITTED = (*DUE, reported(ReportRefundSubmitted, reference="re-1"))
SETTLED = (*SUBMITTED, reported(ReportRefundSettled))
FAILED = (*SUBMITTED, reported(ReportRefundFailed, detail="account closed"))
CHARGEBACK = {"fact": ReportChargeback, "reference": "cb-1"}
ELSEWHERE = {"fact": ReportRefundElsewhere, "amount": eur("45.90"), "reference": "hub-1"}


def test_a_refund_is_submitted_and_settles():
    story = given(*DUE).when_reported(ReportRefundSubmitted, reference="re-1").then(RefundSubmitted)
    story.stands(Status.REFUND_PENDING, refund=RefundState.SUBMITTED).when_reported(ReportRefundSettled)
    story.then(RefundSettled).stands(Status.CLOSED, Outcome.REFUNDED, refunded=eur("45.90"), refunds_made=1)


def test_a_failed_attempt_is_tried_again_under_the_same_key():
    story = given(*SUBMITTED).when_reported(ReportRefundAttemptFailed).then(RefundAttemptFailed)
    story.stands(Status.REFUND_PENDING, refund=RefundState.REQUESTED, refunds_requested=1)


def test_a_refund_that_failed_for_good_goes_to_support_and_the_charge_stands():
    story = given(*SUBMITTED).when_reported(ReportRefundFailed).then(RefundFailed, posting=None)
    story.stands(Status.SUPPORT_REVIEW, refund=RefundState.FAILED)
    assert story.case.seller_charged == eur("45.90")


@pytest.mark.parametrize(
    ("word", "event", "status"),
    [
        (ReportRefundSettled, RefundSettled, Status.CLOSED),
        (ReportRefundFailed, RefundFailed, Status.SUPPORT_REVIEW),
        (ReportRefundAttemptFailed, RefundAttemptFailed, Status.REFUND_PENDING),
    ],
)
def test_the_providers_word_of_the_end_may_overtake_our_note_that_he_took_it(word, event, status):
    assert given(*DUE).when_reported(word).then(event).case.status is status


@pytest.mark.parametrize("word", [ReportRefundFailed, ReportRefundAttemptFailed])
def test_word_of_an_earlier_attempt_moves_nothing(word):
    story = given(*FAILED, done(PayOutAgain())).when_reported(word, attempt=1).then(OutsideFactRecorded)
    story.stands(Status.REFUND_PENDING, refund=RefundState.REQUESTED).when_reported(ReportRefundSettled, attempt=2)
    story.stands(Status.CLOSED, Outcome.REFUNDED)


@pytest.mark.parametrize("undone", [CHARGEBACK, ELSEWHERE], ids=["chargeback", "elsewhere"])
def test_a_refund_given_up_that_settles_all_the_same_is_booked_once_and_never_to_the_seller(undone):
    story = given(*DUE, reported(**undone)).when_reported(ReportRefundSubmitted, reference="re-1")
    story.then(OutsideFactRecorded).when_reported(ReportRefundSettled).then(StrayRefundSettled)
    for _ in range(2):
        assert books(story) == {"platform": -4590, "payments": 4590}
        assert story.case.refunded == eur("91.80" if undone is ELSEWHERE else "45.90")
        story.when_reported(ReportRefundSettled).then(OutsideFactRecorded)


def test_word_of_a_refund_that_nobody_asked_for_books_nothing():
    story = given(opened(), reported(**CHARGEBACK)).when_reported(ReportRefundSettled).then(OutsideFactRecorded)
    story.when_reported(ReportRefundSettled, attempt=1).then(OutsideFactRecorded)


@pytest.mark.parametrize("word", [ReportRefundSettled, ReportRefundFailed])
def test_an_end_told_twice_is_recorded_once(word):
    story = given(*SETTLED).when_reported(word).then(OutsideFactRecorded).stands(Status.CLOSED, Outcome.REFUNDED)
    assert story.case.refunds_made == 1


def test_a_withdrawal_is_possible_until_the_refund_is_due():
    given(*DUE).when(Withdraw()).then_refused(NotAllowedNow, "not_in_this_status")


# Chargebacks


@pytest.mark.parametrize(
    "history",
    [
        (opened(),),
        (opened(), done(ApproveWithReturn())),
        (opened(), done(PromiseReplacement()), reported(ReportReplacementDelivered)),
        (opened(), silence()),
        DUE,
        FAILED,
    ],
    ids=["asked", "returning", "replaced", "with support", "refund due", "refund failed"],
)
def test_before_a_refund_is_submitted_a_chargeback_ends_the_case_without_refund_or_charge(history):
    story = given(*history).when_reported(**CHARGEBACK).then(SupersededByChargeback).due(None)
    story.stands(Status.CLOSED, Outcome.SUPERSEDED_BY_CHARGEBACK, refund=RefundState.NONE)
    assert not story.case.seller_charged
    assert story.case.return_state is not ReturnState.OPEN


def test_while_a_refund_is_submitted_a_chargeback_is_recorded_and_if_it_settles_both_stand():
    story = given(*SUBMITTED).when_reported(**CHARGEBACK).then(ChargebackRecorded, posting=None)
    story.stands(Status.REFUND_PENDING).when_reported(ReportRefundSettled).stands(Status.CLOSED, Outcome.REFUNDED)
    assert story.case.seller_charged == eur("45.90")


@pytest.mark.parametrize("failure", [ReportRefundAttemptFailed, ReportRefundFailed])
def test_a_refund_that_fails_beside_a_chargeback_is_not_tried_again_and_the_charge_is_credited(failure):
    story = given(*SUBMITTED, reported(**CHARGEBACK)).when_reported(failure).then(RefundSupersededByChargeback)
    story.stands(Status.CLOSED, Outcome.SUPERSEDED_BY_CHARGEBACK)
    assert not story.case.seller_charged


def test_after_a_settled_refund_a_chargeback_is_for_the_platform_to_contest():
    story = given(*SETTLED).when_reported(**CHARGEBACK).then(ChargebackRecorded, posting=None)
    story.stands(Status.CLOSED, Outcome.REFUNDED)
    assert story.case.seller_charged == eur("45.90")


def test_after_a_replacement_the_outcome_stays():
    replaced = (opened(), done(PromiseReplacement()), reported(ReportReplacementDelivered), silence())
    given(*replaced).when_reported(**CHARGEBACK).then(ChargebackRecorded).stands(Status.CLOSED, Outcome.REPLACED)


def test_a_second_chargeback_is_recorded_with_all_it_says():
    story = given(*SETTLED, reported(**CHARGEBACK)).when_reported(ReportChargeback, reference="cb-2")
    story.then(OutsideFactRecorded, fact="ReportChargeback")
    assert '"cb-2"' in story.events[0].content.text


# A chargeback that the marketplace wins

WON = {"fact": ReportChargebackReversed, "reference": "cb-1"}


def test_a_chargeback_that_is_won_is_recorded_and_moves_neither_case_nor_money():
    story = given(opened(), reported(**CHARGEBACK)).when_reported(**WON)
    story.then(ChargebackReversed, posting=None, reference="cb-1")
    story.stands(Status.CLOSED, Outcome.SUPERSEDED_BY_CHARGEBACK, chargeback=False)
    assert notices(story.events[0], before=Status.CLOSED, by=Role.PAYMENTS, seller_takes_part=True) == (
        Notice(Role.SUPPORT, "chargeback_reversed"),
    )


def test_support_may_then_reopen_the_case_and_the_buyer_ask_again():
    won = (opened(), reported(**CHARGEBACK), reported(**WON))
    given(*won).when(Reopen(ground="He never got it.")).then(CaseReopened).stands(Status.SUPPORT_REVIEW)
    given(*won).when(request(), by=BUYER).then(RefundRequested)


def test_before_it_is_won_the_buyer_may_not():
    story = given(opened(), reported(**CHARGEBACK)).when(request(), by=BUYER)
    story.then_refused(RuleBroken, "chargeback_open")


def test_a_refund_beside_a_chargeback_that_is_won_is_tried_again_when_it_fails():
    story = given(*SUBMITTED, reported(**CHARGEBACK), reported(**WON)).stands(Status.REFUND_PENDING, chargeback=False)
    story.when_reported(ReportRefundAttemptFailed).then(RefundAttemptFailed)


def test_a_case_paid_out_after_a_reversal_is_charged_and_refunded_once():
    story = given(*DUE, reported(**CHARGEBACK), reported(**WON), done(Reopen(ground="He never got it.")))
    story.when(DecideFullRefund(grounds="The photos.", liability=SELLER_LIABLE)).when_reported(
        ReportRefundSettled, attempt=2
    )
    story.stands(Status.CLOSED, Outcome.REFUNDED, refunds_made=1)
    assert books(story) == {"seller": -4590, "payments": 4590}


def test_a_chargeback_that_never_was_is_not_reversed():
    given(opened()).when_reported(**WON).then(OutsideFactRecorded, fact="ReportChargebackReversed")


# Refunded elsewhere


@pytest.mark.parametrize("history", [(opened(),), (opened(), silence()), DUE], ids=["asked", "with support", "due"])
def test_a_refund_made_elsewhere_ends_the_case_and_charges_nothing(history):
    story = given(*history).when_reported(**ELSEWHERE).then(RefundedElsewhere)
    story.stands(Status.CLOSED, Outcome.REFUNDED_ELSEWHERE, refunds_made=1, refunded=eur("45.90"))
    assert not story.case.seller_charged


def test_a_refund_made_elsewhere_settles_one_that_failed_here():
    story = given(*FAILED).when_reported(**ELSEWHERE).stands(Status.CLOSED, Outcome.REFUNDED, refunds_made=1)
    assert story.case.seller_charged == eur("45.90")


@pytest.mark.parametrize("failure", [ReportRefundAttemptFailed, ReportRefundFailed])
def test_a_refund_made_elsewhere_while_one_is_submitted_is_an_alarm_and_a_failure_then_is_for_support(failure):
    story = given(*SUBMITTED).when_reported(**ELSEWHERE).then(OutsideRefundRecorded)
    story.stands(Status.REFUND_PENDING, refund=RefundState.SUBMITTED).when_reported(failure).then(RefundFailed)
    story.stands(Status.SUPPORT_REVIEW, refund=RefundState.FAILED, reached_buyer=eur("45.90"))


def test_all_that_reached_the_buyer_is_told_in_one():
    another = reported(**ELSEWHERE | {"reference": "hub-2"})
    story = given(*SUBMITTED, reported(**ELSEWHERE), reported(ReportRefundSettled), another)
    story.stands(Status.CLOSED, Outcome.REFUNDED, refunded=eur("45.90"), reached_buyer=eur("137.70"))


@pytest.mark.parametrize(("elsewhere", "in_all"), [("10.00", "45.90"), ("45.90", "45.90"), ("50.00", "50.00")])
def test_what_support_records_as_paid_otherwise_may_be_what_reached_him_before(elsewhere, in_all):
    beside = reported(ReportRefundElsewhere, amount=eur(elsewhere), reference="hub-1")
    story = given(*SUBMITTED, beside, reported(ReportRefundAttemptFailed)).when(RecordPaidOtherwise(reference="hub-1"))
    story.stands(Status.CLOSED, Outcome.REFUNDED, refunded=eur("45.90"), reached_buyer=eur(in_all))


def test_a_refund_made_elsewhere_after_the_end_is_recorded():
    rejected = done(Reject(code=RejectionCode.NOT_COVERED, text="No."))
    story = given(opened(), rejected, silence()).when_reported(**ELSEWHERE).then(OutsideRefundRecorded)
    story.stands(Status.CLOSED, Outcome.REJECTED, refunds_made=1)


@pytest.mark.parametrize(
    ("amount", "rule"),
    [
        (Money(minor=4590, currency="USD"), "currency_mismatch"),
        (Money(minor=0, currency="EUR"), "amount_too_small"),
        (Money(minor=-1, currency="EUR"), "amount_too_small"),
    ],
)
def test_only_an_amount_that_cannot_be_is_refused_of_a_fact(amount, rule):
    given(opened()).when_reported(ReportRefundElsewhere, amount=amount, reference="hub-1").then_refused(
        RuleBroken, rule
    )
