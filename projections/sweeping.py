"""What the scheduler does with the deadlines: claims what is due, and removes it or sets it aside (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from domain.deadline import DeadlineKind
from projections.deadlines import deadline
from store.tables import correlation_of, event

STREAMS = deadline.c.stream_id == sa.func.any(sa.bindparam("streams", type_=sa.ARRAY(sa.Uuid)))
NOW, LIMIT = sa.bindparam("now", type_=sa.DateTime(timezone=True)), sa.bindparam("limit", type_=sa.Integer)

CORRELATION = correlation_of(event.c.stream_id == deadline.c.stream_id, event.c.version == deadline.c.version)
CLAIM = (
    sa.select(deadline, CORRELATION)
    .where(deadline.c.claim_at <= NOW)
    .order_by(deadline.c.claim_at, deadline.c.stream_id)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
)
DUE = (
    sa.select(deadline.c.stream_id)
    .where(deadline.c.claim_at <= NOW)
    .order_by(deadline.c.claim_at, deadline.c.stream_id)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("due")
)
TAKE = (
    sa.delete(deadline)
    .where(deadline.c.stream_id == DUE.c.stream_id)
    .returning(deadline.c.stream_id, deadline.c.claim_at)
)
REMOVE = sa.delete(deadline).where(STREAMS)
SET_ASIDE = (
    sa.update(deadline)
    .where(STREAMS)
    .values(claim_at=sa.bindparam("until"), attempts=deadline.c.attempts + 1, failure=sa.bindparam("failed_with"))
)
ASIDE = sa.select(deadline).where(deadline.c.attempts > 0).order_by(deadline.c.claim_at).limit(LIMIT)
STANDING = sa.select(
    sa.select(sa.func.min(deadline.c.claim_at))
    .where(deadline.c.claim_at <= NOW)
    .scalar_subquery()
    .label("waits_since"),
    sa.select(sa.func.count()).where(deadline.c.attempts > 0).scalar_subquery().label("set_aside"),
)


@dataclass(frozen=True, slots=True)
class DueRow:
    """A deadline that has run out, claimed until the transaction ends."""

    stream_id: UUID
    kind: DeadlineKind
    due_at: datetime
    attempts: int
    """How often it was set aside before."""
    correlation_id: UUID
    """Of the event that set it: under which the request is logged that led to it."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A deadline whose timeout failed and waits for another try."""

    stream_id: UUID
    kind: DeadlineKind
    due_at: datetime
    retry_at: datetime
    attempts: int
    failure: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How well the deadlines are kept."""

    waits_since: datetime | None
    """Since when the earliest deadline that can be taken waits to be; None when nothing is due."""
    set_aside: int
    """How many timeouts failed and wait for another try."""


def claim_due(conn: sa.Connection, now: datetime, limit: int) -> list[DueRow]:
    """At most ``limit`` deadlines with ``due_at`` ≤ ``now``, in due order, locked for this transaction.

    Rows that another sweep holds are left to it; rows set aside come back at their retry time.
    """
    rows = conn.execute(CLAIM, {"now": now, "limit": limit})
    return [DueRow(row.stream_id, DeadlineKind(row.kind), row.due_at, row.attempts, row.correlation_id) for row in rows]


def take_due(conn: sa.Connection, now: datetime, limit: int) -> list[UUID]:
    """What ``claim_due`` would claim, in due order, its rows dropped: for those who carry out all of it or nothing.

    One statement for two, since whoever works off many deadlines waits for nothing but the database.
    """
    taken = conn.execute(TAKE, {"now": now, "limit": limit}).all()
    return [stream_id for stream_id, _ in sorted(taken, key=lambda row: (row.claim_at, row.stream_id))]


def remove(conn: sa.Connection, stream_ids: Iterable[UUID]) -> None:
    """Drop the rows of deadlines that were overtaken; the projection puts what follows in their place."""
    conn.execute(REMOVE, {"streams": list(stream_ids)})


def set_aside(conn: sa.Connection, stream_id: UUID, until: datetime, failure: str) -> None:
    """Leave this deadline alone until then, and note why."""
    conn.execute(SET_ASIDE, {"streams": [stream_id], "until": until, "failed_with": failure})


def standing(conn: sa.Connection, now: datetime) -> Standing:
    """How well the deadlines are kept, whichever process should keep them."""
    row = conn.execute(STANDING, {"now": now}).one()
    return Standing(row.waits_since, row.set_aside)


def aside(conn: sa.Connection, limit: int = 100) -> list[SetAside]:
    """The deadlines that are set aside, soonest retry first: what health shows."""
    rows = conn.execute(ASIDE, {"limit": limit})
    return [
        SetAside(row.stream_id, DeadlineKind(row.kind), row.due_at, row.claim_at, row.attempts, row.failure)
        for row in rows
    ]
