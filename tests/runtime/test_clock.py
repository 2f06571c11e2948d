"""The sandbox clock: moved forward only, the same in every process, and chosen freely only before the first event."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from domain.refusals import RuleBroken
from runtime.clock import LARGEST_STEP, SandboxClock, system_clock, was_moved
from tests.runtime.waiting import wait_until
from tests.standby import END_ALL

FRIDAY = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def standing_still():
    return FRIDAY


@pytest.fixture
def clock(engine):
    with SandboxClock(engine, wall=standing_still) as clock:
        yield clock


def record_something(engine):
    with engine.begin() as connection:
        connection.execute(
            sa.text("insert into store.event (stream_id, version, topic, state) values (:id, 1, 't', '{}')"),
            {"id": "5d9f3c1e-6a57-5a0c-9a4e-d1ec75e271ce"},
        )


def test_the_system_clock_tells_utc():
    assert system_clock().utcoffset() == timedelta()


def test_a_sandbox_begins_with_the_worlds_time(clock, engine):
    assert clock() == FRIDAY
    assert not was_moved(engine)


def test_it_moves_forward_by_a_duration_and_keeps_moving(clock, engine):
    assert clock.advance(HOUR) == FRIDAY + HOUR
    assert clock.advance(timedelta(days=2)) == FRIDAY + HOUR + timedelta(days=2)
    assert clock() == FRIDAY + HOUR + timedelta(days=2)
    assert was_moved(engine)


@pytest.mark.parametrize("step", [timedelta(), -HOUR, LARGEST_STEP + timedelta(seconds=1)])
def test_a_step_that_is_none_or_back_or_absurd_is_refused(clock, step):
    with pytest.raises(RuleBroken) as refused:
        clock.advance(step)
    assert refused.value.rule == "clock_step"
    assert clock() == FRIDAY


def test_it_is_set_forward_to_an_instant_but_never_back(clock):
    assert clock.set_to(FRIDAY + HOUR) == FRIDAY + HOUR
    with pytest.raises(RuleBroken, match=r"stands at 2026-03-06T18:00:00\+00:00 and is never set back") as refused:
        clock.set_to(FRIDAY)
    assert refused.value.rule == "clock_never_goes_back"
    assert clock() == FRIDAY + HOUR


def test_an_instant_that_passes_while_it_is_aimed_at_is_reached(clock):
    assert clock.reach(FRIDAY + HOUR) == FRIDAY + HOUR
    assert clock.reach(FRIDAY) == FRIDAY + HOUR


def test_it_is_not_set_absurdly_far_ahead(clock):
    with pytest.raises(RuleBroken, match="more than ten years"):
        clock.set_to(FRIDAY + LARGEST_STEP + HOUR)
    with pytest.raises(RuleBroken, match="more than ten years"):
        clock.reach(FRIDAY + LARGEST_STEP + HOUR)


def test_time_may_begin_in_the_past_while_nothing_is_recorded(clock):
    eight_years_ago = datetime(2018, 8, 31, 18, 0, tzinfo=UTC)
    assert clock.start_at(eight_years_ago) == eight_years_ago
    assert clock() == eight_years_ago


def test_recorded_time_never_runs_backwards(clock, engine):
    record_something(engine)
    with pytest.raises(RuleBroken) as refused:
        clock.start_at(FRIDAY - HOUR)
    assert refused.value.rule == "clock_has_started"
    assert clock() == FRIDAY


def test_another_process_follows(clock, engine):
    with SandboxClock(engine, wall=standing_still) as other:
        clock.advance(HOUR)
        followed = wait_until(lambda: other() == FRIDAY + HOUR)
    assert followed


def test_a_process_that_starts_later_finds_the_time_as_it_was_set(clock, engine):
    clock.advance(HOUR)
    with SandboxClock(engine, wall=standing_still) as later:
        assert later() == FRIDAY + HOUR


def test_two_processes_that_advance_at_once_both_count(clock, engine):
    with SandboxClock(engine, wall=standing_still) as other:
        clock.advance(HOUR)
        other.advance(HOUR)
        assert other() == FRIDAY + 2 * HOUR


def test_the_clock_keeps_its_time_while_the_database_is_away_and_follows_again(engine, database_url, administration):
    with SandboxClock(engine, wall=standing_still) as clock:
        clock.advance(HOUR)
        name = database_url.rsplit("/", 1)[-1].split("?")[0]
        administration.execute(END_ALL, (name,))
        assert clock() == FRIDAY + HOUR
        with SandboxClock(engine, wall=standing_still) as other:
            other.advance(HOUR)
        assert wait_until(lambda: clock() == FRIDAY + 2 * HOUR)
