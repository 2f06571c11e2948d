"""Cancellation requests: a process of their own beside refunds, on the same screen (SPEC §4)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from starlette.responses import Response

from api.entrance.door import admits, behind_the_door
from api.matters.matter import Matter
from api.matters.moves import add_moves, may_answer_opening, opened
from api.matters.reads import add_reads
from api.monitoring.metrics import Counted
from api.presenting.cancellation import CANCELLATIONS, look
from api.requests.errands import Decided
from api.requests.strictness import StrictJson
from api.schemas.cancellation import Cancellation
from api.services import Given
from domain.actors import Role
from domain.cancellation.commands import RequestCancellation
from domain.cancellation.transitions import TABLE
from store.application import CancellationRecord, cancellation_of

router = behind_the_door("cancellations")
REQUESTS: Matter[CancellationRecord, Cancellation] = Matter(
    path=CANCELLATIONS,
    name="cancellation",
    shape=Cancellation,
    table=TABLE,
    desk=lambda door: door.cancellations,
    told_by=cancellation_of,
    show=look,
)


@router.post(
    CANCELLATIONS,
    operation_id="request_cancellation",
    summary="Ask the seller to cancel the sale of an order line",
    status_code=HTTPStatus.CREATED,
    response_model=Cancellation,
    responses=may_answer_opening(Cancellation),
    **admits(Role.BUYER, Role.SUPPORT),
)
def submit(
    given: Given, counted: Counted, errand: Decided, request: Annotated[RequestCancellation, StrictJson()]
) -> Response:
    """The seller decides as he likes; silence or shipment declines, and the sale stands."""
    return opened(REQUESTS, given, counted, given.door.cancellations.submit(request, errand), errand)


add_reads(router, REQUESTS)
add_moves(router, REQUESTS)
