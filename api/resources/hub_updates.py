"""Live updates of the seller hub: which lines changed, told once reading the hub again shows it (SPEC §7.1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api.answering.answers import event_stream, may_answer
from api.answering.stream_room import Room
from api.answering.streams import RETRY_MS
from api.entrance.door import admits, behind_the_door
from api.requests.errands import Asking
from api.requests.event_selection import start
from api.resources.seller_hub import SellerId, whose_orders
from api.schemas.hub_updates import ChangedLine, HubUpdate
from api.schemas.seller_hub import FilterCounts
from api.services import Given, Services
from domain.actors import Role
from projections.log_tail import LogTail, Tailed
from projections.seller_orders import overdue_soon_until, tally
from store.engine import reading
from store.failures import Unavailable, translated

router = behind_the_door("seller hub")
CHANGED, RELOAD = "orders_changed", "reload"


async def seller_of(caller: Asking, seller_id: SellerId = None) -> str:
    """Raises Unknown when a seller asks for another's updates."""
    return whose_orders(caller, seller_id)


@router.get(
    "/v1/seller-hub/updates",
    operation_id="stream_hub_updates",
    summary="Which of a seller's order lines change, as they change",
    response_class=EventSourceResponse,
    responses={**event_stream(HubUpdate), **may_answer(HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS)},
    **admits(Role.SELLER, Role.SUPPORT, Role.AUDITOR),
)
async def stream_hub_updates(
    given: Given, seller_id: Annotated[str, Depends(seller_of)], position: Annotated[int, Depends(start)], room: Room
) -> AsyncIterator[ServerSentEvent]:
    """`orders_changed` names lines and tells the counts anew; `reload` says that more was missed than is at hand.

    The hub's list shows what is told here already. Its `min_position` takes the `id`.
    """
    yield ServerSentEvent(id=str(position), retry=RETRY_MS)
    while not room.is_over:
        room.listen()
        event, changed, reached = _news(given.streams.tail, seller_id, position)
        if event:
            try:
                yield _sent(event, await run_in_threadpool(_update, given, seller_id, reached, changed))
            except Unavailable:
                return
        if reached == position:
            await room.news()
        position = reached


def _news(tail: LogTail, seller_id: str, position: int) -> tuple[str | None, list[Tailed], int]:
    """What to tell this seller now, if anything, of which events, and up to where the hub was looked at."""
    newer, begins_at = tail.since(position), tail.begins_at
    if newer is None:
        missed = begins_at is not None and position < begins_at <= tail.shown
        return (RELOAD, [], begins_at or position) if missed else (None, [], position)
    shown = [it for it in newer if it.event.id <= tail.shown]
    changed = [it for it in shown if it.owner.seller_id == seller_id and it.owner.line_id]
    return CHANGED if changed else None, changed, shown[-1].event.id if shown else position


def _update(given: Services, seller_id: str, position: int, changed: Sequence[Tailed]) -> HubUpdate:
    soon = overdue_soon_until(given.door.clock(), given.door.policies.current)
    with translated(), reading(given.engine) as conn:
        counts = tally(conn, seller_id, soon)
    matters: dict[str, set[UUID]] = {}
    for it in changed:
        matters.setdefault(str(it.owner.line_id), set()).add(UUID(str(it.event.originator_id)))
    return HubUpdate(
        position=position,
        lines=tuple(ChangedLine(line_id=line, streams=tuple(sorted(ids))) for line, ids in matters.items()),
        counts={quick: FilterCounts.model_validate(count, from_attributes=True) for quick, count in counts.items()},
    )


def _sent(event: str, update: HubUpdate) -> ServerSentEvent:
    return ServerSentEvent(id=str(update.position), event=event, raw_data=update.model_dump_json())
