"""How a command is carried through a process of its own table: overtaken first, then decided, never half (SPEC §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from domain.actors import CLOCK
from domain.deadline import Deadline
from domain.messages import Command, Event
from domain.refusals import DeadlinePassed
from domain.ruling import Timeout
from store import streams
from store.envelope import Cause, Draft
from store.log import Append


class Moved(Protocol):
    """What a process moves: a refund case, a cancellation."""

    @property
    def id(self) -> UUID: ...
    @property
    def policy(self) -> str: ...
    @property
    def deadline(self) -> Deadline | None: ...


class Moment(Protocol):
    """When a decision is made, and when what it is about took place."""

    @property
    def now(self) -> datetime: ...
    @property
    def happened_at(self) -> datetime: ...


MovedT = TypeVar("MovedT", bound=Moved)
MomentT = TypeVar("MomentT", bound=Moment)
Drafts = list[tuple[Draft, Cause]]


@dataclass(frozen=True, slots=True)
class Process(Generic[MovedT, MomentT]):
    """The rules of one process, as ``domain`` states them."""

    decide: Callable[[MovedT, Command, MomentT], Sequence[Event]]
    evolve: Callable[[MovedT, Any, datetime], MovedT]
    overtake: Callable[[MovedT, MomentT], Iterable[Timeout[Any]]]
    is_too_late: Callable[[Command, MomentT], bool]
    too_late: Callable[[MovedT, Command, datetime, MomentT], DeadlinePassed]


@dataclass(frozen=True, slots=True)
class Carried(Generic[MovedT]):
    """Where a command left what it moves, what there is to write, and the refusal if the command came too late."""

    moved: MovedT
    drafts: Drafts
    refusal: DeadlinePassed | None = None
    beside: tuple[Append, ...] = ()
    """What belongs to it on other streams."""


def carry(
    process: Process[MovedT, MomentT], moved: MovedT, command: Command, context: MomentT, cause: Cause
) -> Carried[MovedT]:
    """Timeouts that were due first, each at its ``due_at``; then the command, unless it lost to them.

    Raises what the process refuses; then nothing is to be written.
    """
    before = overtaken(process, moved, context)
    moved, drafts = before.moved, [*before.drafts]
    if drafts and process.is_too_late(command, context):
        return Carried(moved, drafts, process.too_late(moved, command, drafts[0][0].occurred_at, context))
    for event in process.decide(moved, command, context):
        drafts.append((Draft(event, context.happened_at, moved.policy), cause))
        moved = process.evolve(moved, event, context.happened_at)
    return Carried(moved, drafts)


def overtaken(process: Process[MovedT, MomentT], moved: MovedT, context: MomentT) -> Carried[MovedT]:
    """After every timeout that is due, each at its ``due_at``, in order."""
    due = list(process.overtake(moved, context))
    drafts = [_timeout_draft(moved, timeout, context.now) for timeout in due]
    for timeout in due:
        moved = process.evolve(moved, timeout.event, timeout.due_at)
    return Carried(moved, drafts)


def _timeout_draft(moved: Moved, timeout: Timeout[Any], now: datetime) -> tuple[Draft, Cause]:
    """A timeout happened at its ``due_at``, caused by the command that every scheduler would derive alike."""
    command_id = streams.timeout_command(moved.id, timeout.kind, timeout.due_at.isoformat())
    return Draft(timeout.event, timeout.due_at, moved.policy), Cause(CLOCK, command_id, command_id, now)
