"""The clock as an actor: sweeps the deadlines that have run out and turns them into timeouts (SPEC §4, DESIGN §5)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from structlog.contextvars import bound_contextvars

from projections import sweeping
from projections.deadlines import Deadlines, deadline
from projections.progress import Progress
from projections.sweeping import DueRow
from scheduler.backoff import Backoff
from store.application import DirectService
from store.engine import reading
from store.envelope import Envelope
from store.failures import CommandInFlight, StreamMoved, Unavailable, translated
from store.reader import LogReader

LOG = logging.getLogger(__name__)
BATCH = 250
"""Deadlines a transaction: large enough to share its cost, small enough that nobody who stops it waits for long."""
BATCHES = 5
"""Batches a sweep, so that the timer can be stopped between two."""
GLANCE = timedelta(milliseconds=20)
"""How soon to look again for a view that is behind, or for rows that another sweep holds."""
PATIENCE = timedelta(seconds=10)
"""How long a sweep may be held back before health says so."""
SAID_AT_MOST = 500
NEXT = sa.select(sa.func.min(deadline.c.claim_at))


class DeadlineSweep:
    """Overtakes the silent: any number of sweeps share the work, each timeout is recorded once, at its ``due_at``.

    A sweep first lets the deadlines view catch up with the log as it stood when the sweep began. A stale row could
    not do harm, since ``overtake`` looks at the case itself; but the row of an answered case costs a load for
    nothing, and a deadline that the view does not show yet would be passed over for a later one. While one sweep
    after the other finds more than it can take, none waits: what lags then are mostly the sweeps' own timeouts.
    """

    def __init__(
        self,
        engine: sa.Engine,
        service: DirectService,
        *,
        announce: Callable[[], None] = lambda: None,
        observe: Callable[[Envelope], None] = lambda _: None,
        retries: Backoff,
    ) -> None:
        """``announce`` is called after each commit, to wake the readers; ``observe`` is shown each timeout."""
        self._engine = engine
        self._service = service
        self._progress = Progress(engine, LogReader(engine), [Deadlines.name])
        self._announce = announce
        self._observe = observe
        self._retries = retries
        self._is_catching_up = False
        self._goal: int | None = None
        self._held_back_since: datetime | None = None

    def sweep(self) -> timedelta | None:
        """Overtake what is due, earliest first; answers when the next look is worth while, None for much later."""
        now = self._service.clock()
        if not self._is_catching_up and not self._view_is_current(now):
            return GLANCE
        self._is_catching_up = all(self._batch(now) == BATCH for _ in range(BATCHES))
        return timedelta() if self._is_catching_up else self._until_next()

    def troubles(self) -> list[str]:
        """That sweeps have been held back for long, where they are."""
        since = self._held_back_since
        if since is None or self._service.clock() - since <= PATIENCE:
            return []
        return [f"no sweep since {since:%FT%TZ}: the deadlines' view lags the log"]

    def _view_is_current(self, now: datetime) -> bool:
        """Whether the view contains the log as it stood when this was first asked."""
        (lag,) = self._progress.lag()
        goal = lag.position + lag.behind if self._goal is None else self._goal
        current = lag.position >= goal
        self._goal = None if current else goal
        self._held_back_since = None if current else self._held_back_since or now
        return current

    def _batch(self, now: datetime) -> int:
        """How many rows were taken; when one of them fails they are taken one by one.

        The append comes last: until the commit it holds readers at the gap it may leave.
        """
        taken: list[UUID] = []
        try:
            with translated(), self._engine.begin() as conn:
                taken = sweeping.take_due(conn, now, BATCH)
                timeouts = self._service.overtake(taken, conn=conn) if taken else []
        except Exception as error:
            if not taken:
                raise
            LOG.info("a batch of %d deadlines is taken one by one: %r", len(taken), error)
            timeouts = [timeout for _ in taken for timeout in self._single(now)]
        self._committed(timeouts)
        return len(taken)

    def _single(self, now: datetime) -> list[Envelope]:
        with translated(), self._engine.begin() as conn:
            for row in sweeping.claim_due(conn, now, 1):
                with bound_contextvars(correlation_id=str(row.correlation_id)):
                    return self._overtaken(conn, row, now)
        return []

    def _overtaken(self, conn: sa.Connection, row: DueRow, now: datetime) -> list[Envelope]:
        """The timeout; none where it failed and is set aside. What is logged bears the id of who set the deadline."""
        try:
            with conn.begin_nested():
                sweeping.remove(conn, [row.stream_id])
                return self._service.overtake([row.stream_id], conn=conn)
        except (StreamMoved, CommandInFlight) as error:
            sweeping.set_aside(conn, row.stream_id, now + self._retries.first, str(error)[:SAID_AT_MOST])
        except Unavailable:
            raise
        except Exception as error:
            LOG.exception("the deadline of %s cannot be applied", row.stream_id)
            until = now + self._retries.after(row.attempts + 1)
            sweeping.set_aside(conn, row.stream_id, until, f"{type(error).__name__}: {error}"[:SAID_AT_MOST])
        return []

    def _committed(self, timeouts: Sequence[Envelope]) -> None:
        if timeouts:
            self._announce()
        for timeout in timeouts:
            self._observe(timeout)

    def _until_next(self) -> timedelta | None:
        with translated(), reading(self._engine) as conn:
            next_due = conn.execute(NEXT).scalar_one()
        return None if next_due is None else max(next_due - self._service.clock(), GLANCE)
