"""Buyers: whether one is under fraud review, which is for support alone to know and decide (SPEC §3)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from api.answers import ANY_BODY, answer, may_answer
from api.door import admits, behind_the_door
from api.errands import Move
from api.schemas.buyers import Standing
from api.schemas.shape import RecordedChange
from api.sellers import recorded
from api.services import Given
from api.strictness import StrictJson
from domain.actors import Role
from domain.messages import Identifier
from store.application import Ground

router = behind_the_door("buyers")
BUYER = "/v1/buyers/{buyer_id}"
BuyerId = Annotated[Identifier, Path(description="The marketplace's id of the buyer")]
GroundGiven = Annotated[Ground, StrictJson()]
MOVES = may_answer(*ANY_BODY, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)


@router.get(
    f"{BUYER}/standing",
    operation_id="get_standing",
    summary="Whether a buyer is under review",
    response_model=Standing,
    responses=may_answer(),
    **admits(Role.SUPPORT, Role.AUDITOR),
)
def get_standing(given: Given, buyer_id: BuyerId) -> Response:
    standing = given.door.accounts.buyer(buyer_id)
    return answer(Standing(buyer_id=buyer_id, under_review=standing.under_review))


@router.post(
    f"{BUYER}/put-under-review",
    operation_id="put_under_review",
    summary="Route this buyer's new requests to support",
    response_model=RecordedChange,
    responses=MOVES,
    **admits(Role.SUPPORT),
)
def put_under_review(given: Given, errand: Move, buyer_id: BuyerId, ground: GroundGiven) -> Response:
    return recorded(given.door.accounts.put_under_review(buyer_id, ground, errand))


@router.post(
    f"{BUYER}/lift-review",
    operation_id="lift_review",
    summary="Route this buyer's new requests as usual again",
    response_model=RecordedChange,
    responses=MOVES,
    **admits(Role.SUPPORT),
)
def lift_review(given: Given, errand: Move, buyer_id: BuyerId, ground: GroundGiven) -> Response:
    return recorded(given.door.accounts.lift_review(buyer_id, ground, errand))
