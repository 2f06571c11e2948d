"""What each process last told of its tasks is known to all, by the database's clock, until it ends or is forgotten."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from projections import heartbeats
from projections.heartbeats import Beat, heartbeat


def beat(task="deadlines", **changes):
    told = {"runs": 7, "failures": 2, "failing": None, "troubles": [], "ended_ago": timedelta(seconds=3)}
    return Beat(task=task, **told | changes)


@pytest.fixture
def tell(engine):
    def tell(process, *beats):
        with engine.begin() as conn:
            heartbeats.tell(conn, process, beats)

    return tell


def heard(engine):
    with engine.connect() as conn:
        return heartbeats.look(conn)


def test_the_last_word_of_each_process_is_heard(engine, tell):
    tell("one", beat(runs=1), beat("upkeep", troubles=["a rule does not hold"]))
    tell("two", beat(failing="ValueError: no"))
    tell("one", beat(runs=2))
    assert [(it.process, it.task, it.runs, it.failing, it.troubles) for it in heard(engine)] == [
        ("one", "deadlines", 2, None, []),
        ("two", "deadlines", 7, "ValueError: no", []),
        ("one", "upkeep", 7, None, ["a rule does not hold"]),
    ]


def test_ages_are_by_the_databases_clock(engine, tell):
    tell("one", beat(ended_ago=timedelta(hours=2)), beat("first run", ended_ago=None))
    running, ended = sorted(heard(engine), key=lambda it: it.ended_ago is not None)
    assert running.ended_ago is None
    assert timedelta(hours=2) <= ended.ended_ago < timedelta(hours=3)
    assert timedelta() <= ended.told_ago < timedelta(hours=1)


def test_what_ended_in_good_order_is_not_listed(engine, tell):
    tell("one", beat(), beat("upkeep"))
    with engine.begin() as conn:
        heartbeats.withdraw(conn, "one", ["deadlines"])
    assert [it.task for it in heard(engine)] == ["upkeep"]


@pytest.fixture
def let_pass(engine):
    def let_pass(time):
        with engine.begin() as conn:
            conn.execute(sa.update(heartbeat).values(told_at=heartbeat.c.told_at - time))

    return let_pass


def test_a_process_that_was_killed_is_known_by_its_silence(engine, tell, let_pass):
    tell("killed", beat())
    let_pass(heartbeats.SILENT_AFTER)
    tell("living", beat())
    assert {it.process: it.is_silent for it in heard(engine)} == {"killed": True, "living": False}


def test_a_process_that_was_killed_is_forgotten_a_day_later(tell, let_pass, engine):
    tell("killed", beat())
    let_pass(heartbeats.FORGOTTEN_AFTER)
    tell("living", beat())
    assert [it.process for it in heard(engine)] == ["living"]
