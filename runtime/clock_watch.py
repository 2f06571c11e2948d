"""Watches how far this machine's clock is from the database's: while it is fast, nothing is decided by it.

A fast clock would overtake people before their time is up, and no later correction gives them that time back.
A slow one is only told of: other processes keep the deadlines meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

import sqlalchemy as sa

from store.failures import ClockFast, DatabaseFailed, translated

LOG: Final = logging.getLogger(__name__)
LOOK_SECONDS: Final = 5.0
"""How often the database is asked; between two looks a clock that jumps is noticed by the machine's steady one."""
DATABASE_NOW: Final = sa.select(sa.func.clock_timestamp(type_=sa.DateTime(timezone=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the database's clock said between two readings of the machine's steady clock, in seconds."""

    told: datetime
    asked: float
    answered: float


class ClockWatch:
    """Compares the two clocks, at once and then in a thread of its own while its context is open."""

    def __init__(
        self,
        engine: sa.Engine,
        wall: Callable[[], datetime],
        limit: timedelta,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """``limit`` is how far ``wall`` may be off; ``steady`` is a clock that nobody sets, in seconds.

        Raises Unavailable without the database.
        """
        self._engine = engine
        self._wall = wall
        self._limit = limit
        self._steady = steady
        self._told: str | None = None
        self._sight = self._seen()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="clock-watch", daemon=True)

    def __enter__(self) -> Self:
        self._tell()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join()

    def ahead(self) -> timedelta:
        """How far the machine's clock is ahead, as far as that is certain, however long the database took to answer.

        Negative for a slow one.
        """
        sight = self._sight
        before, off, after = self._steady(), self._wall() - sight.told, self._steady()
        least, most = off - timedelta(seconds=after - sight.asked), off - timedelta(seconds=before - sight.answered)
        return max(least, timedelta()) or min(most, timedelta())

    def is_fast(self) -> bool:
        """Whether it is so far ahead that nothing may be decided by it."""
        return self.ahead() > self._limit

    def look(self) -> None:
        """Ask the database now, and log what has changed for better or worse. Raises Unavailable without it."""
        self._sight = self._seen()
        self._tell()

    def guarded(self, clock: Callable[[], datetime]) -> Callable[[], datetime]:
        """The clock, which raises ClockFast instead of telling a time that has not come yet."""

        def time_that_has_come() -> datetime:
            if self.is_fast():
                raise ClockFast(self._sentence())
            return clock()

        return time_that_has_come

    def troubles(self) -> list[str]:
        """That the clock is off, where it is: one sentence."""
        return [self._sentence()] if abs(self.ahead()) > self._limit else []

    def _sentence(self) -> str:
        ahead = self.ahead()
        off = f"{abs(ahead).total_seconds():.1f} s {'ahead of' if ahead > timedelta() else 'behind'} the database's"
        return f"this machine's clock is {off}{'; nothing is decided by it' if ahead > timedelta() else ''}"

    def _seen(self) -> Sight:
        with translated(), self._engine.connect() as connection:
            asked = self._steady()
            told = connection.execute(DATABASE_NOW).scalar_one()
            return Sight(told=told, asked=asked, answered=self._steady())

    def _tell(self) -> None:
        troubles = self.troubles()
        if troubles and self._told is None:
            LOG.error("%s", troubles[0])
        elif self._told is not None and not troubles:
            LOG.info("this machine's clock is in step with the database's again")
        self._told = troubles[0] if troubles else None

    def _keep_looking(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            with suppress(DatabaseFailed):  # what was seen last holds until the database is back
                self.look()
