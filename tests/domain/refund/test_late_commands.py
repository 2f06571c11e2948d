"""A person who comes too late loses to the timeout; facts and words do not (SPEC §4)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actors import CLOCK
from domain.deadline import DeadlineKind
from domain.refund.commands import (
    AcceptOffer,
    ApproveWithoutReturn,
    ApproveWithReturn,
    AskSupportIn,
    Expire,
    OfferPartialRefund,
    Reject,
    ReportChargeback,
    ReportReturnAccepted,
    SendMessage,
    TakeOver,
    Withdraw,
)
from domain.refund.decide import decide, overtake
from domain.refund.events import (
    MessageSent,
    OfferLapsedToReturn,
    RefundApproved,
    ReturnAccepted,
    ReturnNotShipped,
    SellerSilent,
)
from domain.refusals import DeadlinePassed, NotAllowedNow, NotYourMove
from domain.vocabulary import Outcome, RejectionCode, Status
from tests.dsl import done, given, opened, silence
from tests.trade import BUYER, SELLER, SUPPORT, berlin, eur, policy

INSTANT = timedelta(microseconds=1)
DUE = "2026-03-10 18:00"
OFFERED = (opened(), done(OfferPartialRefund(amount=eur("12.00"))))


def test_an_answer_the_instant_before_the_deadline_is_in_time():
    given(opened()).at(berlin(DUE) - INSTANT).when(ApproveWithoutReturn()).then(RefundApproved)


@pytest.mark.parametrize("moment", [DUE, "2026-03-10 18:05", "2026-03-20 18:00"])
def test_an_answer_at_the_deadline_or_later_loses_and_the_timeout_stands(moment):
    story = given(opened()).at(moment).when(ApproveWithoutReturn())
    story.then_refused(DeadlinePassed, "deadline_passed", due_at=berlin(DUE).isoformat(), status=Status.SUPPORT_REVIEW)
    story.stands(Status.SUPPORT_REVIEW)
    assert story.stage.histories[0][-1][1] == berlin(DUE)
    assert "settle-in-full" in story.refusal.possible


@pytest.mark.parametrize(("command", "actor"), [(Withdraw(), BUYER), (TakeOver(ground="Quarrel."), SUPPORT)])
def test_whoever_acts_the_timeout_comes_first(command, actor):
    given(opened()).at(DUE).when(command, by=actor).then_refused(DeadlinePassed).stands(Status.SUPPORT_REVIEW)


def test_words_are_never_too_late_but_a_closed_case_takes_none():
    given(opened()).at(DUE).when(SendMessage(text="Sorry."), by=SELLER).then(SellerSilent, MessageSent)
    rejected = done(Reject(code=RejectionCode.NOT_COVERED, text="No."))
    story = given(opened(), rejected).at("2026-03-20 09:00").when(SendMessage(text="Please."), by=BUYER)
    story.then_refused(NotAllowedNow, "not_in_this_status").stands(Status.CLOSED, Outcome.REJECTED)


def test_asking_support_in_is_a_word_too():
    story = given(opened()).at(DUE).when(AskSupportIn(), by=BUYER)
    story.then_refused(NotAllowedNow, "not_in_this_status")  # support has the case by now


@pytest.mark.parametrize("command", [
    ApproveWithReturn(), ReportChargeback(happened_at=berlin(DUE), reference="cb-1"),
])  # fmt: skip
def test_what_was_never_his_move_is_refused_as_such_however_late(command):
    given(opened()).at(DUE).when(command, by=BUYER).then_refused(NotYourMove, "not_your_move")


def test_overdue_deadlines_fire_one_after_the_other_each_at_its_time():
    story = given(*OFFERED).at("2026-04-01 09:00").when(AcceptOffer(amount=eur("12.00")))
    story.then_refused(DeadlinePassed, due_at=berlin(DUE).isoformat(), status=Status.CLOSED)
    told = [(type(event), at) for event, at, _ in story.stage.histories[0][2:]]
    assert told == [(OfferLapsedToReturn, berlin(DUE)), (ReturnNotShipped, berlin("2026-03-17 18:00"))]


def test_a_fact_is_decided_between_the_timeouts_before_and_after_it():
    story = given(*OFFERED).at("2026-03-20 09:00").when_reported(ReportReturnAccepted, dated="2026-03-16 10:00")
    story.then(OfferLapsedToReturn, ReturnAccepted).stands(Status.RETURN_IN_TRANSIT).due("2026-03-30 10:00")


def test_a_timer_that_rings_early_or_for_another_deadline_does_nothing():
    story = given(opened())
    context = replace(story.stage.context(CLOCK), now=berlin(DUE) - INSTANT)
    assert decide(story.case, Expire(due_at=berlin(DUE)), context) == []
    later = replace(context, now=berlin("2026-04-01 09:00"))
    assert decide(story.case, Expire(due_at=berlin("2026-03-10 17:00")), later) == []
    assert [type(event) for event in decide(story.case, Expire(due_at=berlin(DUE)), later)] == [SellerSilent]


def test_a_timer_that_rings_after_the_case_moved_on_does_nothing():
    story = given(opened(), done(ApproveWithReturn()))
    later = replace(story.stage.context(CLOCK), now=berlin(DUE))
    assert decide(story.case, Expire(due_at=berlin(DUE)), later) == []
    assert list(overtake(story.case, later)) == []


def test_a_timer_that_rings_where_nothing_runs_out_does_nothing():
    story = given(opened(), silence()).stands(Status.SUPPORT_REVIEW)
    assert decide(story.case, Expire(due_at=berlin(DUE)), story.stage.context(CLOCK)) == []


def test_a_policy_that_changes_never_moves_a_deadline_that_runs():
    story = given(opened())
    story.stage.policy = policy(windows={"seller_answer": "1bh", "offer_answer": "1bh"})
    story.when(SendMessage(text="Which colour?"), by=SELLER).due(DUE)
    story.at(berlin(DUE) - INSTANT).when(ApproveWithoutReturn()).then(RefundApproved)


@pytest.mark.parametrize(("asked_at", "kinds"), [
    ("2026-03-17 17:59", [DeadlineKind.OFFER_ANSWER]),
    ("2026-03-17 18:00", [DeadlineKind.OFFER_ANSWER, DeadlineKind.RETURN_SHIPPING]),
])  # fmt: skip
def test_a_window_that_began_by_a_timeout_may_itself_end_at_this_instant(asked_at, kinds):
    story = given(*OFFERED)
    story.stage.now = berlin(asked_at)
    assert [timeout.kind for timeout in overtake(story.case, story.stage.context(CLOCK))] == kinds
