"""What must always hold is looked at in production too: a fault that stays is told, one that passes is not."""

import pytest
import sqlalchemy as sa

from domain.refund.commands import ApproveWithoutReturn
from projections.buyer_requests import BuyerRequests
from projections.deadlines import Deadlines, deadline
from projections.engine import Engine
from projections.ledger import Ledger
from projections.ledger.tables import entry
from projections.openings import Openings
from projections.outbox import Outbox, outbox
from scheduler.upkeep import HELD_UP, OVERDUE, Upkeep
from store.reader import LogReader
from tests.service import SELLER


@pytest.fixture
def upkeep(house):
    openings = Openings()
    views = [Deadlines(openings), Outbox(), BuyerRequests(openings), Ledger(openings)]
    house.views = Engine(house.engine, LogReader(house.engine), views)
    return Upkeep(house.engine, LogReader(house.engine), house.clock)


@pytest.fixture
def cases(house, upkeep):
    """One case that waits for its seller, one that is refunded."""
    waiting, paid = house.asked(2)
    house.handle(paid, ApproveWithoutReturn(), SELLER)
    house.views.catch_up()
    return waiting, paid


def told(upkeep):
    for _ in range(2):
        upkeep.run()
    return [(fault.invariant, fault.sentence) for fault in upkeep.faults]


def meddle(house, statement):
    with house.engine.begin() as conn:
        conn.execute(statement)


def test_where_all_is_well_nothing_is_told(house, upkeep, cases):
    assert told(upkeep) == []
    house.carry()
    house.settle()
    house.sweep()
    assert told(upkeep) == []


def test_a_waiting_case_without_its_deadline_is_told_with_its_status(house, upkeep, cases, caplog):
    meddle(house, sa.delete(deadline))
    rule, sentence = "each_wait_has_its_one_deadline", f"{cases[0]} is awaiting_seller and has not its deadline"
    assert told(upkeep) == [(rule, sentence)]
    assert caplog.text.count(sentence) == 1
    upkeep.run()
    assert caplog.text.count(sentence) == 1, "it is logged when it is new"


def test_a_case_that_waits_for_nobody_but_has_a_deadline_is_told(house, upkeep, cases):
    meddle(house, sa.update(deadline).values(stream_id=cases[1]))
    assert (
        "each_wait_has_its_one_deadline",
        f"{cases[1]} is refund_pending and has a deadline",
    ) in told(upkeep)


def test_a_fault_that_has_passed_by_the_next_look_is_not_told(house, upkeep, cases):
    meddle(house, sa.update(deadline).values(stream_id=cases[1]))
    upkeep.run()
    assert upkeep.faults == [], "views are a moment apart"
    meddle(house, sa.update(deadline).values(stream_id=cases[0]))
    upkeep.run()
    assert upkeep.faults == []


def test_a_deadline_that_nobody_keeps_is_told(house, upkeep, cases):
    house.now = house.case(cases[0]).deadline.due_at + OVERDUE
    assert [rule for rule, _ in told(upkeep)] == ["what_must_leave_leaves"]
    house.later(seconds=1)
    assert "deadlines_are_kept" in [rule for rule, _ in told(upkeep)]


def test_a_refund_that_nobody_was_asked_for_is_told(house, upkeep, cases):
    meddle(house, sa.delete(outbox))
    assert told(upkeep) == [("each_refund_due_is_on_its_way", f"nobody was asked to refund {cases[1]}")]


def test_a_job_that_waits_for_long_is_told(house, upkeep, cases):
    house.now += HELD_UP
    assert told(upkeep) == []
    house.later(minutes=1)
    assert [rule for rule, _ in told(upkeep)] == ["what_must_leave_leaves"]


def test_books_that_do_not_balance_or_say_else_than_the_log_are_told(house, upkeep, cases):
    meddle(house, sa.update(entry).where(entry.c.account == "seller").values(amount_minor=entry.c.amount_minor - 1))
    rules = {rule for rule, _ in told(upkeep)}
    assert rules == {"each_posting_sums_to_zero", "balances_run_on", "ledger_says_what_the_log_says"}


def test_what_was_mended_is_no_longer_told(house, upkeep, cases):
    meddle(house, sa.update(entry).values(amount_minor=entry.c.amount_minor - 1))
    assert told(upkeep)
    meddle(house, sa.update(entry).values(amount_minor=entry.c.amount_minor + 1))
    assert told(upkeep) == []
