"""What a caller may ask is counted in one place, whichever process he asks."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from store.allowances import Allowances, Rate
from store.engine import connect

pytestmark = pytest.mark.usefixtures("counted_however_long_it_takes")
HOUR = 3600
RATE = Rate(per_second=1 / HOUR, burst=5)


@pytest.fixture
def allowances(engine):
    return Allowances(engine)


def time_passes(engine, seconds):
    """As far as the allowances know."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "update traffic.allowance set whole_at = whole_at - make_interval(secs => %s)", (seconds,)
        )


def test_a_burst_is_free_at_once_and_not_more(allowances):
    assert [allowances.draw("s-1", RATE, 2).granted for _ in range(4)] == [2, 2, 1, 0]


def test_the_next_one_is_free_when_its_time_has_come(allowances, engine):
    allowances.draw("s-1", RATE, 5)
    assert 0 < allowances.draw("s-1", RATE, 1).wait_seconds <= HOUR
    time_passes(engine, 2 * HOUR)
    assert allowances.draw("s-1", RATE, 5).granted == 2


def test_a_long_rest_brings_no_more_than_a_burst(allowances, engine):
    allowances.draw("s-1", RATE, 1)
    time_passes(engine, 24 * HOUR)
    assert [allowances.draw("s-1", RATE, 5).granted for _ in range(2)] == [5, 0]


def test_one_caller_does_not_take_anothers(allowances):
    allowances.draw("s-1", RATE, 5)
    assert allowances.draw("s-2", RATE, 5).granted == 5


def test_all_processes_together_give_no_more_than_the_burst(engine):
    processes = [Allowances(engine) for _ in range(4)]
    rate = Rate(per_second=0.001, burst=30)
    with ThreadPoolExecutor() as threads:
        drawn = list(threads.map(lambda it: sum(it.draw("s-1", rate, 3).granted for _ in range(10)), processes))
    assert sum(drawn) == 30


def test_nobody_is_shut_out_because_nobody_can_count(tmp_path):
    nowhere = connect(f"host={tmp_path} dbname=nothing")
    allowances = Allowances(nowhere)
    assert [allowances.draw("s-1", RATE, 5).granted for _ in range(3)] == [5, 5, 5]
    nowhere.dispose()


def test_whoever_has_his_whole_burst_again_is_forgotten(engine, monkeypatch):
    allowances = Allowances(engine)
    allowances.draw("idle", RATE, 1)
    time_passes(engine, 2 * HOUR)
    monkeypatch.setattr(allowances, "_sweep_at", 0.0)
    allowances.draw("s-1", RATE, 1)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select subject from traffic.allowance").scalars().all() == ["s-1"]
