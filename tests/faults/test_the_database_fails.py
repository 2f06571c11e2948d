"""Whatever happens to the database or in a process while a town trades: nothing is lost, nothing happens twice."""

from datetime import timedelta

import pytest

from projections.ledger import Ledger
from tests.faults.disturbances import (
    again_and_again,
    all_connections_are_taken,
    connections_are_cut,
    every_statement_waits,
    the_server_is_killed_and_started_again,
)
from tests.faults.soundness import assert_sound
from tests.runtime.waiting import wait_until
from tests.scheduler.house import DUE

POOL = 8
DISTURBANCES = [
    pytest.param(connections_are_cut, 0.2, id="connections are cut"),
    pytest.param(the_server_is_killed_and_started_again, 1.5, id="the server is killed"),
    pytest.param(every_statement_waits, 0.2, id="the database is slow"),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("disturb", "every_seconds"), DISTURBANCES)
def test_a_town_trades_on_while(town, server, owner, disturb, every_seconds):
    it = town()
    with again_and_again(lambda: disturb(server), every_seconds):
        it.trade(enough=lambda: it.unheard or disturb is every_statement_waits)
        it.later(days=4)
        it.comes_to_rest(limit_seconds=3)  # or not, under these circumstances
    it.pass_time()
    assert_sound(owner, it.now, it.acknowledged)


@pytest.mark.timeout(300)
def test_a_town_trades_on_with_a_full_connection_pool(town, owner):
    it = town(pool_size=POOL, pool_timeout=0.2)
    with again_and_again(lambda: all_connections_are_taken(it.engine, POOL), 0.3):
        it.trade(enough=lambda: it.unheard)
        it.later(days=4)
        it.comes_to_rest(limit_seconds=3)  # or not, as above
    it.pass_time()
    assert_sound(owner, it.now, it.acknowledged)


@pytest.mark.timeout(300)
def test_clocks_that_differ_overtake_each_case_once(town, owner):
    it = town(skews=(timedelta(minutes=-10), timedelta(), timedelta(minutes=10)))
    it.trade()
    it.at(DUE).later(minutes=-5)
    assert it.comes_to_rest()
    it.pass_time()
    assert_sound(owner, it.now, it.acknowledged)


@pytest.mark.timeout(300)
def test_a_projection_that_raises_stands_still_alone_and_catches_up_once_mended(town, owner, monkeypatch):
    it = town()
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "changes", lambda *_: 1 / 0)
        it.trade()
        assert wait_until(lambda: standing_still(it))
        it.comes_to_rest(limit_seconds=1)
        assert standing_still(it) == {Ledger.name: "ZeroDivisionError: division by zero"}
    it.pass_time()
    assert_sound(owner, it.now, it.acknowledged)


def standing_still(town):
    """The projections that failed, and why."""
    return {lag.name: lag.failure for lag in town.progress.lag() if lag.failures}
