"""The queue as support sees it, longest waiting first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.actors import Role
from domain.money import Money
from domain.vocabulary import CancellationStatus, Reason, ReviewCause, Status, SupportRouting
from projections.processes import Process
from projections.support_queue.tables import queued
from store.tables import event, policy_of

Key = tuple[datetime, UUID]
"""Since when, and id: where a page ends."""
PINNED = policy_of(event.c.stream_id == queued.c.id, event.c.version == 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A case that support has or was asked to look at, or a cancellation that waits for it."""

    id: UUID
    process: Process
    status: Status | CancellationStatus
    since: datetime
    cause: ReviewCause | None
    """Why it is under review; None for an appeal, and where support was only asked in."""
    routing: tuple[SupportRouting, ...]
    """Why intake sent it here."""
    asked_in_by: Role | None
    """Who asked for support while the case goes on without it."""
    answered_at: datetime | None
    """When support first did something about it."""
    on_hold: bool
    """A disputed return: nothing is charged or refunded, and no clock runs, until support decides."""
    fraud_suspected: bool
    at_stake: Money
    """What the buyer may get, or what the appealing seller may get back."""
    reason: Reason | None
    """Of a refund request."""
    seller_id: str
    buyer_id: str
    order_id: str
    line_id: str
    title: str
    opened_at: datetime
    policy: str
    """Which one it is pinned to."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some cases, longest waiting first, and where the next page begins; None on the last."""

    items: tuple[Queued, ...]
    next: Key | None


def queue(
    conn: sa.Connection,
    *,
    on_hold: bool | None = None,
    asked_in: bool | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> QueuePage:
    """The queue, longest waiting first, from behind ``after`` on.

    ``on_hold`` and ``asked_in`` choose those cases alone that are on hold, or that support was only asked into, or
    all others.
    """
    columns = queued.c
    statement = sa.select(queued, PINNED).order_by(columns.since, columns.id).limit(limit + 1)
    if on_hold is not None:
        statement = statement.where(columns.on_hold.is_(on_hold))
    if asked_in is not None:
        statement = statement.where(columns.asked_in_by.is_not(None) if asked_in else columns.asked_in_by.is_(None))
    if after:
        statement = statement.where(sa.tuple_(columns.since, columns.id) > sa.tuple_(*after))
    rows = conn.execute(statement).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return QueuePage(tuple(_queued(row) for row in rows[:limit]), (last.since, last.id) if last else None)


def _queued(row: Any) -> Queued:  # noqa: ANN401 -- a row of queued
    values, process = row._asdict(), Process(row.process)
    at_stake = Money(minor=values.pop("at_stake_minor"), currency=values.pop("currency"))
    return Queued(
        **{
            **values,
            "process": process,
            "status": Status(row.status) if process is Process.REFUND else CancellationStatus(row.status),
            "cause": ReviewCause(row.cause) if row.cause else None,
            "routing": tuple(SupportRouting(it) for it in row.routing),
            "asked_in_by": Role(row.asked_in_by) if row.asked_in_by else None,
            "reason": Reason(row.reason) if row.reason else None,
            "at_stake": at_stake,
        }
    )
