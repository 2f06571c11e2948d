"""Refund cases: submitted by buyers, read by those they concern (SPEC §§3, 4 and 7.2)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import ANY_BODY, answer, may_answer, unless_known
from api.door import Door, admits
from api.errands import Asking, Step
from api.looking import look, outcome, stood
from api.metrics import Counted
from api.preconditions import HIGHEST_VERSION, IfNoneMatch, etag
from api.presenting.actions import CASES, case_href
from api.presenting.history import entry
from api.presenting.timeline import timeline
from api.schemas.case_history import History
from api.schemas.refund_case import RefundCase, Timeline
from api.services import Given
from api.strictness import CaseId, StrictJson
from domain.actors import Role
from domain.messages import Instant
from domain.refund.commands import SubmitRequest

router = APIRouter(route_class=Door, tags=["refund cases"])
PARTIES = (Role.BUYER, Role.SELLER, Role.SUPPORT, Role.AUDITOR)

Version = Annotated[int | None, Query(ge=1, le=HIGHEST_VERSION, description="As it stood at this version")]
AsOf = Annotated[Instant | None, Query(description="As the house knew it at this moment")]


@router.post(
    CASES,
    operation_id="submit_request",
    summary="Ask for a refund of an order line",
    status_code=HTTPStatus.CREATED,
    response_model=RefundCase,
    responses=may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    **admits(Role.BUYER, Role.SUPPORT),
)
def submit(given: Given, counted: Counted, errand: Step, request: Annotated[SubmitRequest, StrictJson()]) -> Response:
    """Opens a case, routed to the seller or to support. Photos are uploaded first and named by their ids."""
    receipt = given.door.refund_cases.submit(request, errand)
    counted.recorded(receipt)
    case = outcome(given, receipt, errand)
    if errand.preview:
        return answer(case)
    return answer(case, HTTPStatus.CREATED, {"Location": case_href(case.id), "ETag": etag(case.version)})


@router.get(
    f"{CASES}/{{case_id}}",
    operation_id="get_refund_case",
    summary="One case, as the caller may see it",
    response_model=RefundCase,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*PARTIES),
)
def get(
    given: Given,
    actor: Asking,
    case_id: CaseId,
    if_none_match: IfNoneMatch = None,
    version: Version = None,
    as_of: AsOf = None,
) -> Response:
    """The newest state with its `ETag`, or as it stood at a version or a moment, with what was possible then."""
    if version is None and as_of is None:
        now = given.door.clock()
        record = given.door.refund_cases.find(case_id, actor)
        return unless_known(if_none_match, etag(record.case.version), lambda: look(given, record, actor, now))
    record, at = stood(given, actor, case_id, version, as_of)
    return answer(look(given, record, actor, at))


@router.get(
    f"{CASES}/{{case_id}}/timeline",
    operation_id="get_timeline",
    summary="What happened in a case, as the caller may see it",
    response_model=Timeline,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*PARTIES),
)
def get_timeline(given: Given, actor: Asking, case_id: CaseId) -> Response:
    """Every step, oldest first: what was asked, answered, sent and decided, and what silence led to."""
    record = given.door.refund_cases.find(case_id, actor)
    return answer(Timeline(items=timeline(record.history, actor)))


@router.get(
    f"{CASES}/{{case_id}}/history",
    operation_id="get_history",
    summary="The whole history of a case, for support and auditors",
    response_model=History,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(Role.SUPPORT, Role.AUDITOR),
)
def get_history(given: Given, actor: Asking, case_id: CaseId) -> Response:
    """Every event with its actor, cause, both times, policy and place in the chain of digests."""
    record = given.door.refund_cases.find(case_id, actor)
    return answer(History(items=tuple(entry(envelope) for envelope in record.history)))
