"""What came to the cases of an order line from outside, in the order in which it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from domain.backtest.asked import Asked, asked_of
from domain.backtest.reactions import follows
from domain.backtest.recorded import Recorded, RecordedCase, RecordedLine
from domain.policy import Policy
from domain.refund.case import Case
from domain.refund.events import RequestOpened
from domain.refund.evolve import evolve, opened

PolicyOf = Callable[[str], Policy]
"""The policy of this reference. Raises UnknownPolicyError."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A buyer's request, as it opened a case."""

    case: RecordedCase
    told: Recorded
    event: RequestOpened


@dataclass(frozen=True, slots=True)
class Heard:
    """What was asked of an open or closed case, or reported to it."""

    case_id: UUID
    asked: Asked
    reacts: bool
    """A fact that followed from what the case had done."""


def script(line: RecordedLine, pinned: PolicyOf) -> Iterator[Requested | Heard]:
    """All of it. ``pinned`` knows the policies that the cases were decided under."""
    stand: dict[UUID, Case] = {}
    for case, told in line.in_order():
        if isinstance(told.event, RequestOpened):
            stand[case.id] = opened(told.event, policy=case.policy, at=told.occurred_at)
            yield Requested(case, told, told.event)
            continue
        before = stand[case.id]
        asked = asked_of(before, told, pinned(case.policy))
        if asked:
            yield Heard(case.id, asked, follows(before, asked.command))
        stand[case.id] = evolve(before, told.event, at=told.occurred_at)
