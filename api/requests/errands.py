"""From a request to an errand: who asks, under which command id, on which conditions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, Header, Query
from starlette.requests import Request

from api.entrance.accounting import CORRELATION_ID
from api.requests.idempotency import IdempotencyKey, command_id
from api.requests.preconditions import IfMatch, expected_version
from api.requests.strictness import Flag
from domain.actors import Actor
from store.application import Errand

CorrelationId = Annotated[
    UUID | None,
    Header(alias=CORRELATION_ID, description="What the request belongs to; recorded with it, answered, and logged."),
]


Preview = Annotated[Flag, Query(description="Decide, answer what it would lead to, and record nothing.")]


async def asking(request: Request) -> Actor:
    """The actor whom the door let in."""
    actor: Actor = request.state.actor
    return actor


Asking = Annotated[Actor, Depends(asking)]


async def errand(request: Request, actor: Asking, _correlation_id: CorrelationId = None) -> Errand:
    """What every request that changes something says of itself."""
    return Errand(actor=actor, command_id=uuid4(), correlation_id=request.state.correlation_id)


Sent = Annotated[Errand, Depends(errand)]


async def once(sent: Sent, key: IdempotencyKey) -> Errand:
    """The errand of a POST, which takes effect once."""
    return replace(sent, command_id=command_id(sent.actor, key))


Once = Annotated[Errand, Depends(once)]


async def decided(sent: Once, preview: Preview = False) -> Errand:  # noqa: FBT002 -- a query parameter
    """The errand of a POST that the trade decides on, so that it can be tried out first."""
    return replace(sent, preview=preview)


Decided = Annotated[Errand, Depends(decided)]


async def move(sent: Decided, if_match: IfMatch = None) -> Errand:
    """The errand of a POST that moves what stands at a version."""
    return replace(sent, expected_version=expected_version(if_match))


Move = Annotated[Errand, Depends(move)]


async def stated(sent: Sent, preview: Preview = False) -> Errand:  # noqa: FBT002 -- a query parameter
    """The errand of a PUT or DELETE that the trade decides on. It is idempotent by itself, so no key is needed."""
    return replace(sent, preview=preview)


Stated = Annotated[Errand, Depends(stated)]


async def change(sent: Stated, if_match: IfMatch = None) -> Errand:
    """The errand of a PUT or DELETE that changes what stands at a version."""
    return replace(sent, expected_version=expected_version(if_match))


Change = Annotated[Errand, Depends(change)]
