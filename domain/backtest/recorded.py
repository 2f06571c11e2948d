"""What a backtest is given: the refund cases of one order line as the log tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from uuid import UUID

from domain.actors import Actor
from domain.messages import Personal
from domain.refund.case import Case
from domain.refund.events import CaseEvent, RequestOpened
from domain.refund.evolve import replay

AddressAt = Callable[[datetime], Personal | None]
"""Where the seller wanted returns to go at an instant, UTC."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of a case, by whom it was caused, and when."""

    event: CaseEvent
    actor: Actor
    occurred_at: datetime
    recorded_at: datetime
    policy: str | None
    """The policy that the case is pinned to."""


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """A case from its opening on."""

    opening: RequestOpened
    events: tuple[Recorded, ...]
    """All of them, the opening first."""

    @property
    def id(self) -> UUID:
        return self.opening.case_id

    @property
    def policy(self) -> str:
        """What it is pinned to."""
        return self.events[0].policy or ""

    def instants(self) -> Iterator[datetime]:
        """When each of them was recorded: never before the one that it follows."""
        return accumulate((told.recorded_at for told in self.events), max)

    def stands(self) -> Case:
        """The case after all of them."""
        stands = replay((told.event, told.occurred_at, told.policy) for told in self.events)
        assert stands is not None  # noqa: S101 -- it was opened
        return stands

    @property
    def opened_at(self) -> datetime:
        return self.events[0].occurred_at


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """The cases of one order line, oldest first."""

    cases: tuple[RecordedCase, ...]
    address_at: AddressAt

    def in_order(self) -> Iterator[tuple[RecordedCase, Recorded]]:
        """Every event of every case in the order in which they were recorded, whichever machine's clock said when."""
        entries = [
            (latest, number, place, case, told)
            for number, case in enumerate(self.cases)
            for place, (latest, told) in enumerate(zip(case.instants(), case.events, strict=True))
        ]
        for *_, case, told in sorted(entries, key=lambda entry: entry[:3]):
            yield case, told
