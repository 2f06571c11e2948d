"""A line is reported again and again, and what was opened on it is remembered."""

from functools import reduce
from uuid import UUID

import pytest

from domain.money import Money
from domain.order.events import (
    CancellationOpened,
    ChargebackReversed,
    OrderLineRecorded,
    OrderLineUpdated,
    PaymentChargedBack,
    RefundCaseOpened,
)
from domain.order.line import OrderLine, chargeback_told, evolve, is_news, record
from domain.payout import ReportChargeback, ReportChargebackReversed
from domain.refund.events import RequestWithdrawn
from domain.refusals import RuleBroken
from domain.vocabulary import Status
from tests.trade import berlin, eur, order_line

CASE, CANCELLATION = UUID(int=1), UUID(int=2)


def told(*events):
    """The line after these events."""
    return reduce(lambda line, event: evolve(event, line), events, None)


def test_the_first_report_records_the_line():
    facts = order_line()
    assert record(None, facts) == [OrderLineRecorded(facts=facts)]
    assert told(OrderLineRecorded(facts=facts)) == OrderLine(facts=facts)


def test_the_same_report_again_changes_nothing():
    assert record(told(OrderLineRecorded(facts=order_line())), order_line()) == []


def test_other_facts_replace_the_known_ones():
    line = told(OrderLineRecorded(facts=order_line(delivered_at=None)))
    assert record(line, order_line()) == [OrderLineUpdated(facts=order_line())]
    assert evolve(OrderLineUpdated(facts=order_line()), line).facts == order_line()


@pytest.mark.parametrize("name", ["order_id", "buyer_id", "seller_id"])
def test_a_line_never_changes_hands(name):
    line = OrderLine(facts=order_line())
    with pytest.raises(RuleBroken) as refusal:
        record(line, order_line(**{name: "x-9"}))
    assert refusal.value.rule == "order_line_keeps_its_parties"
    assert refusal.value.facts == {"field": name, "known": getattr(line.facts, name), "reported": "x-9"}


def test_a_line_never_changes_its_currency():
    yen = {name: Money(minor=1, currency="JPY") for name in ("price", "shipping", "tax")}
    with pytest.raises(RuleBroken, match="line o-1-1 is in EUR, not JPY"):
        record(OrderLine(facts=order_line()), order_line(**yen))


def test_a_line_remembers_what_was_opened_on_it_when_it_is_reported_again():
    line = told(
        OrderLineRecorded(facts=order_line()),
        RefundCaseOpened(case_id=CASE, attempt=1),
        CancellationOpened(cancellation_id=CANCELLATION, attempt=1),
        OrderLineUpdated(facts=order_line(price=eur("41.00"))),
    )
    assert line == OrderLine(facts=order_line(price=eur("41.00")), cases=(CASE,), cancellations=(CANCELLATION,))


def test_events_of_no_meaning_for_a_line_leave_it_as_it_was():
    line = OrderLine(facts=order_line())
    assert evolve(RequestWithdrawn(status=Status.CLOSED), line) is line
    assert evolve(RefundCaseOpened(case_id=CASE, attempt=1), None) is None
    assert evolve(OrderLineUpdated(facts=order_line()), None) == line


def test_a_report_with_another_offset_of_the_same_moment_is_the_same_report():
    line = OrderLine(facts=order_line())
    assert record(line, order_line(purchased_at=berlin("2026-03-02 10:00").isoformat())) == []


def after(*facts):
    """The line after what the bank told."""
    line = OrderLine(facts=order_line())
    for kind, reference in facts:
        for event in chargeback_told(line, kind(happened_at=berlin("2026-03-09 10:00"), reference=reference)):
            line = evolve(event, line)
    return line


OPENED, WON = ReportChargeback, ReportChargebackReversed


@pytest.mark.parametrize(
    ("facts", "is_open"),
    [
        ([], False),
        ([(OPENED, "dp-1")], True),
        ([(OPENED, "dp-1"), (WON, "dp-1")], False),
        ([(WON, "dp-1"), (OPENED, "dp-1")], False),
        ([(OPENED, "dp-1"), (OPENED, "dp-2"), (WON, "dp-1")], True),
        ([(OPENED, "dp-1"), (WON, "dp-9")], True),
    ],
    ids=["none", "open", "won", "won first", "two", "another"],
)
def test_a_chargeback_is_open_as_long_as_one_of_its_disputes_is_not_won(facts, is_open):
    assert after(*facts).has_chargeback is is_open
    assert after(*facts, *facts) == after(*facts)


@pytest.mark.parametrize(
    ("before", "fact", "news"),
    [
        ([], (OPENED, "dp-1"), True),
        ([(OPENED, "dp-1")], (OPENED, "dp-2"), False),
        ([(WON, "dp-1")], (OPENED, "dp-1"), False),
        ([(OPENED, "dp-1")], (WON, "dp-1"), True),
        ([(OPENED, "dp-1"), (OPENED, "dp-2")], (WON, "dp-1"), False),
    ],
    ids=["first", "another", "won before", "won", "one of two"],
)
def test_cases_hear_of_the_first_dispute_and_of_the_last_one_won(before, fact, news):
    kind, reference = fact
    told = kind(happened_at=berlin("2026-03-09 10:00"), reference=reference)
    assert is_news(told, after(*before), after(*before, fact)) is news


def test_a_dispute_told_twice_is_recorded_once():
    line = after((OPENED, "dp-1"), (WON, "dp-1"))
    for kind in (OPENED, WON):
        assert chargeback_told(line, kind(happened_at=berlin("2026-03-10 10:00"), reference="dp-1")) == []
    assert evolve(PaymentChargedBack(reference="dp-1"), None) is None
    assert evolve(ChargebackReversed(reference="dp-1"), None) is None
