"""The house's clocks: the system's, and a sandbox's, which can be moved forward and which all processes follow."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self

import sqlalchemy as sa

from domain.refusals import RuleBroken
from store.engine import reading
from store.failures import DatabaseFailed
from store.session import Session

LOG: Final = logging.getLogger(__name__)
LARGEST_STEP: Final = timedelta(days=3653)
"""Ten years; a larger step is a typing error."""
FOLLOW_SECONDS: Final = 0.1
"""How long another process may go on with the old time after the sandbox clock was moved, beside one query."""

NOW_AHEAD = "select ahead from store.sandbox_clock"
STEP = "update store.sandbox_clock set ahead = ahead + %s returning ahead"
FORWARD = "update store.sandbox_clock set ahead = %s where ahead <= %s returning ahead"
START = "update store.sandbox_clock set ahead = %s where not exists (select from store.event) returning ahead"


def system_clock() -> datetime:
    """The wall clock's instant, UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- the one place that reads it


class SandboxClock:
    """Wall time plus an offset that stands in the database, for whoever wants to see deadlines pass.

    Reading costs no query: a thread looks for the offset every ``FOLLOW_SECONDS``, and keeps the last one known
    while the database is away. Recorded time never runs backwards: the clock only moves forward, and its
    beginning can be chosen only while the log is empty.
    """

    def __init__(self, engine: sa.Engine, wall: Callable[[], datetime] = system_clock) -> None:
        self._wall = wall
        self._session = Session(engine)
        self._mutex = threading.Lock()  # an offset read before a move is never kept after it
        self._closing = threading.Event()
        self._follower = threading.Thread(target=self._follow, name="sandbox-clock", daemon=True)
        self._ahead = timedelta()
        self._learn()
        self._follower.start()

    def __call__(self) -> datetime:
        return self._wall() + self._ahead

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop following; the time it tells runs on from the last offset known."""
        self._closing.set()
        self._follower.join()
        self._session.close()

    def advance(self, by: timedelta) -> datetime:
        """The time after moving forward. Raises RuleBroken unless 0 < ``by`` ≤ ten years."""
        if not timedelta() < by <= LARGEST_STEP:
            raise RuleBroken(
                "clock_step", f"the clock moves forward by more than nothing and at most ten years, not by {by}"
            )
        self._move(STEP, by)
        return self()

    def set_to(self, instant: datetime) -> datetime:
        """The time after moving forward to ``instant``. Raises RuleBroken for an earlier one, or ten years on."""
        now = self()
        if not self._forward_to(instant):
            raise RuleBroken(
                "clock_never_goes_back",
                f"the clock stands at {now.isoformat()} and is never set back, so not to {instant.isoformat()}",
                now=now.isoformat(),
            )
        return self()

    def reach(self, instant: datetime) -> datetime:
        """The time once ``instant`` is reached, which may be already. Raises RuleBroken for one ten years on."""
        self._forward_to(instant)
        return self()

    def start_at(self, instant: datetime) -> datetime:
        """Choose where time begins, also in the past. Raises RuleBroken once anything is recorded."""
        if not self._move(START, instant - self._wall()):
            raise RuleBroken(
                "clock_has_started", "where time begins is chosen before anything is recorded; now it only moves on"
            )
        return self()

    def _forward_to(self, instant: datetime) -> bool:
        """Whether the instant lay ahead."""
        now = self()
        if instant - now > LARGEST_STEP:
            raise RuleBroken("clock_step", f"{instant.isoformat()} is more than ten years ahead of {now.isoformat()}")
        ahead = instant - self._wall()
        return self._move(FORWARD, ahead, ahead)

    def _move(self, statement: str, *parameters: timedelta) -> bool:
        """Whether a row allowed it."""
        with self._mutex:
            moved = self._session.execute(statement, parameters)
            for (ahead,) in moved:
                self._ahead = ahead
        if moved:
            LOG.info("the sandbox's clock was moved to %s", f"{self():%FT%TZ}")
        return bool(moved)

    def _learn(self) -> None:
        with self._mutex:
            ((self._ahead,),) = self._session.execute(NOW_AHEAD)

    def _follow(self) -> None:
        while not self._closing.wait(FOLLOW_SECONDS):
            with suppress(DatabaseFailed):  # the last offset known holds until the database is back
                self._learn()


def was_moved(engine: sa.Engine) -> bool:
    """Whether this database belongs to a sandbox whose time is not the world's."""
    with reading(engine) as connection:
        return bool(connection.exec_driver_sql(NOW_AHEAD).scalar_one())
