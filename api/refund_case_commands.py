"""One POST for each command on a refund case, made from the transitions table (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from inspect import Parameter, signature
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import ANY_BODY, answer, may_answer
from api.door import Door, admits
from api.errands import Step
from api.looking import outcome
from api.metrics import Counted
from api.preconditions import etag
from api.presenting.actions import CASES
from api.presenting.wording import sentence_of
from api.schemas.refund_case import RefundCase
from api.services import Given
from api.strictness import CaseId, StrictJson
from domain.action import action_name
from domain.actors import Role
from domain.messages import Command, FactCommand
from domain.refund.transitions import ROLES, ROWS

router = APIRouter(route_class=Door)
COMMANDS = tuple(dict.fromkeys(row.command for row in ROWS if row.actor is not Role.SYSTEM))
"""Everything that anyone but the clock may ask of a case, in the table's order."""
MAY_ANSWER = may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)


def _endpoint(command: type[Command]) -> Callable[..., Response]:
    """The endpoint that carries this command out; its body is the command's own shape."""

    def carry_out(given: Given, counted: Counted, errand: Step, case_id: CaseId, body: Command) -> Response:
        receipt = given.door.refund_cases.handle(case_id, body, errand)
        counted.recorded(receipt)
        case = outcome(given, receipt, errand)
        return answer(case, headers={} if errand.preview else {"ETag": etag(case.version)})

    shape = signature(carry_out, eval_str=True)
    body = _body(shape.parameters["body"], command)
    carry_out.__signature__ = shape.replace(parameters=[*list(shape.parameters.values())[:-1], body])  # type: ignore[attr-defined]
    return carry_out


def _body(parameter: Parameter, command: type[Command]) -> Parameter:
    """The body, which may be left out where the command asks for nothing."""
    needed = any(field.is_required() for field in command.model_fields.values())
    default: Any = Parameter.empty if needed else command()
    return parameter.replace(annotation=Annotated[command, StrictJson()], default=default)


def _add(command: type[Command]) -> None:
    name = action_name(command)
    router.add_api_route(
        f"{CASES}/{{case_id}}/{name}",
        _endpoint(command),
        methods=["POST"],
        operation_id=name.replace("-", "_"),
        summary=sentence_of(command),
        tags=["facts from outside" if issubclass(command, FactCommand) else "moves of a refund case"],
        response_model=RefundCase,
        responses=MAY_ANSWER,
        **admits(*(ROLES[command] - {Role.SYSTEM})),
    )


for each in COMMANDS:
    _add(each)
