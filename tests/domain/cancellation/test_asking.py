"""The buyer may ask until the later of 24 hours after purchase and the label's printing, always before shipment."""

import pytest

from domain.cancellation.commands import DeclineCancellation, RequestCancellation, WithdrawCancellation
from domain.cancellation.events import CancellationRequested
from domain.deadline import DeadlineKind
from domain.messages import Personal
from domain.order.reports import ReportOrderAccepted
from domain.payout import ReportChargeback, ReportChargebackReversed, ReportRefundElsewhere
from domain.refusals import NotAllowedNow, NotYourMove, RuleBroken, Unknown
from domain.vocabulary import CancellationStatus
from tests.domain.cancellation.stage import asked, given, unsent_line
from tests.dsl import done, reported, silence
from tests.trade import BUYER, MARKETPLACE, SELLER, SUPPORT, berlin, eur, policy

ASK = RequestCancellation(line_id="o-1-1")
NEXT_DAY = "2026-03-03 10:00"
"""24 hours after the purchase."""


def asks(at="2026-03-02 12:00", by=BUYER, history=(), **world):
    return given(*history, **world).at(at).when(ASK, by=by)


def test_a_request_waits_48_hours_for_the_seller_weekends_included():
    story = asks(at="2026-03-06 18:00").then(CancellationRequested)
    story.stands(CancellationStatus.AWAITING_SELLER)
    story.due("2026-03-08 18:00", DeadlineKind.CANCELLATION_ANSWER)
    deadline = story.case.deadline
    assert deadline.explanation == "48 hours from Fri 2026-03-06 18:00"
    assert all(berlin("2026-03-06 18:00") < moment < deadline.due_at for moment in deadline.remind_at)


def test_reminders_of_a_weekend_stay_away():
    assert asks(at="2026-03-07 00:00").case.deadline.remind_at == ()
    assert asks(at="2026-03-04 18:00").case.deadline.remind_at == (
        berlin("2026-03-05 18:00"),
        berlin("2026-03-06 14:00"),
    )


def test_what_the_buyer_writes_is_his_personal_data():
    story = given(asked(text="I bought it twice."))
    assert story.events[0].text == Personal(person="buyer:b-1", text="I bought it twice.")
    assert story.events[0].line == unsent_line()


@pytest.mark.parametrize(
    ("label", "at"),
    [
        (None, "2026-03-02 10:00"),
        (None, "2026-03-20 10:00"),  # no label yet: still open
        ("2026-03-02 11:00", "2026-03-03 09:59"),  # label printed, 24 hours not over
        ("2026-03-05 11:00", "2026-03-05 10:59"),  # 24 hours over, label printed later
    ],
)
def test_he_asks_in_time(label, at):
    asks(at, line=unsent_line(label_printed_at=label and berlin(label))).then(CancellationRequested)


@pytest.mark.parametrize(
    ("label", "at", "end"),
    [
        ("2026-03-02 11:00", NEXT_DAY, NEXT_DAY),  # the first instant after 24 hours
        ("2026-03-02 11:00", "2026-03-05 12:00", NEXT_DAY),
        ("2026-03-05 11:00", "2026-03-05 11:00", "2026-03-05 11:00"),  # the instant of printing
    ],
)
def test_he_asks_too_late(label, at, end):
    story = asks(at, line=unsent_line(label_printed_at=berlin(label)))
    story.then_refused(RuleBroken, "cancellation_window_closed", window_ended_at=berlin(end).isoformat())


@pytest.mark.parametrize("scan", ["shipped_at", "delivered_at"])
def test_never_after_shipment(scan):
    story = asks(line=unsent_line(**{scan: berlin("2026-03-02 11:30")}))
    story.then_refused(RuleBroken, "already_shipped", shipped_at=berlin("2026-03-02 11:30").isoformat())


def test_the_policy_sets_both_windows():
    longer = policy(cancellation={"request_until": "3d", "seller_answer": "24h"})
    line = unsent_line(label_printed_at=berlin("2026-03-02 11:00"))
    asks("2026-03-05 09:59", policy=longer, line=line).due("2026-03-06 09:59")


def test_only_the_lines_buyer_or_support_for_him_may_ask():
    stranger = BUYER.model_copy(update={"id": "b-9"})
    asks(by=stranger).then_refused(Unknown, "unknown_order_line")
    asks(by=SELLER).then_refused(NotYourMove, "not_your_move")
    asks(by=MARKETPLACE).then_refused(NotYourMove, "not_your_move")
    asks(by=SUPPORT).then(CancellationRequested)


def test_not_while_a_refund_case_is_active_or_after_the_money_went_back():
    asks(case_active=True).then_refused(NotAllowedNow, "active_case")
    asks(paid_back=True).then_refused(RuleBroken, "already_paid_back")


def test_not_for_a_line_that_is_cancelled():
    asks(line=unsent_line(cancelled=True)).then_refused(RuleBroken, "line_cancelled")


def test_one_request_at_a_time():
    asks(history=(asked(),)).then_refused(NotAllowedNow, "open_cancellation")


@pytest.mark.parametrize(
    "ending",
    [done(DeclineCancellation(), by=SELLER), silence(), reported(ReportOrderAccepted)],
    ids=["declined", "silence", "shipped"],
)
def test_a_decline_of_any_kind_is_final(ending):
    story = asks("2026-03-05 12:00", history=(asked(), ending))
    story.then_refused(RuleBroken, "already_declined")


def test_after_a_withdrawal_he_may_ask_again():
    story = asks(history=(asked(), done(WithdrawCancellation(), by=BUYER)))
    assert story.then(CancellationRequested).events[0].attempt == 2


@pytest.mark.parametrize(
    "ending",
    [
        reported(ReportChargeback, reference="cb-1"),
        reported(ReportRefundElsewhere, amount=eur("45.90"), reference="hub-1"),
    ],
    ids=["chargeback", "refunded elsewhere"],
)
def test_not_once_he_has_his_money_in_another_way(ending):
    asks(history=(asked(), ending)).then_refused(RuleBroken, "already_paid_back")


def test_not_while_a_chargeback_is_open_even_if_it_came_after_the_end():
    withdrawn = (asked(), done(WithdrawCancellation(), by=BUYER), reported(ReportChargeback, reference="cb-1"))
    asks(history=withdrawn).then_refused(RuleBroken, "already_paid_back")
    won = reported(ReportChargebackReversed, reference="cb-1")
    asks(history=(*withdrawn, won)).then(CancellationRequested)
