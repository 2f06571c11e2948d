"""Buyers: their requests (SPEC §7.6), and whether one is under fraud review, for support alone to know (SPEC §3)."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from api.answering.answers import ANY_BODY, answer, may_answer, recorded
from api.answering.pages import Cursors, Paged
from api.entrance.door import admits, behind_the_door
from api.presenting.standing import standing_of
from api.presenting.whereabouts import shown_with_href
from api.requests.errands import Asking, Move
from api.requests.strictness import StrictJson
from api.requests.views import MinPosition, at_one_moment, view
from api.schemas.buyers import StandingOfBuyer
from api.schemas.queues import BuyerRequest, BuyerRequests
from api.schemas.shape import RecordedChange
from api.services import Given
from domain.actors import Role
from domain.messages import Identifier, Instant
from domain.refusals import Unknown
from projections import buyer_requests
from projections.conduct import Conduct, counts_over
from store.application import Ground

router = behind_the_door("buyers")
BUYER = "/v1/buyers/{buyer_id}"
CURSORS: Cursors[tuple[datetime, UUID]] = Cursors(tuple[Instant, UUID])
OrderId = Annotated[Identifier | None, Query(description="Of this order only")]
BuyerId = Annotated[Identifier, Path(description="The marketplace's id of the buyer")]
GroundGiven = Annotated[Ground, StrictJson()]
MOVES = may_answer(*ANY_BODY, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)


@router.get(
    f"{BUYER}/requests",
    operation_id="list_buyer_requests",
    summary="A buyer's refund cases and cancellations, newest first",
    response_model=BuyerRequests,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(Role.BUYER, Role.SUPPORT, Role.AUDITOR),
)
def list_requests(
    given: Given,
    actor: Asking,
    buyer_id: BuyerId,
    paged: Paged,
    order_id: OrderId = None,
    min_position: MinPosition = None,
) -> Response:
    """At a glance; each says where the whole of it is, with its timeline and what the buyer may do now."""
    if actor.role is Role.BUYER and actor.id != buyer_id:
        raise Unknown("unknown_buyer", f"no buyer {buyer_id}", buyer_id=buyer_id)
    after = CURSORS.place(paged, buyer_id, order_id)
    with view(given, min_position, buyer_requests.BuyerRequests.name) as conn:
        found = buyer_requests.requests(conn, buyer_id, order_id=order_id, after=after, limit=paged.limit)
    return answer(
        BuyerRequests(
            items=tuple(shown_with_href(BuyerRequest, each) for each in found.items),
            next=CURSORS.mark(found.next, buyer_id, order_id),
        )
    )


@router.get(
    f"{BUYER}/standing",
    operation_id="get_standing",
    summary="Whether a buyer is under review, and what he asks for compared with what he buys",
    response_model=StandingOfBuyer,
    responses=may_answer(),
    **admits(Role.SUPPORT, Role.AUDITOR),
)
def get_standing(given: Given, buyer_id: BuyerId, min_position: MinPosition = None) -> Response:
    """Counted over the newest policy's windows, across all sellers, as of now."""
    standing, policy = given.door.accounts.buyer(buyer_id), given.door.policies.current
    with at_one_moment(view(given, min_position, Conduct.name)) as conn:
        counted = counts_over(conn, buyer_id, policy, given.door.clock())
    return answer(standing_of(buyer_id, standing.under_review, policy, counted))


@router.post(
    f"{BUYER}/put-under-review",
    operation_id="put_under_review",
    summary="Route this buyer's new requests to support",
    response_model=RecordedChange,
    responses=MOVES,
    **admits(Role.SUPPORT),
)
def put_under_review(given: Given, errand: Move, buyer_id: BuyerId, ground: GroundGiven) -> Response:
    return recorded(given.door.accounts.put_under_review(buyer_id, ground, errand), errand)


@router.post(
    f"{BUYER}/lift-review",
    operation_id="lift_review",
    summary="Route this buyer's new requests as usual again",
    response_model=RecordedChange,
    responses=MOVES,
    **admits(Role.SUPPORT),
)
def lift_review(given: Given, errand: Move, buyer_id: BuyerId, ground: GroundGiven) -> Response:
    return recorded(given.door.accounts.lift_review(buyer_id, ground, errand), errand)
