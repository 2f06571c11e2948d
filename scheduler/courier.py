"""The courier: carries out the outbox's jobs, at least once each under a stable id, so once in effect (DESIGN §5)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import sqlalchemy as sa
from structlog.contextvars import bound_contextvars

from projections import dispatching
from projections.dispatching import Job
from projections.outbox import JobKind
from scheduler.backoff import Backoff
from scheduler.desk import Desk, ended_at
from scheduler.ports.trouble import NoAnswer
from store.failures import Unavailable, in_one_line, translated

LOG = logging.getLogger(__name__)
SAID_AT_MOST = 500
AT_ONCE = timedelta()
PUT_OFF = "job %s of %s is put off: %s"


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
        self._desks = [_Duty(engine, dispatch, clock, retries).desk() for dispatch in dispatches]

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


class _Duty:
    """What is done with one kind of job."""

    def __init__(self, engine: sa.Engine, dispatch: Dispatch, clock: Callable[[], datetime], retries: Backoff) -> None:
        self._engine = engine
        self._dispatch = dispatch
        self._clock = clock
        self._retries = retries

    def desk(self) -> Desk[Job]:
        """Where it is done."""
        return Desk(self._dispatch.kind, self._dispatch.limits.at_once, self._claim, self._attempt)

    def _claim(self, limit: int) -> list[Job]:
        now = self._clock()
        with translated(), self._engine.begin() as conn:
            return dispatching.claim(conn, self._dispatch.kind, now, now + self._dispatch.limits.lease, limit)

    def _attempt(self, job: Job) -> None:
        with bound_contextvars(job_id=str(job.id)):
            self._carry_out(job, self._clock())

    def _carry_out(self, job: Job, began: datetime) -> None:
        try:
            outcome = self._dispatch.carry_out(job)
        except NoAnswer as silence:
            LOG.warning(PUT_OFF, job.kind, job.stream_id, silence)
            self._put_off(job, began, str(silence), silence.retry_after or AT_ONCE)
        except Unavailable as away:
            failure = in_one_line(away)
            LOG.warning(PUT_OFF, job.kind, job.stream_id, failure)
            self._put_off(job, began, failure)
        except Exception as error:
            LOG.exception("job %s (%s) of %s failed", job.id, job.kind, job.stream_id)
            self._put_off(job, began, f"{type(error).__name__}: {error}")
        else:
            LOG.info("job %s of %s is %s", job.kind, job.stream_id, outcome)
            with translated(), self._engine.begin() as conn:
                dispatching.note_dispatched(conn, job, outcome, ended_at(self._clock, began))

    def _put_off(self, job: Job, began: datetime, failure: str, at_least: timedelta = AT_ONCE) -> None:
        until = ended_at(self._clock, began) + max(self._retries.after(job.attempts), at_least)
        with translated(), self._engine.begin() as conn:
            dispatching.put_off(conn, job, until, failure[:SAID_AT_MOST])
