"""Reading the views: on one connection, and where asked not before they contain the caller's own write."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import Query

from api.answering.error_answers import RETRY_SOON
from api.answering.problems import Problem, invalid_field
from api.services import Services
from projections.progress import StillBehindError
from store.engine import reading

MinPosition = Annotated[
    int | None,
    Query(ge=0, lt=2**63, description="At least this far: the `position` that a command answered"),
]


def view(services: Services, min_position: int | None, *names: str) -> sa.Connection:
    """A connection on which the views of these names contain ``min_position``; the caller closes it.

    Each statement stands alone, in one round trip, unless ``at_one_moment`` holds them together.

    Raises Problem: 422 for a position that the log does not have, 503 when a view does not get there in time.
    """
    if min_position:
        head = services.door.log.recorder.max_notification_id() or 0
        if min_position > head:
            raise invalid_field("query", "min_position", f"lies behind the end of the log, which is at {head}")
        try:
            services.progress.wait_for(min_position, services.limits.view_seconds, *names)
        except StillBehindError as behind:
            raise Problem("not_yet", str(behind), headers=RETRY_SOON) from behind
    return reading(services.engine)


def at_one_moment(conn: sa.Connection) -> sa.Connection:
    """The connection, on which every statement now sees what the first one saw."""
    return conn.execution_options(isolation_level="REPEATABLE READ")
