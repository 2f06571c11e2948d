"""Decisions on an open case: what is asked, the table and the rules make events, or a refusal (SPEC §4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.action import action_name
from domain.actors import CLOCK
from domain.deadline import DeadlineKind
from domain.messages import Command
from domain.refund import events as e
from domain.refund.actions import possible_now
from domain.refund.case import Case
from domain.refund.commands import Expire, FactCommand
from domain.refund.evolve import evolve
from domain.refund.recording import record
from domain.refund.requirements import check
from domain.refund.situation import Context, Situation
from domain.refund.transitions import NEVER_LATE, ROLES, Row, rows_for
from domain.refusals import DeadlinePassed, NotAllowedNow, NotYourMove
from domain.table import Condition


def decide(case: Case, command: Command, context: Context) -> list[e.CaseEvent]:
    """The events that ``command`` causes; none when there is nothing left to do.

    Raises NotYourMove, NotAllowedNow or RuleBroken for people's commands. Facts are refused for nothing but an
    impossible amount; one that moves nothing where the case stands is recorded all the same (SPEC §4). An ``Expire``
    does nothing unless its deadline lives and is due.
    """
    situation = Situation(case, command, context)
    _is_this_actors(situation, command)
    if isinstance(command, Expire) and not _is_due(situation, command):
        return []
    row = _row(situation, command)
    if row is None:
        if isinstance(command, FactCommand):
            return [record(e.OutsideFactRecorded, case.status, situation)]
        raise _not_allowed_now(situation, command)
    check(situation)
    return [record(row.event, row.to, situation)]


def _is_due(situation: Situation, command: Expire) -> bool:
    deadline = situation.case.deadline
    return deadline is not None and deadline.due_at == command.due_at <= situation.context.now


def _is_this_actors(situation: Situation, command: Command) -> None:
    name, role = type(command).__name__, situation.role
    if role not in ROLES.get(type(command), frozenset()):
        raise NotYourMove("not_your_move", f"{name} is not for {role}", command=action_name(type(command)))


def _row(situation: Situation, command: Command) -> Row | None:
    rows = rows_for(situation.case.status, situation.role, type(command))
    return next((row for row in rows if row.when(situation)), None)


def _not_allowed_now(situation: Situation, command: Command) -> NotAllowedNow:
    """Why the table has no row for this: another status, or a condition that does not hold."""
    name, status = type(command).__name__, situation.case.status
    rows = rows_for(status, situation.role, type(command))
    possible = possible_now(situation.case, situation.context)
    if not rows:
        sentence = f"{name} is not possible while the case is {status}"
        return NotAllowedNow("not_in_this_status", sentence, possible=possible, status=status)
    unmet = _unmet(rows, situation)
    sentence = f"{name} is possible only if {' and '.join(condition.sentence for condition in unmet)}"
    return NotAllowedNow(unmet[0].name, sentence, possible=possible, status=status)


def _unmet(rows: Sequence[Row], situation: Situation) -> list[Condition[Situation]]:
    """What stands in the way of every row; where each fails for reasons of its own, those of the first."""
    failing = [row.when.unmet(situation) for row in rows]
    everywhere = [condition for condition in failing[0] if all(condition in others for others in failing)]
    return everywhere or list(failing[0])


@dataclass(frozen=True, slots=True)
class Timeout:
    """A deadline that had run out, and what that led to."""

    kind: DeadlineKind
    event: e.CaseEvent
    due_at: datetime


def overtake(case: Case, context: Context) -> Iterator[tuple[Case, Timeout]]:
    """Every timeout that was due by ``context.happened_at``, in order, each at its ``due_at`` (SPEC §4).

    A window that began in the past may itself have run out by now; then it follows at once.
    """
    while case.deadline is not None and case.deadline.due_at <= context.happened_at:
        kind, due_at = case.deadline.kind, case.deadline.due_at
        (event,) = decide(case, Expire(due_at=due_at), replace(context, actor=CLOCK, happened_at=due_at))
        case = evolve(case, event, at=due_at)
        yield case, Timeout(kind, event, due_at)


def is_too_late(command: Command, context: Context) -> bool:
    """Whether a timeout that came first makes this command lose: people's answers do, facts and words do not."""
    return context.actor.role.is_person and type(command) not in NEVER_LATE


def too_late(case: Case, command: Command, due_at: datetime, context: Context) -> DeadlinePassed:
    """The refusal of a person's command that came at or after ``due_at``; ``case`` is as the timeout left it."""
    return DeadlinePassed(
        "deadline_passed",
        f"{type(command).__name__} came at {context.now:%Y-%m-%dT%H:%M:%SZ}; the time to answer ended at "
        f"{due_at:%Y-%m-%dT%H:%M:%SZ}, and the case went on",
        possible=possible_now(case, context),
        due_at=due_at.isoformat(),
        status=case.status,
    )
