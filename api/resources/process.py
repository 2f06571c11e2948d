"""The process as data: the very table that decides (DESIGN §2), and the policies whose numbers it uses."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from api.answering.answers import answer, may_answer
from api.callers.auth import THROUGH_HTTP
from api.entrance.door import admits, behind_the_door
from api.schemas.policies import Policies
from api.schemas.process import ProcessTable, RowShown, StatusShown, When
from api.services import Given
from domain.action import action_name
from domain.policy import Policy, PolicyRef, UnknownPolicyError
from domain.refund.deadlines import DEADLINES
from domain.refund.transitions import ROWS, Row
from domain.refund.waiting import WAITING_ON
from domain.refusals import Unknown
from domain.vocabulary import Status

router = behind_the_door("rules")


@router.get(
    "/v1/process",
    operation_id="get_process",
    summary="The whole process of a refund case, as a table",
    response_model=ProcessTable,
    responses=may_answer(),
    **admits(*THROUGH_HTTP),
)
async def get_process() -> Response:
    return answer(_process())


@cache
def _process() -> ProcessTable:
    statuses = tuple(map(_status, Status))
    return ProcessTable(statuses=statuses, rows=tuple(map(_row, ROWS)))


def _status(status: Status) -> StatusShown:
    wait = DEADLINES.get(status)
    return StatusShown(status=status, waiting_on=WAITING_ON.get(status), deadline=wait.kind if wait else None)


def _row(row: Row) -> RowShown:
    return RowShown(
        status=row.status,
        actor=row.actor,
        command=row.command.__name__,
        action=action_name(row.command),
        when=When(name=row.when.name, sentence=row.when.sentence),
        event=row.event.topic,
        to=row.to,
    )


@router.get(
    "/v1/policies",
    operation_id="list_policies",
    summary="Every policy version, and which new cases are pinned to",
    response_model=Policies,
    responses=may_answer(),
    **admits(*THROUGH_HTTP),
)
async def list_policies(given: Given) -> Response:
    book = given.door.policies
    return answer(Policies(current=book.current.ref, items=tuple(book)))


@router.get(
    "/v1/policies/{policy_ref}",
    operation_id="get_policy",
    summary="One policy version, every number of it",
    response_model=Policy,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*THROUGH_HTTP),
)
def get_policy(given: Given, policy_ref: Annotated[PolicyRef, Path(examples=["standard@1"])]) -> Response:
    try:
        return answer(given.door.policies[policy_ref])
    except UnknownPolicyError:
        raise Unknown("unknown_policy", f"no policy {policy_ref}", policy=policy_ref) from None
