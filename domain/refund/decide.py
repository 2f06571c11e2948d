"""Decisions on an open case: what is asked, the table and the rules make events, or a refusal (SPEC §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from domain import ruling
from domain.actors import CLOCK
from domain.messages import Command
from domain.refund import events as e
from domain.refund.actions import possible_now
from domain.refund.case import Case
from domain.refund.commands import Expire, FactCommand
from domain.refund.evolve import evolve
from domain.refund.recording import record
from domain.refund.requirements import check
from domain.refund.situation import Context, Situation
from domain.refund.transitions import NEVER_LATE, TABLE
from domain.refusals import DeadlinePassed, NotAllowedNow
from domain.ruling import Timeout, may_ever, row_of


def decide(case: Case, command: Command, context: Context) -> list[e.CaseEvent]:
    """The events that ``command`` causes; none when there is nothing left to do.

    Raises NotYourMove, NotAllowedNow or RuleBroken for people's commands. Facts are refused for nothing but an
    impossible amount; one that moves nothing where the case stands is recorded all the same (SPEC §4). An ``Expire``
    does nothing unless its deadline lives and is due.
    """
    situation = Situation(case, command, context)
    row = row_of(TABLE, case.status, situation.role, command, situation)
    if isinstance(command, Expire) and not command.is_due(case.deadline, context.now):
        return []
    if row is None:
        if isinstance(command, FactCommand):
            return [record(e.OutsideFactRecorded, case.status, situation)]
        raise _not_allowed_now(situation, command)
    check(situation)
    return [record(row.event, row.to, situation)]


def _not_allowed_now(situation: Situation, command: Command) -> NotAllowedNow:
    status, possible = situation.case.status, possible_now(situation.case, situation.context)
    rows = TABLE.cell(status, situation.role, type(command))
    return ruling.not_allowed_now(rows, command, situation, thing="the case", status=status, possible=possible)


def overtake(case: Case, context: Context) -> Iterator[Timeout[e.CaseEvent]]:
    """Every timeout that was due by ``context.happened_at``, in order, each at its ``due_at`` (SPEC §4).

    A window that began in the past may itself have run out by now; then it follows at once.
    """
    deadline = case.deadline
    while deadline is not None and deadline.has_passed(context.happened_at):
        at = deadline.due_at
        (event,) = decide(case, Expire(due_at=at), replace(context, actor=CLOCK, happened_at=at))
        yield Timeout(deadline.kind, event, at)
        if event.deadline is None or not event.deadline.has_passed(context.happened_at):
            return
        case, deadline = evolve(case, event, at=at), event.deadline


def is_too_late(command: Command, context: Context) -> bool:
    """Whether a timeout that came first makes this command lose: people's answers do, facts and words do not.

    Nor does what was never this person's move: that is refused for what it is.
    """
    role = context.actor.role
    return role.is_person and may_ever(TABLE, role, command) and type(command) not in NEVER_LATE


def too_late(case: Case, command: Command, due_at: datetime, context: Context) -> DeadlinePassed:
    """The refusal of a person's command that came at or after ``due_at``; ``case`` is as the timeout left it."""
    possible = possible_now(case, context)
    return ruling.too_late(command, due_at, context.now, status=case.status, possible=possible)
