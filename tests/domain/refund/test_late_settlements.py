"""A refund that settles late, after it failed or was given up: the buyer is never paid twice for that (SPEC §5)."""

import pytest

from domain.actors import Role
from domain.beside import Beside
from domain.notice import Notice
from domain.refund.commands import (
    Deny,
    PayOutAgain,
    ReportChargeback,
    ReportRefundAttemptFailed,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
    ReportReturnDelivered,
    SettleInFull,
)
from domain.refund.events import (
    GivenUpRefundSettled,
    OutsideFactRecorded,
    RefundFailed,
    RefundSettled,
    RefundSupersededByChargeback,
    ReturnArrivedDuringReview,
    StrayRefundSettled,
    SupersededByChargeback,
)
from domain.refund.notices import notices
from domain.refusals import NotAllowedNow
from domain.vocabulary import Outcome, RefundState, Status
from tests.domain.refund_money.books import (
    GIVEN_UP,
    LABEL_ISSUED,
    SCANNED,
    TAKEN_OVER,
    books,
    granted,
    granted_in_part,
    granted_on_return,
)
from tests.dsl import done, given, opened, reported, silence
from tests.trade import eur

FULL_GIVEN_UP = (opened(), TAKEN_OVER, granted(), *GIVEN_UP)
PART_GIVEN_UP = (opened(), TAKEN_OVER, granted_in_part("12.00"), *GIVEN_UP)
FAILED = (opened(), TAKEN_OVER, granted(), reported(ReportRefundFailed))
AGAIN = (*FAILED, done(PayOutAgain()))
ON_ITS_WAY = (granted_on_return(), LABEL_ISSUED, SCANNED)
ENDED_BY_CHARGEBACK = (*FAILED, reported(ReportChargeback, reference="dp-1"))
BY_CHARGEBACK = (SupersededByChargeback, RefundSupersededByChargeback)
SUBMITTED_AGAIN = reported(ReportRefundSubmitted, reference="re-2")
at_any_step_of_the_second = pytest.mark.parametrize("submitted", [(), (SUBMITTED_AGAIN,)], ids=["waiting", "submitted"])


def test_an_attempt_that_failed_for_good_and_settled_after_all_ends_the_case():
    given(*FAILED).when_reported(ReportRefundSettled).then(RefundSettled).stands(Status.CLOSED, Outcome.REFUNDED)


@at_any_step_of_the_second
@pytest.mark.parametrize("failure", [ReportRefundAttemptFailed, ReportRefundFailed])
def test_an_earlier_attempt_that_settles_pays_the_buyer_and_no_third_is_asked_for(submitted, failure):
    story = given(*AGAIN, *submitted).when_reported(ReportRefundSettled, attempt=1).then(RefundSettled, attempt=1)
    story.when_reported(failure, attempt=2).then(OutsideFactRecorded)
    story.stands(Status.CLOSED, Outcome.REFUNDED, refunds_made=1, refunded=eur("45.90"))
    assert books(story) == {"seller": -4590, "payments": 4590}


@at_any_step_of_the_second
def test_two_attempts_that_both_settle_are_the_platforms_loss_and_an_alarm(submitted):
    story = given(*AGAIN, *submitted, reported(ReportRefundSettled, attempt=1))
    story.when_reported(ReportRefundSettled, attempt=2).then(StrayRefundSettled, attempt=2)
    story.stands(Status.CLOSED, Outcome.REFUNDED, refunds_made=2, refunded=eur("91.80"))
    assert books(story) == {"seller": -4590, "platform": -4590, "payments": 9180}
    assert notices(StrayRefundSettled(status=Status.CLOSED, attempt=1), before=Status.CLOSED, by=Role.PAYMENTS,
                   seller_takes_part=True) == (Notice(Role.SUPPORT, "paid_twice"),)  # fmt: skip


@pytest.mark.parametrize("since", [(), (granted_on_return(),), ON_ITS_WAY], ids=["with support", "returning", "sent"])
def test_what_settles_in_a_reopened_case_is_not_paid_again(since):
    story = given(*FULL_GIVEN_UP, *since).when_reported(ReportRefundSettled, attempt=1).then(StrayRefundSettled)
    story.stands(Status.SUPPORT_REVIEW, refund=RefundState.NONE, refunded=eur("45.90"))
    for grant in (granted(), granted_in_part("12.00"), granted_on_return(), done(SettleInFull())):
        with pytest.raises(NotAllowedNow, match="the buyer got no money in another way"):
            grant(story)
    story.when(Deny(grounds="He has it.")).stands(Status.CLOSED, Outcome.DENIED)
    assert (books(story)["payments"], story.case.seller_charged.minor) == (4590, 0)


def test_a_case_whose_refund_was_given_up_ends_unpaid_by_a_chargeback_alone(reached):
    """So a line takes requests again beside such a refund only where a chargeback was won."""
    ended = [stage for stage in reached if not (case := stage.case_at(0)).is_open and case.attempts]
    unpaid = [stage for stage in ended if not stage.case_at(0).refunds_made]
    assert unpaid
    for stage in unpaid:
        assert any(isinstance(event, BY_CHARGEBACK) for event, _, _ in stage.histories[0])


def test_what_counts_for_the_rest_of_the_line_is_noted_once_and_support_is_told():
    story = given(*ENDED_BY_CHARGEBACK, beside=Beside(taken=True)).when_reported(ReportRefundSettled)
    story.then(GivenUpRefundSettled, attempt=1).stands(Status.CLOSED, Outcome.SUPERSEDED_BY_CHARGEBACK, refunds_made=0)
    assert "payments" not in books(story)
    told = notices(GivenUpRefundSettled(status=Status.CLOSED, attempt=1), before=Status.CLOSED, by=Role.PAYMENTS,
                   seller_takes_part=True)  # fmt: skip
    assert told == (Notice(Role.SUPPORT, "settled_after_all"),)
    story.when_reported(ReportRefundSettled).then(OutsideFactRecorded)


def test_a_lost_parcel_that_turns_up_once_the_buyer_has_his_money_is_for_support_to_judge():
    story = given(*FULL_GIVEN_UP, *ON_ITS_WAY, silence(), reported(ReportRefundSettled, attempt=1))
    story.when_reported(ReportReturnDelivered).then(ReturnArrivedDuringReview)
    story.stands(Status.SUPPORT_REVIEW, refund=RefundState.NONE)


@at_any_step_of_the_second
def test_an_earlier_attempt_at_more_than_is_due_ends_the_case_and_the_rest_is_the_platforms_loss(submitted):
    story = given(*FULL_GIVEN_UP, granted_in_part("12.00"), *submitted).when_reported(ReportRefundSettled, attempt=1)
    story.then(RefundSettled).stands(Status.CLOSED, Outcome.PARTIALLY_REFUNDED, refunded=eur("45.90"))
    assert books(story) == {"seller": -1200, "platform": -3390, "payments": 4590}


@at_any_step_of_the_second
@pytest.mark.parametrize("failure", [ReportRefundAttemptFailed, ReportRefundFailed])
def test_an_earlier_attempt_at_less_than_is_due_is_a_loss_and_a_failure_beside_it_is_for_support(submitted, failure):
    story = given(*PART_GIVEN_UP, granted(), *submitted).when_reported(ReportRefundSettled, attempt=1)
    story.then(StrayRefundSettled).stands(Status.REFUND_PENDING, refunded=eur("12.00"))
    assert books(story) == {"seller": -4590, "buyer_refunds": 4590, "platform": -1200, "payments": 1200}
    story.when_reported(failure, attempt=2).then(RefundFailed).stands(Status.SUPPORT_REVIEW)
