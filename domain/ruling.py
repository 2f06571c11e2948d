"""What a table rules: which rows are open, the one that carries a command, or why none does (SPEC §4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from domain.action import action_name
from domain.actors import Role
from domain.deadline import DeadlineKind
from domain.messages import Command
from domain.refusals import DeadlinePassed, NotAllowedNow, NotYourMove
from domain.table import Condition, EventT, Row, SituationT, StatusT, Table


def may_ever(table: Table[StatusT, SituationT, EventT], role: Role, command: Command) -> bool:
    """Whether this role can issue such a command in any status at all."""
    return role in table.roles.get(type(command), frozenset())


def row_of(
    table: Table[StatusT, SituationT, EventT], status: StatusT, role: Role, command: Command, situation: SituationT
) -> Row[StatusT, SituationT, EventT] | None:
    """The one row whose condition holds, or None. Raises NotYourMove for a command this role can never issue."""
    kind = type(command)
    if not may_ever(table, role, command):
        raise NotYourMove("not_your_move", f"{kind.__name__} is not for {role}", command=action_name(kind))
    return next((row for row in table.cell(status, role, kind) if row.when(situation)), None)


def open_rows(
    table: Table[StatusT, SituationT, EventT], status: StatusT, role: Role, situation: SituationT
) -> Iterator[Row[StatusT, SituationT, EventT]]:
    """What this person may do in this situation, in the table's order; nothing for those who report or keep time."""
    if role.is_person:
        for command in table.commands_of(role, status):
            yield from (row for row in table.cell(status, role, command) if row.when(situation))


def not_allowed_now(
    rows: Sequence[Row[StatusT, SituationT, EventT]],
    command: Command,
    situation: SituationT,
    *,
    thing: str,
    status: str,
    possible: Sequence[str],
) -> NotAllowedNow:
    """Why none of the cell's rows carries this to ``thing``: another status, or a condition that does not hold."""
    name = type(command).__name__
    if not rows:
        sentence = f"{name} is not possible while {thing} is {status}"
        return NotAllowedNow("not_in_this_status", sentence, possible=possible, status=status)
    unmet = _unmet(rows, situation)
    sentence = f"{name} is possible only if {' and '.join(condition.sentence for condition in unmet)}"
    return NotAllowedNow(unmet[0].name, sentence, possible=possible, status=status)


def _unmet(rows: Sequence[Row[StatusT, SituationT, EventT]], situation: SituationT) -> Sequence[Condition[SituationT]]:
    """What stands in the way of every row; where each fails for reasons of its own, those of the first."""
    failing = [row.when.unmet(situation) for row in rows]
    return [condition for condition in failing[0] if all(condition in others for others in failing)] or failing[0]


@dataclass(frozen=True, slots=True)
class Timeout(Generic[EventT]):
    """A deadline that had run out, and what that led to."""

    kind: DeadlineKind
    event: EventT
    due_at: datetime


def too_late(
    command: Command, due_at: datetime, now: datetime, *, status: str, possible: Sequence[str]
) -> DeadlinePassed:
    """The refusal of a person's command that came at or after ``due_at``; ``status`` is as the timeout left it."""
    return DeadlinePassed(
        "deadline_passed",
        f"{type(command).__name__} came at {now:%Y-%m-%dT%H:%M:%SZ}; the time to answer ended at "
        f"{due_at:%Y-%m-%dT%H:%M:%SZ}, and the timeout came first",
        possible=possible,
        due_at=due_at.isoformat(),
        status=status,
    )
