"""What the caller may do now, each with where and how to ask for it and what it would cost."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from api.presenting.wording import sentence_of, without_references
from api.schemas.refund_case import ActionCost, AvailableAction
from domain.action import Action
from domain.messages import Command
from domain.refund.actions import available_actions
from domain.refund.case import Case
from domain.refund.situation import Context

CASES = "/v1/refund-cases"


def case_href(case_id: UUID) -> str:
    """Where a case is."""
    return f"{CASES}/{case_id}"


def actions(case: Case, context: Context) -> tuple[AvailableAction, ...]:
    """The table's open actions of the context's actor."""
    return tuple(_offered(action, case.id) for action in available_actions(case, context))


def _offered(action: Action, case_id: UUID) -> AvailableAction:
    cost = action.cost
    return AvailableAction(
        name=action.name,
        sentence=sentence_of(action.command),
        href=f"{case_href(case_id)}/{action.name}",
        input_schema=input_schema(action.command),
        cost=ActionCost(seller=cost.seller, explanation=cost.explanation) if cost else None,
    )


@cache
def input_schema(command: type[Command]) -> dict[str, Any]:
    """The JSON Schema of a command's body."""
    schema: dict[str, Any] = without_references(command.model_json_schema())
    return schema
