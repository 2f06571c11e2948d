"""Clocks in several processes share the work, and one that is killed half-way loses nothing (DESIGN §5)."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]
CASES = 130


@pytest.fixture
def start(house, database_url, tmp_path):
    """Start a clock in another process, at the house's time."""
    started = []

    def process(*how):
        house.views.catch_up()
        command = [sys.executable, "-m", "tests.scheduler.sweeping", database_url, str(tmp_path), str(house.now), *how]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        started.append(subprocess.Popen(command, **pipes, text=True, cwd=ROOT))  # noqa: S603 -- this very interpreter
        return started[-1]

    yield process
    for it in started:
        it.kill()
        it.communicate()


def test_three_processes_overtake_each_case_once_and_in_due_order(house, start):
    cases = house.asked(CASES)
    house.later(days=30)
    clocks = [start() for _ in range(3)]
    for clock in clocks:
        assert clock.stdout.readline() == "ready\n"
    with following(house.views):
        for clock in clocks:
            clock.stdin.write("go\n")
            clock.stdin.flush()
        told = [clock.stdout.readline().split() for clock in clocks]
    assert sum(map(len, told)) == CASES
    assert [sorted(due) for due in told] == told, "each works in due order"
    assert [len(house.timeouts(case)) for case in cases] == [1] * CASES


@contextmanager
def following(views):
    """The view takes in what the clocks do, as in a real house."""
    follower = Thread(target=views.run)
    follower.start()
    try:
        yield
    finally:
        views.stop()
        follower.join()


def test_a_clock_that_is_killed_before_it_commits_leaves_its_work_to_the_others(house, start):
    cases = house.asked(3)
    house.later(days=30)
    doomed = start("hang")
    doomed.stdin.write("go\n")
    doomed.stdin.flush()
    assert [doomed.stdout.readline() for _ in range(2)] == ["ready\n", "in hand\n"]
    house.sweep()
    assert house.timeouts(*cases) == [], "they are the other one's while it lives"
    doomed.kill()
    doomed.wait(60)
    while house.sweep() is not None:  # the server notices within moments
        pass
    assert [len(house.timeouts(case)) for case in cases] == [1, 1, 1]
    assert house.sweep() is None
