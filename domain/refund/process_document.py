"""The process as a document: diagram, transitions, deadlines and who may do what, all told by the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from inspect import getdoc

from domain.action import action_name
from domain.actors import Role
from domain.markdown import head, line
from domain.policy import Policy, Windows
from domain.refund.commands import Expire
from domain.refund.deadlines import CHANGES, DEADLINES, Wait
from domain.refund.transitions import OPEN, ROWS, Row
from domain.refund.waiting import WAITING_ON
from domain.table import ALWAYS
from domain.vocabulary import Status

EVERYWHERE = 5
"""An event that leads from so many statuses to the same one is told once beside the diagram."""
PEOPLE = tuple(role for role in Role if role.is_person)


def process_document(policy: Policy) -> str:
    """The whole document as Markdown; windows are those of ``policy``."""
    return "\n".join(
        [
            "# The refund process",
            "",
            "Generated from the tables of `domain/refund`; a test compares. Change the tables, never this file.",
            "",
            "## Statuses and what leads from one to the next",
            "",
            *diagram(),
            "",
            *_from_everywhere(),
            "",
            "## Deadlines",
            "",
            f"Windows of `{policy.ref}`: bh business hours, bd business days, h hours, d days; of two the later holds.",
            "",
            *_deadlines(policy),
            "",
            "## Who may do what",
            "",
            "An action marked with * has a condition; the table of transitions names it.",
            "",
            *_permissions(),
            "",
            "## Transitions",
            "",
            *_transitions(),
            "",
            "## Conditions",
            "",
            *_conditions(),
            "",
        ]
    )


def diagram() -> list[str]:
    """The state diagram in Mermaid, without what can happen from everywhere and what leads nowhere."""
    edges: dict[tuple[Status, Status], list[str]] = defaultdict(list)
    for row in ROWS:
        name = row.event.__name__
        if row.to is not row.status and name not in _everywhere(row.to) and name not in edges[row.status, row.to]:
            edges[row.status, row.to].append(name)
    arrows = [f"    {at} --> {to}: {'<br/>'.join(names)}" for (at, to), names in edges.items() if names]
    openings = [f"    [*] --> {status}" for status in (Status.AWAITING_SELLER, Status.SUPPORT_REVIEW)]
    return ["```mermaid", "stateDiagram-v2", *openings, *arrows, f"    {Status.CLOSED} --> [*]", "```"]


def _everywhere(to: Status) -> dict[str, list[Status]]:
    """The events that lead to ``to`` from many statuses, with those; none where nothing else leads there."""
    sources: dict[str, list[Status]] = defaultdict(list)
    for row in ROWS:
        if row.to is to and row.status is not to and row.status not in sources[row.event.__name__]:
            sources[row.event.__name__].append(row.status)
    many = {event: statuses for event, statuses in sources.items() if len(statuses) >= EVERYWHERE}
    return many if len(sources) > 1 else {}


def _from_everywhere() -> Iterator[str]:
    yield "Not drawn, since they lead there from many statuses:"
    yield ""
    for to in Status:
        for event, sources in _everywhere(to).items():
            yield f"- `{event}` to `{to}`, from {_listed(sources)}"


def _deadlines(policy: Policy) -> Iterator[str]:
    yield from head("Status", "Waits for", "Deadline", "Lasts", "When it has passed", "Changed by")
    for status, wait in DEADLINES.items():
        expiries = [row for row in ROWS if row.status is status and row.command is Expire]
        changes = [row.event for row in ROWS if row.status is status and row.event in CHANGES]
        yield line(
            f"`{status}`",
            WAITING_ON[status],
            wait.kind,
            _lasts(wait, policy.windows),
            "<br/>".join(f"{_outcome(row)}{_only_if(row)}" for row in expiries),
            "<br/>".join(f"`{event.__name__}`: {_sentence(CHANGES[event])}" for event in changes),
        )


def _lasts(wait: Wait, windows: Windows) -> str:
    first = str(wait.window(windows))
    return first if wait.after_learning is None else f"{first}, at least {wait.after_learning(windows)} from the news"


def _permissions() -> Iterator[str]:
    yield from head("Status", *PEOPLE)
    for status in (*OPEN, Status.CLOSED):
        yield line(f"`{status}`", *(_actions(status, role) for role in PEOPLE))


def _actions(status: Status, role: Role) -> str:
    marks: dict[str, str] = {}
    for row in ROWS:
        if row.status is status and row.actor is role:
            marks[action_name(row.command)] = "" if row.when is ALWAYS else "*"
    return ", ".join(f"{name}{mark}" for name, mark in marks.items()) or "nothing"


def _transitions() -> Iterator[str]:
    yield from head("Status", "Actor", "Command", "Only if", "Event", "Next status")
    for row in ROWS:
        yield line(
            f"`{row.status}`",
            row.actor,
            f"`{row.command.__name__}`",
            "" if row.when is ALWAYS else row.when.name,
            f"`{row.event.__name__}`",
            f"`{row.to}`",
        )


def _conditions() -> Iterator[str]:
    sentences = {part.name: part.sentence for row in ROWS for part in row.when.parts if part is not ALWAYS}
    yield from head("Condition", "Holds if")
    for name in sorted(sentences):
        yield line(f"`{name}`", sentences[name])


def _outcome(row: Row) -> str:
    return f"`{row.event.__name__}`, `{row.to}`"


def _only_if(row: Row) -> str:
    return "" if row.when is ALWAYS else f" if {row.when.sentence}"


def _sentence(told: object) -> str:
    return (getdoc(told) or "").rstrip(".")


def _listed(statuses: Iterable[Status]) -> str:
    return ", ".join(f"`{status}`" for status in statuses)
