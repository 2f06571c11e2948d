"""How well what happens unasked is kept up, read from the database whichever process does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.services import Services
from projections import dispatching, heartbeats, sweeping
from projections.dispatching import Depth
from projections.heartbeats import Heard
from projections.progress import Lag
from projections.sweeping import SetAside
from store.engine import reading
from store.failures import translated
from store.webhooks.backlog import Backlog, backlogs


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Read models, deadlines, outbox, webhooks and tasks at one moment."""

    now: datetime
    """By the house's clock."""
    lags: Sequence[Lag]
    deadlines: sweeping.Standing
    set_aside: Sequence[SetAside]
    """The first of them."""
    outbox: Sequence[Depth]
    webhooks: Sequence[Backlog]
    tasks: Sequence[Heard]

    def late_seconds(self, since: datetime | None) -> float:
        """How long something has waited that could be done ``since`` then."""
        return 0.0 if since is None else max((self.now - since).total_seconds(), 0.0)


def standing(given: Services) -> Standing:
    """How things stand now. Raises Unavailable without the database."""
    now, lags = given.door.clock(), given.progress.lag()
    with translated(), reading(given.engine) as conn:
        return Standing(
            now=now,
            lags=lags,
            deadlines=sweeping.standing(conn, now),
            set_aside=sweeping.aside(conn, limit=20),
            outbox=dispatching.depth(conn, now),
            webhooks=backlogs(conn),
            tasks=heartbeats.look(conn),
        )
