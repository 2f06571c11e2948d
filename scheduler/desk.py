"""A desk: where jobs of one sort are carried out, in threads of its own, so that one sort never holds up another.

Whatever is logged meanwhile bears the correlation id of the event that the job follows from.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from threading import Lock
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from structlog.contextvars import bound_contextvars

from store.failures import ClockFast

LOG = logging.getLogger(__name__)


def ended_at(clock: Callable[[], datetime], began: datetime) -> datetime:
    """When what ``began`` then has ended; a clock that turned fast meanwhile must not keep it from being noted."""
    try:
        return clock()
    except ClockFast:
        return began


class Caused(Protocol):
    """A job that follows from an event."""

    @property
    def correlation_id(self) -> UUID:
        """The event's."""
        ...


JobT = TypeVar("JobT", bound=Caused)


class Desk(Generic[JobT]):
    """Claims what is due while a thread is free, and has each job attempted."""

    def __init__(
        self, name: str, at_once: int, claim: Callable[[int], list[JobT]], attempt: Callable[[JobT], None]
    ) -> None:
        """``claim`` gives at most so many jobs; ``attempt`` raises only where it cannot note what became of one.

        A thread whose claim fails ends, and the next ``staff`` meets the same.
        """
        self._at_once = at_once
        self._claim = claim
        self._attempt = attempt
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._mutex = Lock()
        self._busy: set[Future[None]] = set()
        self._closed = False

    def staff(self) -> None:
        """Set to work whoever is free for what is due; returns without waiting for them."""
        with self._mutex:
            self._busy = {worker for worker in self._busy if not worker.done()}
            free = self._at_once - len(self._busy)
            if free and not self._closed:
                self._busy |= {self._pool.submit(self._work, job) for job in self._claim(free)}

    def finish(self) -> None:
        """Return once everything that is under way, and what was due after it, is done or put off."""
        wait(self._busy)

    def close(self) -> None:
        """Claim nothing more; what is under way goes on."""
        with self._mutex:
            self._closed = True
        self._pool.shutdown(wait=False)

    def _work(self, job: JobT) -> None:
        """One job after the other until none is due."""
        jobs = [job]
        while jobs:
            self._do(jobs.pop())
            jobs = [] if self._closed else self._claim(1)

    def _do(self, job: JobT) -> None:
        with bound_contextvars(correlation_id=str(job.correlation_id)):
            try:
                self._attempt(job)
            except Exception:
                LOG.exception("what became of a job cannot be noted; it comes back when its lease ends")
