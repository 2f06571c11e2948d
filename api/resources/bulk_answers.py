"""Bulk answers in the seller hub: one answer to many cases, each of which succeeds or fails by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from pydantic import BaseModel, create_model
from starlette.requests import Request
from starlette.responses import Response

from api.answering.answers import ANY_BODY, answer, may_answer
from api.answering.error_answers import of_refusal
from api.answering.problems import correlation_of, invalid_field
from api.entrance.door import admits, behind_the_door
from api.matters.refund_cases import REFUND_CASES
from api.monitoring.metrics import Counted, Metrics
from api.requests.errands import Decided
from api.requests.strictness import with_body
from api.schemas.bulk_answers import AnsweredCase, BulkAnswered, BulkRow, Cases
from api.services import Given, Services
from domain.action import action_name
from domain.actors import Role
from domain.messages import Command
from domain.refund.commands import ApproveWithoutReturn, ApproveWithReturn, Reject
from store.application import Answered

router = behind_the_door("seller hub")
ANSWERS: tuple[type[Command], ...] = (ApproveWithoutReturn, ApproveWithReturn, Reject)
"""What may be answered to many cases alike; an offer is made to each by itself."""


def _endpoint(command: type[Command]) -> Callable[..., Response]:
    """The endpoint that gives this answer to many cases."""

    def answer_many(given: Given, counted: Counted, errand: Decided, request: Request, body: BaseModel) -> Response:
        """Each case succeeds or fails by itself, with its problem; the answer is 200 whatever becomes of them.

        Repeated under the same `Idempotency-Key`, what was done is told again and what was refused is tried again.
        """
        fields = dict(body)
        cases = _each_once(fields.pop("cases"))
        answered = list(given.door.bulk_answers.answer(cases, command(**fields), errand))
        correlation_id = correlation_of(request)
        return answer(_told(answered, [_row(given, counted, each, correlation_id) for each in answered]))

    shape = create_model(f"Bulk{command.__name__}", __base__=command, __doc__=command.__doc__, cases=(Cases, ...))
    return with_body(answer_many, shape)


def _each_once(cases: Iterable[AnsweredCase]) -> dict[UUID, int | None]:
    versions: dict[UUID, int | None] = {}
    for place, case in enumerate(cases):
        if case.case_id in versions:
            raise invalid_field("body", f"/cases/{place}/case_id", "is named twice")
        versions[case.case_id] = case.version
    return versions


def _row(services: Services, counted: Metrics, answered: Answered, correlation_id: str) -> BulkRow:
    where: dict[str, Any] = {"case_id": answered.case_id, "href": f"{REFUND_CASES.path}/{answered.case_id}"}
    if answered.receipt is None:
        problem = of_refusal(answered.refusal).details(correlation_id) if answered.refusal else None
        return BulkRow(**where, done=False, version=None, status=None, charged=None, problem=problem)
    counted.recorded(answered.receipt)
    case = REFUND_CASES.after(services, answered.receipt, answered.errand)
    charged = case.amounts.seller_charged
    return BulkRow(**where, done=True, version=case.version, status=case.status, charged=charged, problem=None)


def _told(answered: Iterable[Answered], rows: list[BulkRow]) -> BulkAnswered:
    done = sum(row.done for row in rows)
    positions = [each.receipt.position for each in answered if each.receipt and each.receipt.position]
    return BulkAnswered(done=done, refused=len(rows) - done, position=max(positions, default=None), items=tuple(rows))


for answer_of_many in ANSWERS:
    name = action_name(answer_of_many)
    router.post(
        f"/v1/seller-hub/bulk-{name}",
        operation_id=f"bulk_{name.replace('-', '_')}",
        summary=f"Answer many cases at once: {name.replace('-', ' ')}",
        response_model=BulkAnswered,
        responses=may_answer(*ANY_BODY, HTTPStatus.CONFLICT),
        **admits(Role.SELLER),
    )(_endpoint(answer_of_many))
