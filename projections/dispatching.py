"""What the courier does with the outbox: claims jobs for a time, puts failed ones off, and notes what has left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from projections.outbox import JobKind, outbox
from store.tables import correlation_of, dispatch, event

NOW, UNTIL = (sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("now", "until"))
KIND, LIMIT = sa.bindparam("of_kind", type_=sa.Text), sa.bindparam("limit", type_=sa.Integer)

DUE = (
    sa.select(outbox.c.job_id)
    .where(outbox.c.kind == KIND, outbox.c.claim_at <= NOW)
    .order_by(outbox.c.claim_at, outbox.c.position)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("due")
)
"""Read once: as a subquery it may be read again for each row, and then claims more than its limit."""
CORRELATION = correlation_of(event.c.stream_id == outbox.c.stream_id, event.c.version == outbox.c.version)
CLAIM = (
    sa.update(outbox)
    .where(outbox.c.job_id == DUE.c.job_id)
    .values(claim_at=UNTIL, attempts=outbox.c.attempts + 1)
    .returning(outbox, CORRELATION)
)
LEFT_ALREADY = sa.select(dispatch.c.job_id).where(
    dispatch.c.job_id == sa.func.any(sa.bindparam("jobs", type_=sa.ARRAY(sa.Uuid)))
)
FORGET = sa.delete(outbox).where(outbox.c.job_id == sa.func.any(sa.bindparam("jobs", type_=sa.ARRAY(sa.Uuid))))
PUT_OFF = (
    sa.update(outbox)
    .where(outbox.c.job_id == sa.bindparam("job"), outbox.c.attempts == sa.bindparam("attempt"))
    .values(claim_at=UNTIL, failure=sa.bindparam("failed_with"))
)
NOTE = postgresql.insert(dispatch).on_conflict_do_nothing()
DEPTH = (
    sa.select(
        outbox.c.kind,
        sa.func.count().label("waiting"),
        sa.func.min(outbox.c.due_at).label("oldest_due_at"),
        sa.func.count(outbox.c.failure).label("failing"),
        sa.func.max(outbox.c.failure).label("failure"),
    )
    .where(outbox.c.due_at <= NOW)
    .group_by(outbox.c.kind)
    .order_by(outbox.c.kind)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing to do outside, claimed until its courier's time is up."""

    id: UUID
    kind: JobKind
    stream_id: UUID
    version: int
    """Of the event that caused it."""
    correlation_id: UUID
    """Of that event: under which the request is logged that led to it."""
    due_at: datetime
    attempts: int
    """How often it was claimed, this time included; whoever claims it next has a higher number."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How much of one kind waits although it is due."""

    kind: JobKind
    waiting: int
    oldest_due_at: datetime
    failing: int
    """How many of them failed at least once."""
    failure: str | None
    """What one of these said last."""


def claim(conn: sa.Connection, kind: JobKind, now: datetime, until: datetime, limit: int) -> list[Job]:
    """At most ``limit`` due jobs of this kind, longest due first; nobody else gets them before ``until``.

    A courier who is gone by then loses nothing: another one claims the job again.
    """
    asked = {"of_kind": kind, "now": now, "until": until, "limit": limit}
    jobs = [_job(row) for row in conn.execute(CLAIM, asked)]
    left = _left_already(conn, [job.id for job in jobs])
    return sorted((job for job in jobs if job.id not in left), key=lambda job: job.due_at)


def _job(row: sa.Row[tuple[object, ...]]) -> Job:
    return Job(
        id=row.job_id,
        kind=JobKind(row.kind),
        stream_id=row.stream_id,
        version=row.version,
        correlation_id=row.correlation_id,
        due_at=row.due_at,
        attempts=row.attempts,
    )


def _left_already(conn: sa.Connection, job_ids: Collection[UUID]) -> set[UUID]:
    """Jobs that a rebuild brought back while they were being done; they are dropped."""
    left = set(conn.execute(LEFT_ALREADY, {"jobs": list(job_ids)}).scalars()) if job_ids else set()
    if left:
        conn.execute(FORGET, {"jobs": list(left)})
    return left


def put_off(conn: sa.Connection, job: Job, until: datetime, failure: str) -> None:
    """Try this job again then, and note why; without effect once someone else has claimed it."""
    conn.execute(PUT_OFF, {"job": job.id, "attempt": job.attempts, "until": until, "failed_with": failure})


def note_dispatched(conn: sa.Connection, job: Job, outcome: str, now: datetime) -> None:
    """The job is done, for good: also a rebuild does not bring it back."""
    done = {
        "job_id": job.id,
        "kind": job.kind,
        "stream_id": job.stream_id,
        "version": job.version,
        "outcome": outcome,
        "attempts": job.attempts,
        "dispatched_at": now,
    }
    conn.execute(NOTE, done)
    conn.execute(FORGET, {"jobs": [job.id]})


def depth(conn: sa.Connection, now: datetime) -> list[Depth]:
    """What is due and waits, by kind: what metrics and health show."""
    return [
        Depth(JobKind(row.kind), row.waiting, row.oldest_due_at, row.failing, row.failure)
        for row in conn.execute(DEPTH, {"now": now})
    ]
