"""The courier: carries out the outbox's jobs, at least once each under a stable id, so once in effect (DESIGN §5)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Protocol

import sqlalchemy as sa

from projections import dispatching
from projections.dispatching import Job
from projections.outbox import JobKind
from scheduler.backoff import Backoff
from scheduler.ports.trouble import NoAnswer
from store.failures import translated

LOG = logging.getLogger(__name__)
SAID_AT_MOST = 500


class Outcome(StrEnum):
    """What became of a job that is done."""

    DONE = "done"
    REFUSED = "refused"
    """The other side will never do it; the case was told."""
    MOOT = "moot"
    """The case had moved on, so there was nothing to do any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one kind of job may take, so that a slow or dead receiver blocks no other kind."""

    at_once: int = 4
    """Jobs under way at the same time in this process."""
    lease: timedelta = timedelta(minutes=2)
    """How long a job is this courier's alone: longer than its port's timeout, or it is done twice at once."""


class Dispatch(Protocol):
    """How one kind of job is carried out."""

    @property
    def kind(self) -> JobKind:
        """Which one."""
        ...

    @property
    def limits(self) -> Limits:
        """How much it may take."""
        ...

    def carry_out(self, job: Job) -> Outcome:
        """Do it outside of any transaction, and tell the case what came of it.

        Doing the same job again changes nothing, outside and inside. Raises NoAnswer to be tried again.
        """
        ...


class Courier:
    """Claims what is due and carries it out, each kind in threads of its own. Any number of couriers may run."""

    def __init__(
        self,
        engine: sa.Engine,
        dispatches: Iterable[Dispatch],
        *,
        clock: Callable[[], datetime],
        retries: Backoff,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._desks = [_Desk(engine, dispatch, clock, retries) for dispatch in dispatches]

    def sweep(self) -> timedelta | None:
        """Set to work whoever is free for what is due; returns without waiting for them."""
        for desk in self._desks:
            desk.staff()
        return None

    def finish(self) -> None:
        """Return once everything that is under way, and what was due after it, is done or put off."""
        for desk in self._desks:
            desk.finish()

    def close(self) -> None:
        """Claim nothing more; what is under way goes on."""
        for desk in self._desks:
            desk.close()

    def stop(self) -> None:
        """Claim nothing more, and return once everything that is under way is done or put off."""
        self.close()
        self.finish()


class _Desk:
    """Where one kind of job is carried out."""

    def __init__(self, engine: sa.Engine, dispatch: Dispatch, clock: Callable[[], datetime], retries: Backoff) -> None:
        self._engine = engine
        self._dispatch = dispatch
        self._clock = clock
        self._retries = retries
        self._limits = dispatch.limits
        self._pool = ThreadPoolExecutor(self._limits.at_once, thread_name_prefix=dispatch.kind)
        self._mutex = Lock()
        self._busy: set[Future[None]] = set()
        self._closed = False

    def staff(self) -> None:
        with self._mutex:
            self._busy = {worker for worker in self._busy if not worker.done()}
            free = self._limits.at_once - len(self._busy)
            if free and not self._closed:
                self._busy |= {self._pool.submit(self._work, job) for job in self._claim(free)}

    def finish(self) -> None:
        wait(self._busy)

    def close(self) -> None:
        with self._mutex:
            self._closed = True
        self._pool.shutdown(wait=False)

    def _claim(self, limit: int) -> list[Job]:
        now = self._clock()
        with translated(), self._engine.begin() as conn:
            return dispatching.claim(conn, self._dispatch.kind, now, now + self._limits.lease, limit)

    def _work(self, job: Job) -> None:
        """One job after the other until none is due."""
        jobs = [job]
        while jobs:
            try:
                self._attempt(jobs.pop())
            except Exception:
                LOG.exception("what became of a job cannot be noted; it comes back when its lease ends")
                return
            jobs = [] if self._closed else self._claim(1)

    def _attempt(self, job: Job) -> None:
        try:
            outcome = self._dispatch.carry_out(job)
        except NoAnswer as silence:
            self._put_off(job, str(silence), silence.retry_after or timedelta())
        except Exception as error:
            LOG.exception("job %s (%s) of %s failed", job.id, job.kind, job.stream_id)
            self._put_off(job, f"{type(error).__name__}: {error}", timedelta())
        else:
            with translated(), self._engine.begin() as conn:
                dispatching.note_dispatched(conn, job, outcome, self._clock())

    def _put_off(self, job: Job, failure: str, at_least: timedelta) -> None:
        until = self._clock() + max(self._retries.after(job.attempts), at_least)
        with translated(), self._engine.begin() as conn:
            dispatching.put_off(conn, job, until, failure[:SAID_AT_MOST])
