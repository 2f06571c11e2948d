"""What came to the cases of an order line from outside, in the order in which it was recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.actors import Role
from domain.backtest.asked import Asked, asked_of
from domain.backtest.reactions import OF_LINE, Answer, Begun, answer_in, beginnings, follows
from domain.backtest.recorded import Recorded, RecordedCase, RecordedLine
from domain.messages import FactCommand
from domain.policy import Policy
from domain.refund.case import Case
from domain.refund.events import CaseEvent, RequestOpened
from domain.refund.evolve import evolve, opened
from domain.refund.transitions import NEVER_LATE

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
    travels: bool
    """The scan of a parcel that somebody sent because of what the case had done."""
    answer: Answer | None
    """What a machine said of something that the case had begun; None for all else."""

    @property
    def is_of_line(self) -> bool:
        """A fact that happened to the order line, whatever its cases did."""
        return isinstance(self.asked.command, OF_LINE)

    def leaves_behind(self, earlier: Heard) -> bool:
        """Whether whoever does this has gone on from what he had asked for before."""
        return all(one.is_deed for one in (self, earlier)) and self.role is earlier.role

    @property
    def is_deed(self) -> bool:
        """Somebody asked for it; no fact, and no mere words."""
        command = self.asked.command
        return not isinstance(command, FactCommand) and type(command) not in NEVER_LATE

    @property
    def is_label(self) -> bool:
        """The carrier's word on a return label."""
        return self.answer is not None and self.answer.to.of is Begun.RETURN

    @property
    def role(self) -> Role:
        return self.asked.context.actor.role


def script(line: RecordedLine, pinned: PolicyOf) -> Iterator[Requested | Heard]:
    """All of it. ``pinned`` knows the policies that the cases were decided under."""
    stand: dict[UUID, Case] = {}
    past: dict[UUID, list[tuple[CaseEvent, datetime]]] = defaultdict(list)
    for case, told in line.in_order():
        if isinstance(told.event, RequestOpened):
            stand[case.id] = opened(told.event, policy=case.policy, at=told.occurred_at)
            yield Requested(case, told, told.event)
        else:
            before = stand[case.id]
            asked = asked_of(before, told, pinned(case.policy))
            if asked:
                answer = answer_in(asked.command, beginnings(past[case.id]), told.recorded_at)
                yield Heard(case.id, asked, follows(before, asked.command), answer)
            stand[case.id] = evolve(before, told.event, at=told.occurred_at)
        past[case.id].append((told.event, told.occurred_at))
