"""Deliveries: put for what an endpoint wants, claimed in the order of each case, ended, or asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from store.tables import correlation_of, event
from store.webhooks.tables import WAITING, attempt, delivery, endpoint

KEPT_FOR = timedelta(days=30)
"""How long it is kept what was delivered."""


class State(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up; it can be asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event to tell one endpoint."""

    endpoint_id: str
    position: int
    stream_id: UUID
    topic: str
    state: State
    claim_at: datetime
    """While it waits: when it is tried next, or the end of a courier's claim."""
    tries: int
    failure: str | None
    ended_at: datetime | None
    correlation_id: UUID
    """Of the event: under which the request is logged that led to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """That something was sent, or could not be."""

    attempted_at: datetime
    milliseconds: int
    status: int | None
    failure: str | None


COLUMNS = [
    *(delivery.c[name] for name in Delivery.__dataclass_fields__ if name in delivery.c),
    correlation_of(event.c.id == delivery.c.position),
]
TOLD = [attempt.c[name] for name in Attempt.__dataclass_fields__]
EARLIER = delivery.alias("earlier")
AN_EARLIER_WAITS = sa.exists().where(
    EARLIER.c.endpoint_id == delivery.c.endpoint_id,
    EARLIER.c.stream_id == delivery.c.stream_id,
    EARLIER.c.state == State.WAITING,
    EARLIER.c.position < delivery.c.position,
)
AFRESH = {"state": State.WAITING, "tries": 0, "failure": None, "ended_at": None}
"""A delivery that waits as if nothing had been sent yet."""
NEW = postgresql.insert(delivery)
PUT = NEW.on_conflict_do_update(
    index_elements=[delivery.c.endpoint_id, delivery.c.position],
    set_={**AFRESH, "claim_at": NEW.excluded.claim_at, "due_at": NEW.excluded.due_at},
    where=~WAITING,
)
"""What was told already is told again: only a replay goes back in the log."""


def lock(conn: sa.Connection, endpoint_id: str) -> int | None:
    """How far the log was looked through for it, held until the transaction ends; None if others hold it."""
    enabled = (endpoint.c.endpoint_id == endpoint_id, endpoint.c.disabled_at.is_(None))
    asked = sa.select(endpoint.c.position).where(*enabled)
    return conn.execute(asked.with_for_update(skip_locked=True)).scalar_one_or_none()


def waiting(conn: sa.Connection, endpoint_id: str) -> int:
    """How many wait for this endpoint."""
    asked = sa.select(sa.func.count()).where(delivery.c.endpoint_id == endpoint_id, WAITING)
    return int(conn.execute(asked).scalar_one())


def put(conn: sa.Connection, endpoint_id: str, rows: Sequence[dict[str, Any]], reached: int, now: datetime) -> None:
    """These wait from now on, and the log was looked through up to ``reached``."""
    if rows:
        common = {"endpoint_id": endpoint_id, "state": State.WAITING, "claim_at": now, "due_at": now, "tries": 0}
        conn.execute(PUT, [{**row, **common} for row in rows])
    conn.execute(sa.update(endpoint).where(endpoint.c.endpoint_id == endpoint_id).values(position=reached))


def claim(conn: sa.Connection, endpoint_id: str, now: datetime, until: datetime, limit: int) -> list[Delivery]:
    """At most so many that are due, of each case its earliest alone; nobody else gets them before ``until``."""
    due = (
        sa.select(delivery.c.position)
        .where(delivery.c.endpoint_id == endpoint_id, WAITING, delivery.c.claim_at <= now, ~AN_EARLIER_WAITS)
        .order_by(delivery.c.claim_at, delivery.c.position)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # read once: as a subquery it may be read again for each row, and then claims more than its limit
    )
    claimed = (
        sa.update(delivery)
        .where(delivery.c.endpoint_id == endpoint_id, delivery.c.position == due.c.position)
        .values(claim_at=until, tries=delivery.c.tries + 1)
        .returning(*COLUMNS)
    )
    return sorted((_delivery(row) for row in conn.execute(claimed).mappings()), key=lambda it: it.position)


def note(conn: sa.Connection, told: Delivery, made: Attempt) -> None:
    """Write an attempt down."""
    if _is_there(conn, told):
        conn.execute(sa.insert(attempt), {"endpoint_id": told.endpoint_id, "position": told.position, **_of(made)})


def end(conn: sa.Connection, told: Delivery, state: State, now: datetime, failure: str | None = None) -> None:
    """It is delivered, or given up."""
    _change(conn, told, {"state": state, "ended_at": now, "failure": failure})


def put_off(conn: sa.Connection, told: Delivery, until: datetime, failure: str) -> None:
    """Try it again then; without effect once someone else has claimed it."""
    _change(conn, told, {"claim_at": until, "failure": failure})


def ask_again(conn: sa.Connection, endpoint_id: str, position: int, command_id: UUID, now: datetime) -> bool:
    """Tell this one again at once, whatever became of it; the same command once. Whether there is such a delivery."""
    place = (delivery.c.endpoint_id == endpoint_id, delivery.c.position == position)
    if conn.execute(sa.select(sa.func.count()).where(*place)).scalar_one() == 0:
        return False
    again = {**AFRESH, "claim_at": now, "due_at": now, "asked_by": command_id}
    conn.execute(sa.update(delivery).where(*place, delivery.c.asked_by.is_distinct_from(command_id)).values(again))
    return True


def page(
    conn: sa.Connection, endpoint_id: str, state: State | None, before: int | None, limit: int
) -> tuple[list[Delivery], int | None]:
    """The newest deliveries, and the position behind which the next page begins; None on the last."""
    asked = sa.select(*COLUMNS).where(delivery.c.endpoint_id == endpoint_id)
    if state is not None:
        asked = asked.where(delivery.c.state == state)
    if before is not None:
        asked = asked.where(delivery.c.position < before)
    rows = conn.execute(asked.order_by(delivery.c.position.desc()).limit(limit + 1)).mappings().all()
    found = [_delivery(row) for row in rows[:limit]]
    return found, found[-1].position if len(rows) > limit else None


def find(conn: sa.Connection, endpoint_id: str, position: int) -> tuple[Delivery, list[Attempt]] | None:
    """One delivery with every attempt, oldest first."""
    asked = sa.select(*COLUMNS).where(delivery.c.endpoint_id == endpoint_id, delivery.c.position == position)
    row = conn.execute(asked).mappings().one_or_none()
    if row is None:
        return None
    made = sa.select(*TOLD).where(attempt.c.endpoint_id == endpoint_id, attempt.c.position == position)
    attempts = conn.execute(made.order_by(attempt.c.attempt_id)).mappings()
    return _delivery(row), [Attempt(**each) for each in attempts]


def sweep(conn: sa.Connection, now: datetime) -> None:
    """Drop what was delivered long ago."""
    conn.execute(sa.delete(delivery).where(delivery.c.state == State.DELIVERED, delivery.c.ended_at < now - KEPT_FOR))


def _delivery(row: Any) -> Delivery:  # noqa: ANN401 -- a mapping of columns
    return Delivery(**{**row, "state": State(row["state"])})


def _of(made: Attempt) -> dict[str, Any]:
    return {name: getattr(made, name) for name in Attempt.__dataclass_fields__}


def _is_there(conn: sa.Connection, told: Delivery) -> bool:
    place = (delivery.c.endpoint_id == told.endpoint_id, delivery.c.position == told.position)
    return conn.execute(sa.select(delivery.c.position).where(*place).with_for_update()).first() is not None


def _change(conn: sa.Connection, told: Delivery, values: dict[str, Any]) -> None:
    """Only while it is still this courier's."""
    conn.execute(
        sa.update(delivery)
        .where(
            delivery.c.endpoint_id == told.endpoint_id,
            delivery.c.position == told.position,
            delivery.c.tries == told.tries,
            WAITING,
        )
        .values(values)
    )
