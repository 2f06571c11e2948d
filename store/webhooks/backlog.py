"""What endpoints have not been told yet, and never will be unless it is asked for: what metrics and health show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.tables import event
from store.webhooks.tables import DEAD, WAITING, delivery, endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How far one endpoint is behind what it wants to be told."""

    endpoint_id: str
    waiting: int
    """Messages that are due and were not taken yet."""
    oldest_due_at: datetime | None
    """Since when the oldest of them waits; None where none does."""
    failing: int
    """How many of them failed at least once."""
    dead: int
    """Messages that were given up; each can be asked for again."""
    behind: int
    """Positions of the log that were not looked through for it yet."""
    is_disabled: bool
    """Whether nothing is told to it until it is put again."""


OF_ENDPOINT = delivery.c.endpoint_id == endpoint.c.endpoint_id
WAITS = (
    sa.select(
        sa.func.count().label("waiting"),
        sa.func.min(delivery.c.due_at).label("oldest_due_at"),
        sa.func.count(delivery.c.failure).label("failing"),
    )
    .where(OF_ENDPOINT, WAITING)
    .lateral("waits")
)
HEAD = sa.select(sa.func.coalesce(sa.func.max(event.c.id), 0)).scalar_subquery()
BACKLOGS = sa.select(
    endpoint.c.endpoint_id,
    *WAITS.c,
    sa.select(sa.func.count()).where(OF_ENDPOINT, DEAD).scalar_subquery().label("dead"),
    sa.func.greatest(HEAD - endpoint.c.position, 0).label("behind"),
    endpoint.c.disabled_at.is_not(None).label("is_disabled"),
).order_by(endpoint.c.endpoint_id)


def backlogs(conn: sa.Connection) -> list[Backlog]:
    """Of every endpoint, in the order of their ids."""
    return [Backlog(**row) for row in conn.execute(BACKLOGS).mappings()]
