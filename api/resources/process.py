"""The processes as data: the very tables that decide (DESIGN §2), and the policies whose numbers they use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from api.answering.answers import answer, may_answer
from api.callers.auth import THROUGH_HTTP
from api.entrance.door import admits, behind_the_door
from api.schemas.policies import Policies
from api.schemas.process import (
    CancellationProcessTable,
    CancellationRowShown,
    CancellationStatusShown,
    ProcessTable,
    RowShown,
    StatusShown,
    When,
)
from api.services import Given
from domain.action import action_name
from domain.actors import Role
from domain.cancellation import transitions as cancellation_transitions
from domain.cancellation import waiting as cancellation
from domain.deadline import DeadlineKind
from domain.policy import Policy, PolicyRef, UnknownPolicyError
from domain.refund import deadlines as refund_deadlines
from domain.refund import transitions
from domain.refund import waiting as refund
from domain.refusals import Unknown
from domain.table import Row, StatusT
from domain.vocabulary import CancellationStatus, Status

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
    """`/v1/cancellation-process` is that of cancellation requests."""
    return answer(_process())


@cache
def _process() -> ProcessTable:
    kinds = {status: wait.kind for status, wait in refund_deadlines.DEADLINES.items()}
    statuses = (StatusShown(**_wait(it, refund.WAITING_ON, kinds)) for it in Status)
    return ProcessTable(statuses=tuple(statuses), rows=tuple(RowShown(**_told(row)) for row in transitions.ROWS))


@router.get(
    "/v1/cancellation-process",
    operation_id="get_cancellation_process",
    summary="The whole process of a cancellation request, as a table",
    response_model=CancellationProcessTable,
    responses=may_answer(),
    **admits(*THROUGH_HTTP),
)
async def get_cancellation_process() -> Response:
    """Of the same form as `/v1/process`."""
    return answer(_cancellation_process())


@cache
def _cancellation_process() -> CancellationProcessTable:
    waits = (_wait(it, cancellation.WAITING_ON, cancellation.DEADLINES) for it in CancellationStatus)
    return CancellationProcessTable(
        statuses=tuple(CancellationStatusShown(**wait) for wait in waits),
        rows=tuple(CancellationRowShown(**_told(row)) for row in cancellation_transitions.ROWS),
    )


def _wait(status: StatusT, on: Mapping[StatusT, Role], deadlines: Mapping[StatusT, DeadlineKind]) -> dict[str, Any]:
    return {"status": status, "waiting_on": on.get(status), "deadline": deadlines.get(status)}


def _told(row: Row[StatusT, Any, Any]) -> dict[str, Any]:
    return {
        "status": row.status,
        "actor": row.actor,
        "command": row.command.__name__,
        "action": action_name(row.command),
        "when": When(name=row.when.name, sentence=row.when.sentence),
        "event": row.event.topic,
        "to": row.to,
    }


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
