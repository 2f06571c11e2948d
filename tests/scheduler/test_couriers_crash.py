"""A courier may vanish at any point: nothing is lost, and nothing happens twice (DESIGN §5)."""

from datetime import timedelta
from threading import Barrier, Event

import pytest

from domain.refund.commands import ApproveWithoutReturn
from domain.vocabulary import RefundState
from projections import dispatching
from projections.outbox import JobKind, Outbox
from projections.rebuild import rebuild
from scheduler.courier import Courier, Limits, Outcome
from scheduler.ports.trouble import NoAnswer
from scheduler.refunds import SubmitRefund
from store.engine import connect
from store.failures import ClockFast
from store.reader import LogReader
from tests.service import SELLER

LEASE = SubmitRefund.limits.lease


class Vanished(BaseException):
    """What a kill is to a thread: nothing after it runs."""


class Before:
    """Vanishes with the order in hand."""

    def __init__(self, payments):
        self.payments = payments

    def refund(self, order):
        raise Vanished


class After(Before):
    """Vanishes with the answer in hand."""

    def refund(self, order):
        self.payments.refund(order)
        raise Vanished


class Telling(SubmitRefund):
    """Vanishes once the case was told."""

    def carry_out(self, job):
        super().carry_out(job)
        raise Vanished


@pytest.fixture
def owner(database_url):
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()


@pytest.fixture
def case_id(house):
    house.sold()
    case_id = house.submit()
    house.handle(case_id, ApproveWithoutReturn(), SELLER)
    return case_id


def was_refunded_once(house, case_id):
    submissions = house.topics(case_id).count("refund.submitted.v1")
    return (submissions, len(house.refunds_taken()), len(house.waiting()), len(house.dispatched())) == (1, 1, 0, 1)


@pytest.mark.parametrize("vanishing", [Before, After])
def test_a_courier_that_vanishes_at_the_provider_is_followed_by_another(house, case_id, vanishing):
    house.carry(house.courier(payments=vanishing(house.payments)))
    assert house.case(case_id).refund is RefundState.REQUESTED
    successor = house.courier()
    house.carry(successor)
    assert house.case(case_id).refund is RefundState.REQUESTED, "the job is still the first one's"
    house.now += LEASE
    house.carry(successor)
    assert was_refunded_once(house, case_id)


def test_a_courier_that_vanishes_after_telling_the_case_is_followed_by_another(house, case_id):
    telling = Telling(house.door, house.payments, house.reports)
    house.carry(Courier(house.engine, [telling], clock=house.clock, retries=house.retries))
    house.now += LEASE
    house.carry()
    assert was_refunded_once(house, case_id)
    assert [row.attempts for row in house.dispatched()] == [2]


def test_a_rebuild_does_not_send_again_what_has_left(house, case_id):
    house.carry()
    house.rebuild_outbox()
    house.carry()
    assert was_refunded_once(house, case_id)


def test_a_job_that_a_rebuild_brought_back_while_it_was_done_is_dropped(house, case_id):
    carried_out = []

    class Noting(SubmitRefund):
        def carry_out(self, job):
            carried_out.append(job.id)
            return super().carry_out(job)

    noting = Noting(house.door, house.payments, house.reports)
    courier = Courier(house.engine, [noting], clock=house.clock, retries=house.retries)
    house.views.catch_up()
    (job,) = house.waiting()
    house.carry(courier)
    house.put_back(job)
    house.carry(courier)
    assert carried_out == [job.job_id]
    assert was_refunded_once(house, case_id)


def test_what_was_done_while_the_machine_s_clock_turned_fast_is_not_done_again(house, case_id):
    fast = Event()

    class Jumping:
        def refund(self, order):
            fast.set()
            return house.payments.refund(order)

    def clock():
        if fast.is_set():
            raise ClockFast("this machine's clock is 600.0 s ahead of the database's")
        return house.now

    refunds = SubmitRefund(house.door, Jumping(), house.reports)
    house.carry(Courier(house.engine, [refunds], clock=clock, retries=house.retries))
    assert was_refunded_once(house, case_id)


def test_a_job_in_hand_stays_its_courier_s_alone_while_the_outbox_is_rebuilt(house, case_id, owner):
    asked, go_on = [], Event()

    class Slow:
        def refund(self, order):
            asked.append(order)
            go_on.wait(60)
            return house.payments.refund(order)

    first, second = house.courier(payments=Slow()), house.courier(payments=Slow())
    house.views.catch_up()
    first.sweep()
    rebuild(owner, LogReader(house.engine), Outbox())
    second.sweep()
    go_on.set()
    first.finish()
    second.finish()
    assert len(asked) == 1
    assert was_refunded_once(house, case_id)


