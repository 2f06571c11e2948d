"""The log for those who follow it: page by page, and as a stream of server-sent events (DESIGN §6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answering.answers import answer, event_stream, may_answer
from api.answering.stream_room import Room
from api.answering.streams import RETRY_MS, Place
from api.entrance.door import admits, behind_the_door
from api.presenting.published_event import published
from api.requests.event_selection import SoughtOf, behind, start
from api.schemas.events import EventPage, PublishedEvent
from api.services import Given, Services
from domain.actors import Role
from projections.event_feed import FeedEvent, Sought
from projections.log_tail import Tailed
from store.failures import Unavailable

router = behind_the_door("events")
FOLLOWERS = (Role.BUYER, Role.SELLER, Role.SUPPORT, Role.MARKETPLACE, Role.AUDITOR)
Limit = Annotated[int, Query(ge=1, le=500, description="Events a page")]
PIECE: Final = 100
"""Events told at once to a client that is behind."""
UNDECIDED_SECONDS: Final = 0.05
"""How soon to look again for an event that may still be under way."""


@router.get(
    "/v1/events",
    operation_id="list_events",
    summary="What happened, in the order of the log",
    response_model=EventPage,
    responses=may_answer(),
    **admits(*FOLLOWERS),
)
def list_events(given: Given, sought: SoughtOf, after: Annotated[int, Depends(behind)], limit: Limit = 100) -> Response:
    """Buyers and sellers are told what is their own. Nothing is ever skipped, and `next` may be kept for ever."""
    page = given.feed.page(sought, after, limit)
    return answer(EventPage(items=tuple(_told(given, sought, page.events)), next=page.next, more=page.more))


@router.get(
    "/v1/events/stream",
    operation_id="stream_events",
    summary="What happens, as it happens",
    response_class=EventSourceResponse,
    responses={**event_stream(PublishedEvent), **may_answer(HTTPStatus.TOO_MANY_REQUESTS)},
    **admits(*FOLLOWERS),
)
async def stream_events(
    given: Given, sought: SoughtOf, position: Annotated[int, Depends(start)], room: Room
) -> AsyncIterator[ServerSentEvent]:
    """Each event's `id` is its position, its `event` the type, its `data` as the feed tells it.

    A comment is sent every fifteen seconds. The stream ends now and then; come back with `Last-Event-ID`.
    """
    yield ServerSentEvent(id=str(position), retry=RETRY_MS)
    told = position
    async for events, reached in _as_they_come(given, sought, position, room):
        position = reached
        for event in events:
            yield _sent(event)
            told = event.position
    if told < position:
        yield ServerSentEvent(id=str(position))


async def _as_they_come(
    given: Services, sought: Sought, position: int, room: Place
) -> AsyncIterator[tuple[list[PublishedEvent], int]]:
    """What is new for this follower, and the position up to which it was looked for; ends with the stream's time."""
    while not room.is_over:
        room.listen()
        at_hand = given.streams.tail.since(position)
        try:
            events, reached = await run_in_threadpool(_next, given, sought, position, at_hand)
        except Unavailable:
            return
        if reached > position:
            position = reached
            yield events, position
        else:
            await room.news(UNDECIDED_SECONDS if at_hand is None else None)


def _next(
    given: Services, sought: Sought, position: int, at_hand: Sequence[Tailed] | None
) -> tuple[list[PublishedEvent], int]:
    if at_hand is None:
        page = given.feed.page(sought, position, PIECE)
        return _told(given, sought, page.events), page.next
    piece = at_hand[:PIECE]
    events = [it.event for it in piece if sought.takes(it.event, it.owner)]
    return _told(given, sought, events), piece[-1].event.id if piece else position


def _told(given: Services, sought: Sought, events: Sequence[FeedEvent]) -> list[PublishedEvent]:
    return [published(envelope, sought.by) for envelope in given.door.log.opened(events)] if events else []


def _sent(event: PublishedEvent) -> ServerSentEvent:
    return ServerSentEvent(id=str(event.position), event=event.type, raw_data=event.model_dump_json())
