"""How the conditions of the transitions table are written: a function whose docstring is what a refusal says."""

from __future__ import annotations

from collections.abc import Callable

from domain.refund.case import Case
from domain.refund.situation import Situation
from domain.table import Condition

Test = Callable[[Situation], bool]


def of_situation(test: Test) -> Condition[Situation]:
    """The condition of this function's name; the first line of its docstring is its sentence."""
    return Condition.told_by(test, test)


def of_case(test: Callable[[Case], bool]) -> Condition[Situation]:
    """The same, for a test that asks the case alone."""
    return Condition.told_by(test, lambda situation: test(situation.case))
