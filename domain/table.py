"""The shape of a process as data: rows that say who may do what, when, and where it leads (DESIGN §2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Self, TypeVar

from domain.actors import Role
from domain.messages import Command, Event

StatusT = TypeVar("StatusT", bound=StrEnum)
EventT = TypeVar("EventT", bound=Event)
SituationT = TypeVar("SituationT")
AskedOf = TypeVar("AskedOf", contravariant=True)  # noqa: PLC0105 -- what a condition is asked of


@dataclass(frozen=True, slots=True)
class Condition(Generic[AskedOf]):
    """A test with the name and the sentence that docs and refusals use.

    Joined by ``&`` it remembers its parts, so that a refusal names only those that do not hold.
    """

    name: str
    sentence: str
    """What it asks for, to be read after "only if"."""
    test: Callable[[AskedOf], bool]
    joined: tuple[Condition[AskedOf], ...] = ()

    @classmethod
    def told_by(cls, told: Callable[..., bool], test: Callable[[AskedOf], bool]) -> Self:
        """The condition of a function's name; the first line of its docstring is the sentence."""
        first_line = (told.__doc__ or "").split("\n", 1)[0]
        return cls(told.__name__, first_line[:1].lower() + first_line[1:].rstrip("."), test)

    def __call__(self, situation: AskedOf) -> bool:
        return self.test(situation)

    def __and__(self, other: Condition[AskedOf]) -> Condition[AskedOf]:
        parts = (*self.parts, *other.parts)
        return Condition(
            " and ".join(part.name for part in parts),
            " and ".join(part.sentence for part in parts),
            lambda situation: self.test(situation) and other.test(situation),
            parts,
        )

    @property
    def parts(self) -> tuple[Condition[AskedOf], ...]:
        """The single conditions it is made of."""
        return self.joined or (self,)

    def unmet(self, situation: AskedOf) -> tuple[Condition[AskedOf], ...]:
        """The parts that do not hold."""
        return tuple(part for part in self.parts if not part(situation))

    def otherwise(self, name: str, sentence: str) -> Condition[AskedOf]:
        """The condition that holds whenever this one does not."""
        return Condition(name, sentence, lambda situation: not self.test(situation))


ALWAYS: Condition[object] = Condition("always", "it is always so", lambda _: True)


@dataclass(frozen=True, slots=True)
class Row(Generic[StatusT, SituationT, EventT]):
    """One row of a table. The next status follows from status and event alone."""

    status: StatusT
    actor: Role
    command: type[Command]
    when: Condition[SituationT]
    event: type[EventT]
    to: StatusT


@dataclass(frozen=True)  # with slots, Python 3.11 cannot make one by the name that a process gives its own kind
class Move(Generic[StatusT, SituationT, EventT]):
    """Rows that differ in status or actor only; ``to`` None stays where the process is."""

    at: tuple[StatusT, ...]
    by: tuple[Role, ...]
    command: type[Command]
    event: type[EventT]
    to: StatusT | None = None
    when: Condition[SituationT] = ALWAYS

    def rows(self) -> Iterator[Row[StatusT, SituationT, EventT]]:
        for status in self.at:
            for actor in self.by:
                yield Row(status, actor, self.command, self.when, self.event, self.to or status)


class Table(Generic[StatusT, SituationT, EventT]):
    """All rows of a process, and what is asked of them again and again."""

    def __init__(self, moves: Iterable[Move[StatusT, SituationT, EventT]]) -> None:
        self.rows = tuple(row for move in moves for row in move.rows())
        cells: dict[tuple[StatusT, Role, type[Command]], list[Row[StatusT, SituationT, EventT]]] = defaultdict(list)
        for row in self.rows:
            cells[row.status, row.actor, row.command].append(row)
        self._cells = {key: tuple(rows) for key, rows in cells.items()}
        commands: dict[tuple[Role, StatusT], list[type[Command]]] = defaultdict(list)
        for status, actor, command in self._cells:
            commands[actor, status].append(command)
        self._commands = {key: tuple(of) for key, of in commands.items()}
        self.roles = {
            command: frozenset(row.actor for row in self.rows if row.command is command)
            for command in {row.command for row in self.rows}
        }
        """Who may ever issue each command."""

    def cell(
        self, status: StatusT, actor: Role, command: type[Command]
    ) -> tuple[Row[StatusT, SituationT, EventT], ...]:
        """The rows of one cell, of which at most one condition holds."""
        return self._cells.get((status, actor, command), ())

    def commands_of(self, actor: Role, status: StatusT) -> tuple[type[Command], ...]:
        """What this actor may ask in this status, if its condition holds, in the table's order."""
        return self._commands.get((actor, status), ())
