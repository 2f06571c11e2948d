"""A process as a document: diagram, transitions, conditions and who may do what, all told by its table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from domain.action import action_name
from domain.actors import Role
from domain.markdown import head, line
from domain.policy import Policy
from domain.table import ALWAYS, Row

StatusT = TypeVar("StatusT", bound=StrEnum)

EVERYWHERE = 5
"""An event that leads from so many statuses to the same one is told once beside the diagram."""
PEOPLE = tuple(role for role in Role if role.is_person)


@dataclass(frozen=True)
class Process(Generic[StatusT]):
    """A process as its tables have it."""

    title: str
    tables: str
    """The folder that they stand in."""
    rows: Sequence[Row[StatusT, Any, Any]]
    begins: Sequence[StatusT]
    ends: StatusT

    @property
    def statuses(self) -> tuple[StatusT, ...]:
        """Those that something can happen in, in the order in which the trade names them."""
        found = {row.status for row in self.rows}
        return tuple(status for status in type(self.ends) if status in found)


def document(process: Process[StatusT], policy: Policy, deadlines: Iterable[str]) -> str:
    """The whole document as Markdown; ``deadlines`` are the lines of its table, with the windows of ``policy``."""
    return "\n".join(
        [
            f"# {process.title}",
            "",
            f"Generated from the tables of `{process.tables}`; a test compares. Change the tables, never this file.",
            "",
            "## Statuses and what leads from one to the next",
            "",
            *diagram(process),
            "",
            *_from_everywhere(process),
            "## Deadlines",
            "",
            f"Windows of `{policy.ref}`: bh business hours, bd business days, h hours, d days; of two the later holds.",
            "",
            *head("Status", "Waits for", "Deadline", "Lasts", "When it has passed", "Changed by"),
            *deadlines,
            "",
            "## Who may do what",
            "",
            "An action marked with * has a condition; the table of transitions names it.",
            "",
            *_permissions(process),
            "",
            "## Transitions",
            "",
            *_transitions(process),
            "",
            "## Conditions",
            "",
            *_conditions(process),
            "",
        ]
    )


def diagram(process: Process[StatusT]) -> list[str]:
    """The state diagram in Mermaid, without what can happen from everywhere and what leads nowhere."""
    edges: dict[tuple[StatusT, StatusT], list[str]] = defaultdict(list)
    for row in process.rows:
        edge, name = (row.status, row.to), row.event.__name__
        is_drawn = row.to is not row.status and name not in _everywhere(process, row.to)
        if is_drawn and name not in edges[edge]:
            edges[edge].append(name)
    arrows = [f"    {at} --> {to}: {'<br/>'.join(names)}" for (at, to), names in edges.items() if names]
    openings = [f"    [*] --> {status}" for status in process.begins]
    return ["```mermaid", "stateDiagram-v2", *openings, *arrows, f"    {process.ends} --> [*]", "```"]


def outcome(row: Row[StatusT, Any, Any]) -> str:
    """What comes of a row, and if what."""
    only_if = "" if row.when is ALWAYS else f" if {row.when.sentence}"
    return f"`{row.event.__name__}`, `{row.to}`{only_if}"


def _everywhere(process: Process[StatusT], to: StatusT) -> dict[str, list[StatusT]]:
    """The events that lead to ``to`` from many statuses, with those; none where nothing else leads there."""
    sources: dict[str, list[StatusT]] = defaultdict(list)
    for row in process.rows:
        if row.to is to and row.status is not to and row.status not in sources[row.event.__name__]:
            sources[row.event.__name__].append(row.status)
    many = {event: statuses for event, statuses in sources.items() if len(statuses) >= EVERYWHERE}
    return many if len(sources) > 1 else {}


def _from_everywhere(process: Process[StatusT]) -> Iterator[str]:
    told = [
        f"- `{event}` to `{to}`, from {', '.join(f'`{status}`' for status in sources)}"
        for to in type(process.ends)
        for event, sources in _everywhere(process, to).items()
    ]
    if told:
        yield from ("Not drawn, since they lead there from many statuses:", "", *told, "")


def _permissions(process: Process[StatusT]) -> Iterator[str]:
    yield from head("Status", *PEOPLE)
    for status in process.statuses:
        yield line(f"`{status}`", *(_actions(process, status, role) for role in PEOPLE))


def _actions(process: Process[StatusT], status: StatusT, role: Role) -> str:
    marks: dict[str, str] = {}
    for row in process.rows:
        if row.status is status and row.actor is role:
            marks[action_name(row.command)] = "" if row.when is ALWAYS else "*"
    return ", ".join(f"{name}{mark}" for name, mark in marks.items()) or "nothing"


def _transitions(process: Process[StatusT]) -> Iterator[str]:
    yield from head("Status", "Actor", "Command", "Only if", "Event", "Next status")
    for row in process.rows:
        yield line(
            f"`{row.status}`",
            row.actor,
            f"`{row.command.__name__}`",
            "" if row.when is ALWAYS else row.when.name,
            f"`{row.event.__name__}`",
            f"`{row.to}`",
        )


def _conditions(process: Process[StatusT]) -> Iterator[str]:
    sentences = {part.name: part.sentence for row in process.rows for part in row.when.parts if part is not ALWAYS}
    yield from head("Condition", "Holds if")
    for name in sorted(sentences):
        yield line(f"`{name}`", sentences[name])
