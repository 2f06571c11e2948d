"""What somebody asked for or reported, read back from the event that it caused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from pydantic import ValidationError

from domain.actors import Role
from domain.backtest.recorded import Recorded
from domain.beside import Beside
from domain.messages import Command, FactCommand, Personal, words_of
from domain.policy import Policy
from domain.refund import events as e
from domain.refund.case import Case
from domain.refund.commands import SubmitRequest
from domain.refund.recording import DELIVERIES
from domain.refund.situation import Context, Situation
from domain.refund.transitions import ROWS, TABLE
from domain.ruling import may_ever, row_of
from domain.vocabulary import Status

ERASED = "…"
"""Stands for a text whose person was forgotten: no rule reads the words."""
SHOWING = ("photos", "evidence", "evidence_considered")
SURROUNDINGS: tuple[dict[str, Any], ...] = (
    {},
    {"line_taken": True},
    {"beside": Beside(taken=True)},
    {"beside": Beside(disputed=True)},
)
"""What the rest of the order line may have been when a command was decided; the event shows which of them it was."""


def _commands() -> dict[tuple[Status, Role, type[e.CaseEvent]], list[type[Command]]]:
    found: dict[tuple[Status, Role, type[e.CaseEvent]], list[type[Command]]] = defaultdict(list)
    for row in ROWS:
        commands = found[row.status, row.actor, row.event]
        if row.command not in commands:
            commands.append(row.command)
    return found


COMMANDS = _commands()
"""What is recorded as this event, in this status, by this role."""
FACTS = {command.__name__: command for command in TABLE.roles if issubclass(command, FactCommand)}


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with all that it was decided on, but for the case and the policy."""

    command: Command
    context: Context


def asked_of(case: Case, told: Recorded, policy: Policy) -> Asked | None:
    """What caused the event on the case as it stood before; None for the clock's own, and for mere notes.

    ``policy`` is the one that the case is pinned to.
    """
    if told.actor.role is Role.SYSTEM or isinstance(told.event, e.SuccessorOpened):
        return None
    asked = [
        Asked(command, _context(told, policy, surroundings))
        for surroundings, command in product(SURROUNDINGS, _told_by(case, told))
    ]
    return next((each for each in asked if _leads_to(case, each, told.event)), asked[0] if asked else None)


def opening_of(event: e.RequestOpened) -> SubmitRequest:
    """The request that opened a case."""
    return SubmitRequest(
        line_id=event.line.line_id,
        reason=event.reason,
        description=words_of(event.description) or ERASED,
        photos=tuple(photo.evidence_id for photo in event.photos),
        photos_waived=event.photos_waived,
        window_overridden=event.window_overridden,
    )


def _told_by(case: Case, told: Recorded) -> Iterator[Command]:
    event = told.event
    if isinstance(event, e.OutsideFactRecorded):
        yield from _fact_of(event)
        return
    by_case = {"happened_at": told.occurred_at, "attempt": case.refunds_requested or None}
    for kind in _kinds(COMMANDS.get((case.status, told.actor.role, type(event)), []), event):
        by_event = {name: _as_asked(event, name) for name in kind.model_fields if name in type(event).model_fields}
        fields = {name: value for name, value in by_case.items() if name in kind.model_fields} | by_event
        yield kind.model_construct(**fields)


def _kinds(commands: Iterable[type[Command]], event: e.CaseEvent) -> list[type[Command]]:
    """Of two scans that are recorded as the same event, the one that it tells of."""
    delivered = getattr(event, "delivered", None)
    return [kind for kind in commands if delivered is None or issubclass(kind, DELIVERIES) is delivered]


def _as_asked(event: e.CaseEvent, name: str) -> Any:  # noqa: ANN401 -- any field's value
    value = getattr(event, name)
    if name in SHOWING:
        return tuple(item.evidence_id for item in value)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return _plain(value)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- as above
    return (words_of(value) or ERASED) if isinstance(value, Personal) else value


def _fact_of(event: e.OutsideFactRecorded) -> Iterator[Command]:
    """The fact that moved nothing, where what was reported can still be read."""
    kind, content = FACTS.get(event.fact), words_of(event.content)
    if kind is None or content is None:
        return
    try:
        yield kind.model_validate_json(content)
    except ValidationError:
        return


def _context(told: Recorded, policy: Policy, surroundings: dict[str, Any]) -> Context:
    event = told.event
    shown = [item for name in SHOWING for item in getattr(event, name, ())]
    context = Context(
        actor=told.actor,
        now=told.recorded_at,
        happened_at=told.occurred_at,
        policy=policy,
        return_address=getattr(event, "return_address", None),
        seller_rule=getattr(event, "seller_rule", None),
        label_share=getattr(event, "label_share", None),
        went_back=getattr(event, "went_back", None),
        evidence={item.evidence_id: item for item in shown},
    )
    return replace(context, **surroundings)


def _leads_to(case: Case, asked: Asked, event: e.CaseEvent) -> bool:
    role, situation = asked.context.actor.role, Situation(case, asked.command, asked.context)
    if not may_ever(TABLE, role, asked.command):
        return False
    row = row_of(TABLE, case.status, role, asked.command, situation)
    return (row.event if row else e.OutsideFactRecorded) is type(event)
