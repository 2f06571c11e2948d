"""A desk behind the counter: what every room that carries a process works with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.policy import PolicyBook
from store.application.counter import Counter
from store.application.parties import Parties
from store.log import EventLog


class Desk:
    """Loads from the log, decides under pinned policies by the house's clock, and writes through the counter."""

    def __init__(
        self,
        log: EventLog,
        counter: Counter,
        parties: Parties,
        policies: PolicyBook,
        clock: Callable[[], datetime],
    ) -> None:
        self._log = log
        self._counter = counter
        self._parties = parties
        self._policies = policies
        self._clock = clock
