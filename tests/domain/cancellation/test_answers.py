"""The seller answers as he likes; silence and shipment let the sale stand (SPEC §4)."""

import pytest

from domain.cancellation import events as e
from domain.cancellation.actions import available_actions, possible_now
from domain.cancellation.commands import AcceptCancellation, DeclineCancellation, WithdrawCancellation
from domain.messages import Personal
from domain.order.reports import ReportOrderAccepted
from domain.payout import ReportRefundElsewhere
from domain.refusals import DeadlinePassed, NotAllowedNow, NotYourMove
from domain.vocabulary import CancellationOutcome, CancellationStatus
from tests.domain.cancellation.stage import asked, given, unsent_line
from tests.dsl import done, reported
from tests.trade import AUDITOR, BUYER, SELLER, SUPPORT, berlin, eur

CLOSED, DECLINED = CancellationStatus.CLOSED, CancellationOutcome.DECLINED
DUE = "2026-03-04 12:00"


def may(story, actor):
    return possible_now(story.case, story.stage.context(actor))


def test_acceptance_makes_everything_paid_due():
    line = unsent_line(tax=eur("7.31"))
    story = given(asked(), line=line).when(AcceptCancellation(), by=SELLER)
    story.then(e.CancellationAccepted, refund=eur("53.21"), deadline=None)
    story.stands(CancellationStatus.REFUND_PENDING, is_granted=True)


def test_acceptance_of_what_cost_nothing_ends_at_once():
    free = unsent_line(price=eur("0.00"), shipping=eur("0.00"))
    story = given(asked(), line=free).when(AcceptCancellation(), by=SELLER)
    story.then(e.UnpaidCancellationAccepted, refund=None, posting=None)
    story.stands(CLOSED, CancellationOutcome.ACCEPTED, is_granted=True)


def test_a_decline_needs_no_reason_but_may_have_one():
    given(asked()).when(DeclineCancellation(), by=SELLER).then(e.CancellationDeclined, text=None).stands(
        CLOSED, DECLINED
    )
    story = given(asked()).when(DeclineCancellation(text="Packed already."), by=SELLER)
    assert story.events[0].text == Personal(person="seller:s-1", text="Packed already.")


def test_silence_declines():
    story = given(asked()).when_nobody_acts().then(e.CancellationLapsed, posting=None)
    story.stands(CLOSED, DECLINED, closed_at=berlin(DUE))


def test_shipment_declines():
    story = given(asked()).at("2026-03-03 09:00").when_reported(ReportOrderAccepted, dated="2026-03-03 08:00")
    story.then(e.ShippedInstead, happened_at=berlin("2026-03-03 08:00")).stands(CLOSED, DECLINED)


def test_the_buyer_may_take_it_back():
    given(asked()).when(WithdrawCancellation(), by=BUYER).then(e.CancellationWithdrawn).stands(
        CLOSED, CancellationOutcome.WITHDRAWN
    )


@pytest.mark.parametrize("command", [AcceptCancellation(), DeclineCancellation()], ids=["accept", "decline"])
def test_an_answer_counts_until_the_last_instant_and_not_at_it(command):
    assert given(asked()).at("2026-03-04 11:59").when(command, by=SELLER).refusal is None
    story = given(asked()).at(DUE).when(command, by=SELLER)
    story.then_refused(DeadlinePassed, "deadline_passed", due_at=berlin(DUE).isoformat(), status=CLOSED)
    assert [type(event) for event, _, _ in story.stage.histories[0]] == [e.CancellationRequested, e.CancellationLapsed]


def test_a_scan_dated_before_the_end_precedes_the_silence():
    story = given(asked()).at("2026-03-05 12:00").when_reported(ReportOrderAccepted, dated="2026-03-04 11:59")
    story.then(e.ShippedInstead).stands(CLOSED, DECLINED)


def test_a_scan_dated_at_the_end_comes_after_it_and_is_recorded():
    story = given(asked()).at("2026-03-05 12:00").when_reported(ReportOrderAccepted, dated=DUE)
    story.then(e.CancellationLapsed, e.OutsideFactRecorded, fact="ReportOrderAccepted").stands(CLOSED, DECLINED)


def test_an_order_shipped_although_its_sale_was_cancelled_is_an_alarm():
    story = given(asked(), done(AcceptCancellation(), by=SELLER)).when_reported(ReportOrderAccepted)
    story.then(e.ShippedAlthoughCancelled).stands(CancellationStatus.REFUND_PENDING)


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (AcceptCancellation(), BUYER),
        (AcceptCancellation(), SUPPORT),
        (DeclineCancellation(), BUYER),
        (WithdrawCancellation(), SELLER),
    ],
)
def test_each_answer_is_one_partys(command, actor):
    given(asked()).when(command, by=actor).then_refused(NotYourMove, "not_your_move")
    given(asked()).at(DUE).when(command, by=actor).then_refused(NotYourMove, "not_your_move")


@pytest.mark.parametrize("command", [AcceptCancellation(), DeclineCancellation()], ids=["accept", "decline"])
def test_an_answer_is_given_once(command):
    story = given(asked(), done(DeclineCancellation(), by=SELLER)).when(command, by=SELLER)
    story.then_refused(NotAllowedNow, "not_in_this_status", status=CLOSED).saying("while the request is closed")
    assert story.refusal.possible == ()


def test_each_party_sees_what_it_may_do():
    story = given(asked())
    assert may(story, SELLER) == ["accept-cancellation", "decline-cancellation"]
    assert may(story, BUYER) == ["withdraw-cancellation"]
    assert may(story, SUPPORT) == may(story, AUDITOR) == []
    assert may(story.at(DUE), SELLER) == []


def test_and_what_it_costs_the_seller():
    story = given(asked(), line=unsent_line(commission=eur("4.00")))
    actions = {action.name: action.cost for action in available_actions(story.case, story.stage.context(SELLER))}
    assert actions["accept-cancellation"].seller == eur("41.90")
    assert actions["decline-cancellation"].seller == eur("0.00")
    (withdraw,) = available_actions(story.case, story.stage.context(BUYER))
    assert withdraw.cost is None


def test_accepting_a_sale_that_brought_nothing_costs_nothing():
    story = given(asked(), line=unsent_line(price=eur("0.00"), shipping=eur("0.00")))
    assert available_actions(story.case, story.stage.context(SELLER))[0].cost.seller == eur("0.00")


def test_the_sale_has_ended_once_it_is_cancelled_or_paid_back():
    paid_back = reported(ReportRefundElsewhere, amount=eur("45.90"), reference="hub-1")
    assert given(asked(), done(AcceptCancellation(), by=SELLER)).case.ends_the_sale
    assert given(asked(), paid_back).case.ends_the_sale
    assert not given(asked(), done(DeclineCancellation(), by=SELLER)).case.ends_the_sale
    assert not given(asked(), done(WithdrawCancellation(), by=BUYER)).case.ends_the_sale


def test_a_late_timer_and_a_repeated_one_do_nothing():
    story = given(asked(), reported(ReportOrderAccepted, at="2026-03-03 09:00"))
    assert story.stage.let_pass(berlin("2026-03-09 09:00")) == []
