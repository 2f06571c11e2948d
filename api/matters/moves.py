"""How a matter is moved: opened by a POST to all of them, and one POST for each command of its table (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.answering.answers import ANY_BODY, FORESEEN, Declared, answer, may_answer
from api.entrance.door import admits
from api.matters.matter import Matter
from api.monitoring.metrics import Counted, Metrics
from api.presenting.wording import sentence_of
from api.requests.errands import Move
from api.requests.preconditions import etag
from api.requests.strictness import MatterId, with_body
from api.schemas.matter import MatterShape
from api.services import Given, Services
from domain.action import action_name
from domain.actors import Role
from domain.messages import Command, FactCommand
from store.application import Errand, Receipt

MAY_ANSWER = may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)


def may_answer_opening(shape: type[MatterShape]) -> Declared:
    """What a POST that opens a matter of this shape declares besides that it was opened."""
    foreseen = {"model": shape, "description": FORESEEN}
    return {HTTPStatus.OK: foreseen, **may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)}


def opened(
    matter: Matter[Any, Any], services: Services, counted: Metrics, receipt: Receipt, errand: Errand
) -> Response:
    """The answer to a command that opens a matter: 201 and where it is, or what a preview foresees."""
    counted.recorded(receipt)
    shown = matter.after(services, receipt, errand)
    if errand.preview:
        return answer(shown)
    return answer(shown, HTTPStatus.CREATED, {"Location": f"{matter.path}/{shown.id}", "ETag": etag(shown.version)})


def commands_of(matter: Matter[Any, Any]) -> tuple[type[Command], ...]:
    """Everything that anyone but the clock may ask of such a matter, in the table's order."""
    return tuple(dict.fromkeys(row.command for row in matter.table.rows if row.actor is not Role.SYSTEM))


def add_moves(router: APIRouter, matter: Matter[Any, Any]) -> None:
    """One POST for each command of the matter's table, for the roles that the table names."""
    what = matter.name.replace("_", " ")
    for command in commands_of(matter):
        name = action_name(command)
        router.add_api_route(
            f"{matter.path}/{{id}}/{name}",
            _endpoint(matter, command),
            methods=["POST"],
            operation_id=_operation_id(matter, name.replace("-", "_")),
            summary=sentence_of(command),
            tags=["facts from outside" if issubclass(command, FactCommand) else f"moves of a {what}"],
            response_model=matter.shape,
            responses=MAY_ANSWER,
            **admits(*(matter.table.roles[command] - {Role.SYSTEM})),
        )


def _operation_id(matter: Matter[Any, Any], action: str) -> str:
    """Both tables have reports of the same name; what names its matter itself needs no prefix."""
    return action if matter.name in action else f"{matter.name}_{action}"


def _endpoint(matter: Matter[Any, Any], command: type[Command]) -> Callable[..., Response]:
    """The endpoint that carries this command out; its body is the command's own shape."""

    def carry_out(given: Given, counted: Counted, errand: Move, matter_id: MatterId, body: Command) -> Response:
        receipt = matter.desk(given.door).handle(matter_id, body, errand)
        counted.recorded(receipt)
        shown = matter.after(given, receipt, errand)
        return answer(shown, headers={} if errand.preview else {"ETag": etag(shown.version)})

    return with_body(carry_out, command)
