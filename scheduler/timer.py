"""The timer: APScheduler runs the scheduler's tasks on their beat, counts what fails, and stops cleanly."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Condition

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_SUBMITTED,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from store.spells import Spell

LOG = logging.getLogger(__name__)
Work = Callable[[], timedelta | None]
"""Does what is due now; answers how soon it wants to be run again, None where the next beat will do."""
Run = tuple[str, datetime]
"""One run of a task: when it was due tells it from the next."""
ENDS = EVENT_JOB_EXECUTED | EVENT_JOB_ERROR
AT_ONCE = timedelta()
LEAP = timedelta(minutes=1)
"""By more than this a clock does not move on between two looks, unless every task rests for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing that is done again and again, never twice at the same time in one process."""

    name: str
    work: Work
    every: timedelta = timedelta(seconds=1)
    troubles: Callable[[], Sequence[str]] = tuple
    """What the work has found and cannot mend, a sentence each."""


@dataclass(frozen=True, slots=True)
class TaskHealth:
    """How a task has fared in this process."""

    name: str
    runs: int = 0
    failures: int = 0
    failing: str | None = None
    """What the last run raised; None once one has succeeded again."""
    ended_at: datetime | None = None
    """When the last run ended, by the wall clock; None while the first one is under way."""
    troubles: Sequence[str] = ()
    """What the task has found and cannot mend, a sentence each."""


class _Beats(MemoryJobStore):  # type: ignore[misc]  # the library has no types
    """The jobs of a timer, which keep their beat when the machine's clock is set back or leaps on."""

    _seen = datetime.min.replace(tzinfo=UTC)

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """Those that are due, all of them where the clock was set.

        Else they would wait until it is again as late as it was, or count each beat that was leapt over.
        """
        if not self._seen <= now <= self._seen + LEAP:
            for job in self.get_all_jobs():
                self._scheduler.modify_job(job.id, next_run_time=now)
        self._seen = now
        due: list[Job] = super().get_due_jobs(now)
        return due


class Timer:
    """Runs tasks in the background. A task that raises is counted and run again; how it fails is told once."""

    def __init__(self, tasks: Iterable[Task], *, wall_clock: Callable[[], datetime]) -> None:
        """``wall_clock`` is the machine's own, by which a beat is kept, whatever time the house has."""
        self._wall_clock = wall_clock
        self._tasks = {task.name: task for task in tasks}
        self._health = {name: TaskHealth(name) for name in self._tasks}
        self._spells = {name: Spell(LOG, f"the task {name}") for name in self._tasks}
        self._moment = Condition()  # guards what follows
        self._running: Counter[str] = Counter()
        self._woken: set[str] = set()
        self._handed_over: set[Run] = set()
        self._ended_early: dict[Run, timedelta | None] = {}
        self._stopping = False
        self._threads = ThreadPoolExecutor(len(self._tasks))
        self._scheduler = self._scheduled()

    def _scheduled(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": _Beats()},
            executors={"default": self._threads},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for task in self._tasks.values():
            seconds = task.every.total_seconds()
            scheduler.add_job(
                self._run, "interval", seconds=seconds, args=[task], id=task.name, next_run_time=self._wall_clock()
            )
        scheduler.add_listener(self._submitted, EVENT_JOB_SUBMITTED)
        scheduler.add_listener(self._ended, ENDS)
        scheduler.add_listener(self._still_running, EVENT_JOB_MAX_INSTANCES)
        return scheduler

    def start(self) -> None:
        """Run every task at once, and from then on by its beat."""
        self._scheduler.start()

    def wake(self, name: str) -> None:
        """Run this task now, or right after the run that is under way."""
        with self._moment:
            if self._running[name]:
                self._woken.add(name)
                return
        self._run_in(name, AT_ONCE)

    def stop(self) -> None:
        """End the beat and return once every run that is under way has ended; a second time does nothing.

        Not to be called by a task. Runs and their threads are waited for here and not by APScheduler, which holds
        its locks meanwhile: one that then asked for anything of the timer would never end.
        """
        with self._moment:
            if self._stopping:
                return
            self._stopping = True
        self._scheduler.remove_all_jobs()
        with self._moment:
            self._moment.wait_for(lambda: not self._running.total())
        self._scheduler.shutdown(wait=False)
        self._threads.shutdown()

    def health(self) -> list[TaskHealth]:
        """How each task has fared."""
        return [replace(it, troubles=self._tasks[name].troubles()) for name, it in self._health.items()]

    def _run(self, task: Task) -> timedelta | None:
        with self._moment:
            self._running[task.name] += 1
            if self._stopping:
                return None
        try:
            answer = task.work()
        except BaseException as error:
            self._health[task.name] = self._after(self._health[task.name], error)
            self._spells[task.name].fails(error)
            raise  # APScheduler hands it to ``_ended``, and swallows it
        self._health[task.name] = self._after(self._health[task.name], None)
        self._spells[task.name].ends()
        return answer

    def _ended(self, event: JobExecutionEvent) -> None:
        """Run again what asked for it or was asked for meanwhile; the next run may have begun already."""
        name, run = event.job_id, (event.job_id, event.scheduled_run_time)
        with self._moment:
            again = AT_ONCE if name in self._woken else event.retval
            self._woken.discard(name)
            self._running[name] -= 1
            self._moment.notify_all()
            if run not in self._handed_over:
                self._ended_early[run] = again
                return
            self._handed_over.remove(run)
        self._run_in(name, again)

    def _after(self, before: TaskHealth, error: BaseException | None) -> TaskHealth:
        return replace(
            before,
            runs=before.runs + 1,
            failures=before.failures + (error is not None),
            failing=None if error is None else f"{type(error).__name__}: {error}",
            ended_at=self._wall_clock(),
        )

    def _submitted(self, event: JobSubmissionEvent) -> None:
        """A run may end before APScheduler has finished starting it and set the next beat, which comes first."""
        (began,) = event.scheduled_run_times  # one, since missed beats coalesce
        run = (event.job_id, began)
        with self._moment:
            if run not in self._ended_early:
                self._handed_over.add(run)
                return
            again = self._ended_early.pop(run)
        self._run_in(event.job_id, again)

    def _still_running(self, event: JobSubmissionEvent) -> None:
        with self._moment:
            self._woken.add(event.job_id)

    def _run_in(self, name: str, delay: timedelta | None) -> None:
        """Bring the next run forward; never put it off."""
        if delay is None or self._stopping:
            return
        at = self._wall_clock() + delay
        job = self._scheduler.get_job(name)
        if job is not None and at < job.next_run_time:
            with suppress(JobLookupError):  # the timer stopped at this moment
                self._scheduler.modify_job(name, next_run_time=at)
