"""How the conditions of the transitions table are written: a function whose docstring is what a refusal says."""

from __future__ import annotations

from collections.abc import Callable

from domain.refund.case import Case
from domain.refund.situation import Situation
from domain.table import Condition

Test = Callable[[Situation], bool]


def of_situation(test: Test) -> Condition[Situation]:
    """The condition of this function's name; the first line of its docstring is its sentence."""
    return _condition(test, test)


def of_case(test: Callable[[Case], bool]) -> Condition[Situation]:
    """The same, for a test that asks the case alone."""
    return _condition(test, lambda situation: test(situation.case))


def _condition(named: Callable[..., bool], test: Test) -> Condition[Situation]:
    first_line = (named.__doc__ or "").split("\n", 1)[0]
    return Condition(named.__name__, first_line[:1].lower() + first_line[1:].rstrip("."), test)
