"""The timer runs tasks again and again, counts what fails instead of swallowing it, and stops without a deadlock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Event, Semaphore, Thread

import pytest
import time_machine

from runtime.clock import system_clock
from scheduler.timer import Task, Timer
from store.failures import Unavailable

SOON, SELDOM = timedelta(milliseconds=5), timedelta(hours=1)
PATIENCE = 60


class Runs:
    """Work that tells each run, and does in each what the test says."""

    def __init__(self, *answers):
        self.answers = iter(answers)
        self.seen = Semaphore(0)

    def __call__(self):
        self.seen.release()
        answer = next(self.answers, None)
        return answer() if callable(answer) else answer

    def come(self, times=1):
        return all(self.seen.acquire(timeout=PATIENCE) for _ in range(times))


def broken():
    raise ValueError("no such thing")


@pytest.fixture
def timer():
    """Start a timer for these tasks; it is stopped after the test."""
    started = []

    def start(*tasks):
        started.append(Timer(tasks, wall_clock=system_clock))
        started[-1].start()
        return started[-1]

    yield start
    for it in started:
        it.stop()  # a second time changes nothing


def test_a_task_runs_at_once_and_on_its_beat(timer):
    runs = Runs()
    timer(Task(name="work", work=runs, every=SOON))
    assert runs.come(5)


def test_a_task_keeps_its_beat_when_the_machine_s_clock_is_set_back(timer):
    """As an operator does who mends one that was fast."""
    runs, now = Runs(), system_clock()
    with time_machine.travel(now + SELDOM) as clock:
        timer(Task(name="work", work=runs, every=SOON), Task(name="seldom", work=(seldom := Runs()), every=SELDOM))
        assert runs.come(2)
        assert seldom.come()
        clock.move_to(now)
        assert runs.come(5)
        assert seldom.come()


def test_a_task_keeps_its_beat_when_the_machine_s_clock_leaps_on(timer):
    runs, now = Runs(), system_clock()
    with time_machine.travel(now) as clock:
        timer(Task(name="work", work=runs, every=SOON))
        assert runs.come(2)
        clock.move_to(now + timedelta(days=3653))
        assert runs.come(5)


def test_what_a_task_raises_is_counted_and_logged_and_it_runs_again(timer, caplog):
    runs, other = Runs(broken), Runs()
    it = timer(Task(name="work", work=runs, every=SOON), Task(name="other", work=other, every=SOON))
    assert runs.come(3)
    assert other.come(3)
    health = {task.name: task for task in it.health()}
    assert (health["work"].failures, health["work"].failing) == (1, None)
    assert health["other"].failures == 0
    assert [(it.levelname, it.getMessage()) for it in own(caplog)] == [
        ("ERROR", "the task work failed: ValueError: no such thing")
    ]


def own(caplog):
    """What the timer itself logged; APScheduler tells the same at length (``runtime.observe`` leaves that out)."""
    return [it for it in caplog.records if it.name == "scheduler.timer"]


def test_a_task_that_fails_again_and_again_is_told_of_when_that_begins_changes_and_ends(timer, caplog):
    def away(why):
        def ask():
            raise Unavailable(f"{why}\n\tat length")

        return ask

    caplog.set_level("INFO")
    runs = Runs(away("refused"), away("lost"), broken, broken)
    timer(Task(name="work", work=runs, every=SOON))
    assert runs.come(6)
    told = [(it.levelname, it.getMessage(), bool(it.exc_info)) for it in own(caplog)]
    assert told == [
        ("WARNING", "the task work cannot go on for now: refused", False),
        ("ERROR", "the task work failed: ValueError: no such thing", True),
        ("INFO", "the task work goes on after 4 failures", False),
    ]


def test_a_task_that_keeps_failing_says_why(timer):
    runs = Runs(broken, broken)
    it = timer(Task(name="work", work=runs, every=SELDOM))
    assert runs.come()
    it.wake("work")
    assert runs.come()
    it.stop()
    (health,) = it.health()
    assert (health.runs, health.failures, health.failing) == (2, 2, "ValueError: no such thing")


def test_a_task_tells_its_last_end_and_what_it_has_found(timer):
    runs, began = Runs(), system_clock()
    it = timer(Task(name="work", work=runs, every=SELDOM, troubles=lambda: ["a rule does not hold"]))
    assert runs.come()
    it.stop()
    (health,) = it.health()
    assert health.ended_at >= began
    assert health.troubles == ["a rule does not hold"]


def test_a_task_can_be_woken_before_its_beat(timer):
    runs = Runs()
    it = timer(Task(name="work", work=runs, every=SELDOM))
    assert runs.come()
    it.wake("work")
    assert runs.come()


def test_a_task_that_is_woken_while_it_runs_runs_once_more(timer):
    running, go_on = Event(), Event()

    def first():
        running.set()
        go_on.wait(PATIENCE)

    runs = Runs(first)
    it = timer(Task(name="work", work=runs, every=SELDOM))
    running.wait(PATIENCE)
    it.wake("work")
    it.wake("work")
    go_on.set()
    assert runs.come(2)
    it.stop()
    assert it.health()[0].runs == 2


def test_a_task_that_has_more_to_do_runs_again_when_it_says(timer):
    runs = Runs(timedelta(), SOON)
    timer(Task(name="work", work=runs, every=SELDOM))
    assert runs.come(3)


def test_an_answer_never_puts_the_next_beat_off(timer):
    runs = Runs(SELDOM, SELDOM)
    timer(Task(name="work", work=runs, every=SOON))
    assert runs.come(3)


def test_a_task_never_runs_twice_at_the_same_time(timer):
    alone, runs = Semaphore(1), Runs()

    def work():
        assert alone.acquire(blocking=False)
        runs()
        alone.release()

    it = timer(Task(name="work", work=work, every=SOON))
    for _ in range(50):
        it.wake("work")
    assert runs.come(10)
    assert it.health()[0].failures == 0


def test_a_failure_that_is_noticed_after_the_next_run_has_ended_is_not_the_last_word(timer, monkeypatch):
    started, both_noticed, go_on = Event(), Event(), Event()
    ends, noticed, at_once = Semaphore(0), count(1), Timer._ended

    def late(timer, event):
        if event.exception is not None:
            ends.acquire(timeout=PATIENCE)
        at_once(timer, event)
        if event.job_id == "work":
            ends.release()
            if next(noticed) == 2:
                both_noticed.set()

    def fails():
        started.wait(PATIENCE)
        while "work" not in {name for name, _ in tuple(it._handed_over)}:
            pass
        broken()

    monkeypatch.setattr(Timer, "_ended", late)
    runs = Runs(fails, None, lambda: go_on.wait(PATIENCE) and None)
    it = timer(Task(name="work", work=runs, every=SOON), Task(name="a thread more", work=Runs(), every=SELDOM))
    started.set()
    assert both_noticed.wait(PATIENCE)
    (health, _) = it.health()
    go_on.set()
    assert (health.runs, health.failures, health.failing) == (2, 1, None)


def test_stopping_waits_for_the_run_under_way_even_if_it_asks_for_another(timer):
    running, go_on, done = Event(), Event(), Event()

    def work():
        running.set()
        go_on.wait(PATIENCE)
        it.wake("work")
        done.set()
        return timedelta()

    it = timer(Task(name="work", work=work, every=SELDOM))
    running.wait(PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(it.stop)
        while not it._stopping:
            pass
        go_on.set()
        stopping.result(PATIENCE)
    assert done.is_set()


def test_stopping_waits_for_no_thread_that_asks_for_the_next_run_at_that_moment(timer, monkeypatch):
    """It had looked whether the timer stops right before it was told to."""
    watched, asking, stopping = Event(), Event(), Event()

    def work():
        watched.wait(PATIENCE)
        return timedelta()

    it = timer(Task(name="work", work=work, every=SELDOM))
    find, shut_down = it._scheduler.get_job, it._threads.shutdown

    def find_late(name):
        asking.set()
        stopping.wait(PATIENCE)
        return find(name)

    def told(*how):
        stopping.set()
        shut_down(*how)

    monkeypatch.setattr(it._threads, "shutdown", told)
    monkeypatch.setattr(it._scheduler, "get_job", find_late)
    while not it._handed_over:
        pass
    watched.set()
    assert asking.wait(PATIENCE)
    stop = Thread(target=it.stop, daemon=True)
    stop.start()
    stop.join(PATIENCE)
    assert not stop.is_alive()
