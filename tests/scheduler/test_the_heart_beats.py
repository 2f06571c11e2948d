"""A process tells how its tasks fare, and takes back its word when it ends (DESIGN §5)."""

from datetime import timedelta

from projections import heartbeats
from runtime.clock import system_clock
from scheduler.heart import SAID_AT_MOST, TOLD, Heart
from scheduler.timer import TaskHealth
from store.engine import connect


def heard(engine):
    with engine.connect() as conn:
        return heartbeats.look(conn)


def test_what_the_timer_knows_is_told_within_bounds(engine):
    failing = TaskHealth(
        "deadlines",
        runs=3,
        failures=1,
        failing="ValueError: " + "x" * 1000,
        ended_at=system_clock() - timedelta(minutes=1),
        troubles=["stands"] * 100,
    )
    Heart(engine, "host/1", system_clock).beat([failing, TaskHealth("upkeep")])
    told, new = heard(engine)
    assert (told.process, told.task, told.runs, told.failures) == ("host/1", "deadlines", 3, 1)
    assert (len(told.failing), len(told.troubles)) == (SAID_AT_MOST, TOLD)
    assert timedelta(minutes=1) <= told.ended_ago < timedelta(minutes=2)
    assert (new.runs, new.ended_ago, new.failing) == (0, None, None)


def test_a_process_that_ends_takes_only_its_own_word_back(engine):
    hearts = [Heart(engine, name, system_clock) for name in ("host/1", "host/2")]
    for heart in hearts:
        heart.beat([TaskHealth("deadlines")])
    hearts[0].stop([TaskHealth("deadlines")])
    assert [it.process for it in heard(engine)] == ["host/2"]


def test_without_the_database_it_ends_all_the_same():
    nowhere = connect("postgresql://127.0.0.1:1/nowhere")
    Heart(nowhere, "host/1", system_clock).stop([TaskHealth("deadlines")])
