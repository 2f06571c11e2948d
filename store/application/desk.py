"""A desk behind the counter: what every room that carries a process works with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime

from domain.messages import FactCommand
from domain.policy import PolicyBook
from store.application.counter import Counter
from store.application.line_matters import LineMatters
from store.application.parties import Parties
from store.envelope import Cause, Envelope
from store.log import Append, EventLog


class Desk(ABC):
    """Loads from the log, decides under pinned policies by the house's clock, and writes through the counter."""

    def __init__(
        self,
        log: EventLog,
        counter: Counter,
        parties: Parties,
        policies: PolicyBook,
        clock: Callable[[], datetime],
        matters: LineMatters,
    ) -> None:
        self._log = log
        self._counter = counter
        self._parties = parties
        self._policies = policies
        self._clock = clock
        self._matters = matters
        matters.carried_in(self)

    @abstractmethod
    def tell(self, history: Sequence[Envelope], fact: FactCommand, cause: Cause) -> Append | None:
        """What a fact makes of the matter that this history tells; None for a history of another kind."""
