"""What a report of money on one case or cancellation means beside it: asked alike by both tables (SPEC §4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from domain.table import Condition


@dataclass(frozen=True, slots=True)
class Beside:
    """The rest of the order line, as far as a report of money goes."""

    taken: bool = False
    """Another case or cancellation takes, or has taken, what is reported: it counts there."""
    disputed: bool = False
    """Another dispute about the line's payment is still open."""


NOTHING_BESIDE = Beside()


class _Context(Protocol):
    @property
    def beside(self) -> Beside: ...


class _Situation(Protocol):
    @property
    def context(self) -> _Context: ...


def _of_report(test: Callable[[Beside], bool]) -> Condition[_Situation]:
    return Condition.told_by(test, lambda situation: test(situation.context.beside))


@_of_report
def not_taken_beside(beside: Beside) -> bool:
    """No other matter of the line takes, or has taken, the report."""
    return not beside.taken


taken_beside = not_taken_beside.otherwise("taken_beside", "another matter of the line takes, or has taken, the report")


@_of_report
def last_dispute(beside: Beside) -> bool:
    """No other dispute about the line's payment is open."""
    return not beside.disputed
