"""Refund cases: submitted by buyers, moved by whose turn it is, read by those they concern (SPEC §§3, 4 and 7.2)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from starlette.responses import Response

from api.entrance.door import admits, behind_the_door
from api.matters.matter import Matter
from api.matters.moves import add_moves, may_answer_opening, opened
from api.matters.reads import add_reads
from api.monitoring.metrics import Counted
from api.presenting.refund_case import CASES, look
from api.requests.errands import Decided
from api.requests.strictness import StrictJson
from api.schemas.refund_case import RefundCase
from api.services import Given
from domain.actors import Role
from domain.refund.commands import SubmitRequest
from domain.refund.transitions import TABLE
from store.application import CaseRecord, record_of

router = behind_the_door("refund cases")
REFUND_CASES: Matter[CaseRecord, RefundCase] = Matter(
    path=CASES,
    name="refund_case",
    shape=RefundCase,
    table=TABLE,
    desk=lambda door: door.refund_cases,
    told_by=record_of,
    show=look,
)


@router.post(
    REFUND_CASES.path,
    operation_id="submit_request",
    summary="Ask for a refund of an order line",
    status_code=HTTPStatus.CREATED,
    response_model=RefundCase,
    responses=may_answer_opening(RefundCase),
    **admits(Role.BUYER, Role.SUPPORT),
)
def submit(
    given: Given, counted: Counted, errand: Decided, request: Annotated[SubmitRequest, StrictJson()]
) -> Response:
    """Opens a case, routed to the seller or to support. Photos are uploaded first and named by their ids."""
    return opened(REFUND_CASES, given, counted, given.door.refund_cases.submit(request, errand), errand)


add_reads(router, REFUND_CASES)
add_moves(router, REFUND_CASES)
