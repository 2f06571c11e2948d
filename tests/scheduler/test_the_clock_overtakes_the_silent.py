"""Silence ends at ``due_at``, however late the sweep comes, and once, however many sweeps there are (SPEC §4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from structlog.contextvars import get_contextvars

from domain.refund.commands import ApproveWithoutReturn
from domain.vocabulary import Status
from projections import sweeping
from scheduler.clock import GLANCE
from store.failures import CommandInFlight, StreamMoved, Unavailable
from tests.scheduler.house import DUE
from tests.service import SELLER, berlin

SILENT = "refund.seller_silent.v1"


@pytest.fixture
def at_the_door(house, monkeypatch):
    """Let something else happen where cases are overtaken; calling the result ends that."""

    def put(overtake):
        monkeypatch.setattr(house.door, "overtake", overtake)
        return monkeypatch.undo

    return put


def overtaken_by(house, streams, conn):
    return type(house.door).overtake(house.door, streams, conn=conn)


def with_what_is_bound(record):
    record.bound = get_contextvars()
    return True


def test_a_silent_seller_is_overtaken_at_the_deadline_however_late_the_sweep_comes(house):
    (case,) = house.asked(1)
    house.at(DUE).later(hours=7)
    house.sweep()
    assert house.timeouts(case) == [(SILENT, berlin(DUE))]
    assert house.case(case).status is Status.SUPPORT_REVIEW


def test_an_instant_before_the_deadline_nobody_is_overtaken(house):
    (case,) = house.asked(1)
    house.at(DUE).later(microseconds=-1)
    house.sweep()
    assert house.timeouts(case) == []


def test_whoever_answered_in_time_is_not_overtaken(house):
    (case,) = house.asked(1)
    house.handle(case, ApproveWithoutReturn(), SELLER)
    house.at(DUE).later(days=1)
    house.sweep()
    assert house.timeouts(case) == []


def test_after_a_downtime_all_that_is_overdue_fires_at_once_in_due_order(house):
    cases = house.asked(130)
    seen = []
    house.later(days=30)
    house.sweep(house.sweeper(observe=seen.append))
    assert [event.originator_id for event in seen] == cases
    assert [event.occurred_at for event in seen] == sorted(event.occurred_at for event in seen)
    assert {event.cause.recorded_at for event in seen} == {house.now}


def test_a_sweep_tells_when_the_next_deadline_is_due(house):
    house.asked(2)
    house.at(DUE)
    assert house.sweep() == timedelta(minutes=1)
    house.later(minutes=1)
    assert house.sweep() is None


def test_sweeps_that_share_the_work_overtake_each_case_once(house):
    cases = house.asked(130)
    house.later(days=30).views.catch_up()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sweeper: sweeper.sweep(), [house.sweeper() for _ in range(4)]))
    house.sweep()
    assert [len(house.timeouts(case)) for case in cases] == [1] * 130


def test_a_sweep_that_is_cut_short_before_it_commits_loses_nothing(house, at_the_door):
    (case,) = house.asked(1)
    house.at(DUE).views.catch_up()

    def killed(streams, conn):
        overtaken_by(house, streams, conn)
        raise KeyboardInterrupt

    survive = at_the_door(killed)
    with pytest.raises(KeyboardInterrupt):
        house.sweeper().sweep()
    survive()
    assert house.timeouts(case) == []
    house.sweep()
    assert house.timeouts(case) == [(SILENT, berlin(DUE))]


def test_a_poisoned_case_is_set_aside_and_the_others_go_on(house, at_the_door, caplog):
    caplog.handler.addFilter(with_what_is_bound)
    first, poisoned, last = house.asked(3)
    house.later(days=30)

    def overtake(streams, conn):
        if poisoned in streams:
            raise ValueError("this case cannot be read")
        return overtaken_by(house, streams, conn)

    cure = at_the_door(overtake)
    sweeper = house.sweeper()
    house.sweep(sweeper)
    house.sweep(sweeper)
    assert [len(house.timeouts(case)) for case in (first, poisoned, last)] == [1, 0, 1]
    (aside,) = house.set_aside()
    assert (aside.stream_id, aside.attempts) == (poisoned, 1)
    assert house.retries.first / 2 <= aside.retry_at - house.now <= house.retries.first
    assert aside.failure == "ValueError: this case cannot be read"
    (error,) = [record for record in caplog.records if record.name == "scheduler.clock" and record.levelname == "ERROR"]
    assert error.bound == {"correlation_id": str(house.door.log.history(poisoned)[-1].cause.correlation_id)}

    cure()
    house.sweep(sweeper)
    assert house.timeouts(poisoned) == []
    house.now = aside.retry_at
    house.sweep(sweeper)
    assert len(house.timeouts(poisoned)) == 1
    assert house.set_aside() == []


@pytest.mark.parametrize("why", [StreamMoved, CommandInFlight])
def test_a_case_that_others_move_at_this_moment_is_taken_a_little_later(house, at_the_door, caplog, why):
    moved, other = house.asked(2)
    house.later(days=30)

    def overtake(streams, conn):
        if moved in streams:
            raise why("someone else was first")
        return overtaken_by(house, streams, conn)

    cease = at_the_door(overtake)
    house.sweep()
    assert [it.retry_at for it in house.set_aside()] == [house.now + house.retries.first]
    assert not [it for it in caplog.records if it.name == "scheduler.clock"], "it is nobody's fault"
    assert [len(house.timeouts(case)) for case in (moved, other)] == [0, 1]
    cease()
    house.later(seconds=1).sweep()
    assert len(house.timeouts(moved)) == 1


def test_a_database_that_goes_away_sets_no_case_aside(house, at_the_door):
    (case,) = house.asked(1)
    house.at(DUE)

    def away(_streams, conn):
        raise Unavailable("the server closed the connection")

    back = at_the_door(away)
    with pytest.raises(Unavailable):
        house.sweep()
    assert house.set_aside() == []
    back()
    house.sweep()
    assert house.timeouts(case) == [(SILENT, berlin(DUE))]


def test_a_sweep_that_cannot_even_take_what_is_due_fails(house, monkeypatch):
    def away(_conn, _now, _limit):
        raise Unavailable("the server closed the connection")

    house.asked(1)
    house.at(DUE)
    monkeypatch.setattr(sweeping, "take_due", away)
    with pytest.raises(Unavailable):
        house.sweep()


def test_readers_are_woken_by_timeouts_and_by_nothing_else(house):
    woken = []
    sweeper = house.sweeper(announce=lambda: woken.append(house.now))
    house.asked(1)
    house.sweep(sweeper)
    assert woken == []
    house.at(DUE).sweep(sweeper)
    assert woken == [house.now]


def test_what_another_sweep_holds_is_looked_for_again_in_a_moment(house):
    house.asked(1)
    house.at(DUE).later(hours=1).views.catch_up()
    with house.engine.begin() as conn:
        assert sweeping.take_due(conn, house.now, 1)
        assert house.sweeper().sweep() == GLANCE
        conn.rollback()


def test_a_sweep_waits_for_a_view_that_lags_the_log_and_health_says_so_when_it_lasts(house):
    (case,) = house.asked(1)
    house.views.catch_up()
    house.at(DUE).sold()
    sweeper = house.sweeper()
    assert sweeper.sweep() < timedelta(seconds=1)
    assert sweeper.troubles() == []
    house.later(seconds=11)
    sweeper.sweep()
    assert house.timeouts(case) == []
    assert sweeper.troubles() == ["no sweep since 2026-03-10T17:00:00Z: the deadlines' view lags the log"]
    house.sweep(sweeper)
    assert house.timeouts(case) == [(SILENT, berlin(DUE))]
    assert sweeper.troubles() == []


def test_a_sweep_does_not_wait_for_what_is_recorded_after_it_began_to(house):
    (case,) = house.asked(1)
    house.views.catch_up()
    house.at(DUE).sold()
    sweeper = house.sweeper()
    sweeper.sweep()
    house.views.catch_up()
    house.enrol(SELLER.model_copy(update={"id": "s-2"}))
    sweeper.sweep()
    assert house.timeouts(case) == [(SILENT, berlin(DUE))]


def test_a_backlog_larger_than_a_sweep_is_worked_off_without_waiting_for_the_view(house, monkeypatch):
    monkeypatch.setattr("scheduler.clock.BATCH", 2)
    cases = house.asked(13)
    house.later(days=30).views.catch_up()
    sweeper = house.sweeper()
    assert sweeper.sweep() == timedelta()
    assert sweeper.sweep() is None
    assert [len(house.timeouts(case)) for case in cases] == [1] * 13