def test_a_rebuild_keeps_when_a_failed_job_is_tried_again_and_why(house, case_id, owner):
    class Silent:
        def refund(self, order):
            raise NoAnswer("nobody is there")

    house.carry(house.courier(payments=Silent()))
    before = house.waiting()
    rebuild(owner, LogReader(house.engine), Outbox())
    assert house.waiting() == before
    assert [(job.attempts, job.failure) for job in before] == [(1, "nobody is there")]


def test_two_couriers_that_both_hold_a_job_pay_once(house, case_id):
    both = Barrier(2)

    class Slow:
        def refund(self, order):
            both.wait(60)
            return house.payments.refund(order)

    first, second = house.courier(payments=Slow()), house.courier(payments=Slow())
    house.views.catch_up()
    first.sweep()
    house.now += LEASE
    second.sweep()
    first.finish()
    second.finish()
    assert was_refunded_once(house, case_id)


def test_a_dead_receiver_blocks_no_other(house):
    for case_id in house.asked(6):
        house.handle(case_id, ApproveWithoutReturn(), SELLER)
    house.return_approved(line_id="o-9-9", order_id="o-9")
    gave_up_waiting, issued = Event(), Event()

    class Dead:
        def refund(self, order):
            gave_up_waiting.wait(60)
            raise NoAnswer("timed out", retry_after=timedelta(minutes=5))

    class Alive:
        def issue(self, order):
            issued.set()
            return house.carrier.issue(order)

    house.views.catch_up()
    courier = house.courier(payments=Dead(), carriers=Alive())
    courier.sweep()
    assert issued.wait(60)
    gave_up_waiting.set()
    courier.finish()
    (depth,) = house.outbox_depth()
    assert (depth.kind, depth.waiting, depth.failing, depth.failure) == ("submit_refund", 6, 6, "timed out")
    assert {row.claim_at for row in house.waiting()} == {house.now + timedelta(minutes=5)}


def test_no_more_is_claimed_than_there_are_hands_for_though_the_server_expects_an_empty_outbox(house, owner):
    """As it mostly is: a plan made for it may look for what is due once for each job that waits."""
    first, *others = house.asked(11)
    house.handle(first, ApproveWithoutReturn(), SELLER)
    house.carry()
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("analyze views.outbox")
    for case in others:
        house.handle(case, ApproveWithoutReturn(), SELLER)
    house.views.catch_up()
    with house.engine.begin() as conn:
        claimed = dispatching.claim(conn, JobKind.SUBMIT_REFUND, house.now, house.now + LEASE, 3)
    assert len(claimed) == 3


def test_an_error_of_our_own_is_put_off_and_shown(house, case_id, caplog):
    class Broken:
        def refund(self, order):
            raise ZeroDivisionError("a fault of the program")

    house.carry(house.courier(payments=Broken()))
    (depth,) = house.outbox_depth()
    assert (depth.waiting, depth.failing, depth.failure) == (1, 1, "ZeroDivisionError: a fault of the program")
    assert "a fault of the program" in caplog.text


def test_what_is_kept_of_a_long_sentence_is_its_beginning(house, case_id):
    class Talkative:
        def refund(self, order):
            raise NoAnswer("so it goes on, " * 100)

    house.carry(house.courier(payments=Talkative()))
    (depth,) = house.outbox_depth()
    assert depth.failure == ("so it goes on, " * 100)[:500]


def test_a_courier_that_cannot_note_one_job_goes_on_with_the_next(house, monkeypatch):
    for case_id in house.asked(3):
        house.handle(case_id, ApproveWithoutReturn(), SELLER)
    carried_out, fails, note = [], iter([True]), dispatching.note_dispatched

    class Alone:
        kind, limits = JobKind.SUBMIT_REFUND, Limits(at_once=1)

        def carry_out(self, job):
            carried_out.append(job.id)
            return Outcome.DONE

    def noted(*done):
        if next(fails, False):
            raise ZeroDivisionError("a fault of the program")
        note(*done)

    monkeypatch.setattr(dispatching, "note_dispatched", noted)
    house.carry(Courier(house.engine, [Alone()], clock=house.clock, retries=house.retries))
    assert len(set(carried_out)) == 3
    assert [job.job_id for job in house.waiting()] == carried_out[:1], "it comes back when its lease ends"


def test_a_courier_that_is_closed_finishes_what_it_has_in_hand_and_claims_no_more(house):
    for case_id in house.asked(5):
        house.handle(case_id, ApproveWithoutReturn(), SELLER)
    closed = Event()

    class Slow:
        def refund(self, order):
            closed.wait(60)
            return house.payments.refund(order)

    house.views.catch_up()
    courier = house.courier(payments=Slow())
    courier.sweep()
    courier.close()
    closed.set()
    courier.finish()
    assert len(house.refunds_taken()) == SubmitRefund.limits.at_once
    assert len(house.waiting()) == 1
    courier.sweep()
    assert len(house.waiting()) == 1
