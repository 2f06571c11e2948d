"""Refusals: why something asked for did not happen, which rule says so, and what is possible now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class Refused(Exception):  # noqa: N818 -- a refusal is an answer of the trade, not an error of the program
    """A command was refused and nothing was recorded.

    ``rule`` is the stable code of the rule that refused; ``facts`` are the numbers and words of the sentence,
    for programs; ``possible`` are the names of the actions open to the same actor now.
    """

    kind: ClassVar[str] = "refused"

    def __init__(self, rule: str, sentence: str, *, possible: Sequence[str] = (), **facts: Any) -> None:  # noqa: ANN401
        super().__init__(sentence)
        self.rule = rule
        self.sentence = sentence
        self.possible = tuple(possible)
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.rule, self.sentence, self.possible, self.facts)


def _rebuild(kind: type[Refused], rule: str, sentence: str, possible: Sequence[str], facts: dict[str, Any]) -> Refused:
    return kind(rule, sentence, possible=possible, **facts)


class NotAllowedNow(Refused):
    """The case is not in a state in which this is possible."""

    kind = "not_allowed_now"


class NotYourMove(Refused):
    """Someone else may do this, not this actor."""

    kind = "not_your_move"


class DeadlinePassed(Refused):
    """The command came at or after ``due_at``; the timeout was applied first (SPEC §4)."""

    kind = "deadline_passed"


class RuleBroken(Refused):
    """The move is possible, but what was sent breaks a rule of the trade."""

    kind = "rule_broken"


class StaleVersion(Refused):
    """The actor decided on a version that is no longer the newest."""

    kind = "stale_version"


class Unknown(Refused):
    """No such thing, or none that this actor may know of."""

    kind = "unknown"


class CommandReused(Refused):
    """A command id came again with another content."""

    kind = "command_reused"


class CommandInFlight(Refused):
    """The same command is being carried out at this moment, or the case is too busy; try again."""

    kind = "command_in_flight"
