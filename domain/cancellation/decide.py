"""Decisions on a cancellation request: what is asked, the table and the rules make events, or a refusal (SPEC §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from domain import ruling
from domain.actors import CLOCK
from domain.cancellation import events as e
from domain.cancellation.actions import possible_now
from domain.cancellation.cancellation import Cancellation
from domain.cancellation.evolve import evolve
from domain.cancellation.recording import record
from domain.cancellation.situation import Context, Situation
from domain.cancellation.transitions import TABLE
from domain.deadline import Expire
from domain.messages import Command, FactCommand
from domain.refusals import DeadlinePassed, NotAllowedNow
from domain.ruling import Timeout, may_ever, row_of


def decide(cancellation: Cancellation, command: Command, context: Context) -> list[e.CancellationEvent]:
    """The events that ``command`` causes; none when there is nothing left to do.

    Raises NotYourMove or NotAllowedNow for people's commands. Facts are never refused: one that moves nothing is
    recorded (SPEC §4). An ``Expire`` does nothing unless its deadline lives and is due.
    """
    situation = Situation(cancellation, command, context)
    row = row_of(TABLE, cancellation.status, situation.role, command, situation)
    if isinstance(command, Expire) and not command.is_due(cancellation.deadline, context.now):
        return []
    if row is not None:
        return [record(row.event, row.to, situation)]
    if isinstance(command, FactCommand):
        return [record(e.OutsideFactRecorded, cancellation.status, situation)]
    raise _not_allowed_now(situation, command)


def _not_allowed_now(situation: Situation, command: Command) -> NotAllowedNow:
    status = situation.cancellation.status
    rows = TABLE.cell(status, situation.role, type(command))
    possible = possible_now(situation.cancellation, situation.context)
    return ruling.not_allowed_now(rows, command, situation, thing="the request", status=status, possible=possible)


def overtake(cancellation: Cancellation, context: Context) -> Iterator[Timeout[e.CancellationEvent]]:
    """Every timeout that was due by ``context.happened_at``, each at its ``due_at`` (SPEC §4)."""
    while cancellation.deadline is not None and cancellation.deadline.has_passed(context.happened_at):
        kind, due_at = cancellation.deadline.kind, cancellation.deadline.due_at
        (event,) = decide(cancellation, Expire(due_at=due_at), replace(context, actor=CLOCK, happened_at=due_at))
        cancellation = evolve(cancellation, event, at=due_at)
        yield Timeout(kind, event, due_at)


def is_too_late(command: Command, context: Context) -> bool:
    """Whether a timeout that came first makes this command lose: a person's answer does, a fact does not.

    Nor does what was never this person's move: that is refused for what it is.
    """
    role = context.actor.role
    return role.is_person and may_ever(TABLE, role, command)


def too_late(cancellation: Cancellation, command: Command, due_at: datetime, context: Context) -> DeadlinePassed:
    """The refusal of a person's command that came at or after ``due_at``, where the timeout left the request."""
    possible = possible_now(cancellation, context)
    return ruling.too_late(command, due_at, context.now, status=cancellation.status, possible=possible)
