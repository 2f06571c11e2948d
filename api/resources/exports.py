"""Exports as NDJSON and the roots over all streams: what support and auditors take with them (SPEC §7.10)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response, StreamingResponse

from api.answering.answers import answer, attachment, may_answer
from api.entrance.door import admits, behind_the_door
from api.requests.errands import Asking
from api.requests.media_types import NDJSON
from api.requests.strictness import MatterId
from api.requests.views import MinPosition, view
from api.resources.sellers import SELLER, SellerId
from api.schemas.roots import Root, RootPage
from api.services import Given
from domain.actors import Role
from domain.messages import Instant
from projections.seller_orders import SellerOrders, lines_of

router = behind_the_door("audit")
LINES: dict[str, Any] = {"schema": {"type": "string"}}
EXPORT: dict[int | str, dict[str, Any]] = {
    HTTPStatus.OK: {"content": {NDJSON: LINES}},
    **may_answer(HTTPStatus.NOT_FOUND),
}
AUDITS = (Role.SUPPORT, Role.AUDITOR)


class PersonalTexts(StrEnum):
    """How an export holds what persons wrote."""

    SEALED = "sealed"
    OPENED = "opened"


Texts = Annotated[
    PersonalTexts,
    Query(
        alias="personal",
        description="`sealed`: as stored, unreadable once a person is forgotten; `opened`: readable too, for ever",
    ),
]


@router.get(
    "/v1/refund-cases/{id}/export",
    operation_id="export_refund_case",
    summary="A refund case, to be verified elsewhere",
    response_class=Response,
    responses=EXPORT,
    **admits(*AUDITS),
)
def export_case(
    given: Given, actor: Asking, case_id: MatterId, texts: Texts = PersonalTexts.SEALED
) -> StreamingResponse:
    """One JSON object a line: a title, the roots, each event as it is stored with its proof, an end."""
    given.door.refund_cases.find(case_id, actor)
    lines = given.door.exports.case(case_id, actor, opened=texts is PersonalTexts.OPENED)
    return _streamed(f"refund-case-{case_id}", lines)


@router.get(
    "/v1/cancellations/{id}/export",
    operation_id="export_cancellation",
    summary="A cancellation request, to be verified elsewhere",
    response_class=Response,
    responses=EXPORT,
    **admits(*AUDITS),
)
def export_cancellation(
    given: Given, actor: Asking, cancellation_id: MatterId, texts: Texts = PersonalTexts.SEALED
) -> StreamingResponse:
    given.door.cancellations.find(cancellation_id, actor)
    lines = given.door.exports.case(cancellation_id, actor, opened=texts is PersonalTexts.OPENED)
    return _streamed(f"cancellation-{cancellation_id}", lines)


@router.get(
    f"{SELLER}/export",
    operation_id="export_seller",
    summary="A seller's account, order lines, cases and cancellations, to be verified elsewhere",
    response_class=Response,
    responses=EXPORT,
    **admits(*AUDITS),
)
def export_seller(
    given: Given,
    actor: Asking,
    seller_id: SellerId,
    texts: Texts = PersonalTexts.SEALED,
    min_position: MinPosition = None,
) -> StreamingResponse:
    """Each stream whole, one after the other. Which lines there are is read from the hub's view."""
    given.door.accounts.seller(seller_id, actor)
    view(given, min_position, SellerOrders.name).close()
    sold = lines_of(given.engine, seller_id)
    lines = given.door.exports.seller(seller_id, sold, actor, opened=texts is PersonalTexts.OPENED)
    return _streamed(f"seller-{seller_id}", lines)


@router.get(
    "/v1/period-export",
    operation_id="export_period",
    summary="Everything that was recorded in a period, to be verified elsewhere",
    response_class=Response,
    responses={HTTPStatus.OK: {"content": {NDJSON: LINES}}, **may_answer(kinds=("rule_broken",))},
    **admits(*AUDITS),
)
def export_period(
    given: Given,
    actor: Asking,
    first: Annotated[Instant, Query(alias="from", description="Recorded at this moment or later")],
    last: Annotated[Instant, Query(alias="to", description="Recorded before this moment")],
    texts: Texts = PersonalTexts.SEALED,
) -> StreamingResponse:
    """The log itself, by position and without a gap; streams may begin or end in the middle."""
    lines = given.door.exports.period(first, last, actor, opened=texts is PersonalTexts.OPENED)
    return _streamed(f"period-{first:%Y%m%dT%H%M%SZ}-{last:%Y%m%dT%H%M%SZ}", lines)


@router.get(
    "/v1/audit-roots",
    operation_id="list_audit_roots",
    summary="The roots over all streams, to be held by others",
    response_model=RootPage,
    responses=may_answer(),
    **admits(*AUDITS),
)
def list_roots(
    given: Given,
    after: Annotated[int, Query(ge=0, lt=2**63, description="The number of a root; those behind it")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Whoever holds a root can tell later whether anything up to its position was changed, removed or put in."""
    found = given.door.roots.after(after, limit)
    return answer(RootPage(items=tuple(Root.model_validate(root, from_attributes=True) for root in found)))


def _streamed(name: str, lines: Iterator[bytes]) -> StreamingResponse:
    return StreamingResponse(lines, media_type=NDJSON, headers=attachment(f"{name}.ndjson"))
