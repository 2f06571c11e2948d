"""A clock that is ahead of the database's decides nothing and says so; one that is behind says so."""

import logging
from contextlib import closing
from datetime import timedelta
from itertools import count

import httpx2
import pytest

from projections import heartbeats
from runtime import processes
from runtime.answering import answering
from runtime.clock import system_clock
from runtime.clock_watch import ClockWatch
from runtime.container import open_house
from runtime.processes import projecting, scheduling
from runtime.sandbox import local_token
from runtime.settings import read_settings
from runtime.stopping import StopRequest
from store.failures import ClockFast
from tests.runtime.waiting import wait_until
from tests.service import MARKETPLACE, order_line

LIMIT = timedelta(seconds=5)
TEN_MINUTES = timedelta(minutes=10)


class Wall:
    """The machine's clock, off by so much."""

    def __init__(self, off=timedelta()):
        self.off = off

    def __call__(self):
        return system_clock() + self.off


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, "runtime.clock_watch")
    own = "runtime.clock_watch"
    return lambda: [(it.levelname, it.getMessage()) for it in caplog.records if it.name == own]


@pytest.mark.parametrize("off", [timedelta(), timedelta(seconds=4), timedelta(seconds=-4)])
def test_a_clock_within_the_limit_is_believed(engine, off, log):
    with ClockWatch(engine, Wall(off), LIMIT) as watch:
        assert not watch.is_fast()
        assert watch.guarded(Wall())().utcoffset() == timedelta()
    assert (watch.troubles(), log()) == ([], [])


def test_by_a_fast_clock_nothing_is_decided_and_the_log_says_how_fast_it_is(engine, log):
    with ClockWatch(engine, Wall(TEN_MINUTES), LIMIT) as watch:
        assert watch.is_fast()
        with pytest.raises(
            ClockFast, match=r"clock is (5\d\d\.\d|600\.0) s ahead of the database's; nothing is decided"
        ):
            watch.guarded(Wall())()
    assert [level for level, _ in log()] == ["ERROR"]
    assert "ahead of the database's" in watch.troubles()[0]


def test_a_slow_clock_goes_on_and_says_so(engine, log):
    with ClockWatch(engine, Wall(-TEN_MINUTES), LIMIT) as watch:
        assert not watch.is_fast()
        watch.guarded(Wall())()
    assert [level for level, _ in log()] == ["ERROR"]
    assert watch.troubles()[0].endswith("s behind the database's")


def test_a_clock_that_jumps_is_noticed_at_once_and_once_it_is_mended_too(engine, log):
    wall = Wall()
    with ClockWatch(engine, wall, LIMIT) as watch:
        wall.off = TEN_MINUTES
        assert watch.is_fast()
        watch.look()
        watch.look()
        wall.off = timedelta()
        assert not watch.is_fast()
        watch.look()
    assert [level for level, _ in log()] == ["ERROR", "INFO"]


def test_a_database_that_takes_long_to_answer_makes_no_clock_fast(engine):
    """Each look at the steady clock is a minute after the one before, so nobody knows better than that."""
    minutes = count()
    watch = ClockWatch(engine, Wall(timedelta(seconds=59)), LIMIT, steady=lambda: 60.0 * next(minutes))
    assert not watch.is_fast()


def test_a_scheduler_whose_clock_is_fast_overtakes_nobody(installation, engine, monkeypatch, swept):
    monkeypatch.setattr(processes, "HEARTBEAT", timedelta(milliseconds=50))
    wall = Wall(TEN_MINUTES)
    with (
        open_house(read_settings(), wall) as house,
        closing(StopRequest()) as stop,
        scheduling(house, stop, beat=timedelta(milliseconds=50)),
    ):
        assert wait_until(lambda: {it.task for it in heard(engine) if it.runs > 1} >= {"deadlines"})
        assert not swept
        assert all("ahead of the database's" in it.troubles[0] for it in heard(engine))
        wall.off = timedelta()
        assert wait_until(lambda: swept)


@pytest.fixture
def swept(monkeypatch):
    """What deadlines were swept by: an entry each time."""
    times = []
    monkeypatch.setattr("scheduler.clock.DeadlineSweep.sweep", lambda it: times.append(it))  # noqa: PLW0108 -- bound
    return times


def heard(engine):
    with engine.connect() as conn:
        return heartbeats.look(conn)


def test_an_api_whose_clock_is_fast_is_not_ready_and_takes_nothing(installation):
    wall = Wall()
    with (
        open_house(read_settings(api_port=0), wall) as house,
        closing(StopRequest()) as stop,
        projecting(house, stop),
        answering(house, stop) as address,
        httpx2.Client(base_url=address, timeout=60, headers=as_marketplace()) as client,
    ):
        assert reported(client) == 201
        assert wait_until(lambda: client.get("/ready").json().get("clock_ahead_seconds") == 0)
        wall.off = TEN_MINUTES
        assert (client.get("/ready").status_code, reported(client, "o-1-2")) == (503, 503)
        assert "ahead of the database's" in client.get("/ready").json()["detail"]
        (told,) = [it for it in client.get("/metrics").text.splitlines() if it.startswith("directservice_clock_ahead")]
        assert 500 < float(told.split()[1]) < 601
        wall.off = timedelta()
        assert reported(client, "o-1-2") == 201


def reported(client, line_id="o-1-1"):
    """What the API answers to an order line."""
    return client.put(f"/v1/orders/{line_id}", json=order_line(line_id).model_dump(mode="json")).status_code


def as_marketplace():
    return {"Authorization": f"Bearer {local_token(read_settings(), MARKETPLACE, timedelta(hours=1))}"}
