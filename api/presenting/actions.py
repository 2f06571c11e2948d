"""What the caller may do now, each with where and how to ask for it and what it would cost."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from api.presenting.wording import sentence_of, without_references
from api.schemas.matter import ActionCost, ActionNeed, AvailableAction
from domain.action import Action, Cost
from domain.labels import action_words, words_for
from domain.messages import Command


def offered(actions: Iterable[Action], href: str) -> tuple[AvailableAction, ...]:
    """The open actions of the matter that is at ``href``."""
    return tuple(_offered(action, href) for action in actions)


def _offered(action: Action, href: str) -> AvailableAction:
    return AvailableAction(
        name=action.name,
        sentence=sentence_of(action.command),
        words=action_words(action.command),
        href=f"{href}/{action.name}",
        input_schema=input_schema(action.command),
        cost=_cost(action.cost) if action.cost else None,
        needs=ActionNeed(rule=action.needs, words=words_for(action.needs)) if action.needs else None,
    )


def _cost(cost: Cost) -> ActionCost:
    return ActionCost(seller=cost.seller, below=cost.below, note=cost.note, words=words_for(cost.note))


@cache
def input_schema(command: type[Command]) -> dict[str, Any]:
    """The JSON Schema of a command's body."""
    schema: dict[str, Any] = without_references(command.model_json_schema())
    return schema
