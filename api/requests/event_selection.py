"""Which part of the log a request asks for: of which types, and behind which position."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Query
from starlette.concurrency import run_in_threadpool

from api.answering.problems import Problem, invalid_field
from api.presenting.disclosure import audience_of, topics_asked_for
from api.requests.errands import Asking
from api.services import Given, Services
from projections.event_feed import Sought, UnknownTypeError, topics_named

Types = Annotated[
    str | None,
    Query(
        alias="type",
        max_length=2000,
        description="Only these types, separated by commas; `refund.*` means all that begin so",
        examples=["refund.approved.v1,cancellation.*"],
    ),
]
Position = Annotated[int, Query(alias="after", ge=0, lt=2**63, description="Only behind this position")]
Start = Annotated[
    int | None,
    Query(alias="after", ge=0, lt=2**63, description="Only behind this position; what happens from now on, without it"),
]
LastEventId = Annotated[
    int | None,
    Header(alias="Last-Event-ID", ge=0, lt=2**63, description="Where a broken stream goes on; it wins over `after`"),
]


async def sought(caller: Asking, types: Types = None) -> Sought:
    """Raises Problem (422) for a type that names no event."""
    try:
        named = topics_named(types.split(",")) if types is not None else None
    except UnknownTypeError as unknown:
        raise invalid_field("query", "type", str(unknown)) from None
    return Sought(caller, named if named is None else topics_asked_for(named, audience_of(caller)))


SoughtOf = Annotated[Sought, Depends(sought)]


async def behind(given: Given, after: Position = 0) -> int:
    """Raises Problem (422) for a position that the log does not have."""
    head = await run_in_threadpool(head_of, given)
    if after > head:
        raise invalid_field("query", "after", f"lies behind the end of the log, which is at {head}")
    return after


async def start(given: Given, after: Start = None, last_event_id: LastEventId = None) -> int:
    """Where a stream begins. Raises Problem: 422 or 400 for a position that the log does not have; Unavailable."""
    head = await run_in_threadpool(head_of, given)
    if last_event_id is not None and last_event_id > head:
        raise Problem("malformed", f"header Last-Event-ID: lies behind the end of the log, which is at {head}")
    if last_event_id is None and after is not None and after > head:
        raise invalid_field("query", "after", f"lies behind the end of the log, which is at {head}")
    given_place = after if last_event_id is None else last_event_id
    return await run_in_threadpool(given.feed.end) if given_place is None else given_place


def head_of(services: Services) -> int:
    """Where the log ends, as far as anybody sees by now."""
    return services.door.log.recorder.max_notification_id() or 0
