"""How far the read models are: waiting until they contain one's own write, and how far they lag (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock
from time import monotonic

import sqlalchemy as sa

from projections import positions
from projections.positions import Position
from store.failures import translated
from store.reader import LogReader

SHORTEST_PAUSE, LONGEST_PAUSE = 0.001, 0.02
"""Seconds between two looks while waiting: a quarter of what was waited so far, within these bounds.

What moves in the same process is told, so that the first look at it is spared for the longest pause.
"""


class StillBehindError(Exception):
    """The read models do not contain this position yet; asking again shortly will do."""

    def __init__(self, wanted: int, reached: int) -> None:
        super().__init__(f"the read models contain the log up to {reached}, not yet {wanted}")
        self.wanted = wanted
        self.reached = reached


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a projection is behind the log, and whether it stands still."""

    name: str
    position: int
    behind: int
    """Positions of the log that its rows do not contain yet."""
    failures: int
    """How often its next batch failed; above zero it stands still."""
    failure: str | None
    failed_at: datetime | None


class Progress:
    """Tells how far the named projections are, whoever runs them."""

    def __init__(self, engine: sa.Engine, reader: LogReader, names: Sequence[str]) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = reader
        self._names = tuple(names)
        self._told: dict[str, int] = {}
        self._waiting: set[_Wait] = set()
        self._mutex = Lock()

    def tell(self, moved: Mapping[str, int]) -> None:
        """These contain the log up to there now: who waits here for it waits no longer. For any thread."""
        with self._mutex:
            self._told.update(moved)
            for wait in self._waiting:
                wait.hear(moved)

    def wait_for(self, position: int, timeout: float, *names: str) -> None:
        """Return once these, or all, contain ``position``.

        Raises StillBehindError after ``timeout`` seconds, LookupError for a projection there is not.
        """
        wanted = self._known(names)
        with self._listening(wanted, position) as wait:
            began = monotonic()
            pause = LONGEST_PAUSE if self._will_be_told(wanted, position) else 0
            while not wait.over.wait(min(pause, timeout)):
                reached, waited = self._reached(wanted), monotonic() - began
                if reached >= position:
                    return
                if waited >= timeout:
                    raise StillBehindError(position, reached)
                pause = min(max(waited / 4, SHORTEST_PAUSE), LONGEST_PAUSE)

    def lag(self) -> list[Lag]:
        """Of every projection."""
        with translated(), self._engine.connect() as conn:
            standings = positions.look(conn, self._names)
            head = self._reader.head(conn)
        return [_lag(standings.get(name, Position(name, 0)), head) for name in self._names]

    def _known(self, names: Sequence[str]) -> Sequence[str]:
        unknown = set(names) - set(self._names)
        if unknown:
            raise LookupError(f"no projection is called {', '.join(sorted(unknown))}")
        return names or self._names

    @contextmanager
    def _listening(self, names: Sequence[str], position: int) -> Iterator[_Wait]:
        wait = _Wait(names, position)
        with self._mutex:
            self._waiting.add(wait)
        try:
            yield wait
        finally:
            with self._mutex:
                self._waiting.discard(wait)

    def _will_be_told(self, names: Sequence[str], position: int) -> bool:
        """Whether these are moved here and were not there yet: what was told before may have been lost in a crash."""
        told = [self._told.get(name, position) for name in names]
        return min(told) < position

    def _reached(self, names: Sequence[str]) -> int:
        """The lowest position of these; 0 where one has not begun."""
        with translated(), self._engine.connect() as conn:
            standings = positions.look(conn, names)
        return min((standings[name].position if name in standings else 0) for name in names)


class _Wait:
    """Somebody who waits until these contain this position."""

    def __init__(self, names: Sequence[str], position: int) -> None:
        self._missing = set(names)
        self._position = position
        self.over = Event()
        """Set once all of them were told to."""

    def hear(self, moved: Mapping[str, int]) -> None:
        self._missing -= {name for name, position in moved.items() if position >= self._position}
        if not self._missing:
            self.over.set()


def _lag(standing: Position, head: int) -> Lag:
    return Lag(
        name=standing.name,
        position=standing.position,
        behind=max(head - standing.position, 0),
        failures=standing.failures,
        failure=standing.failure,
        failed_at=standing.failed_at,
    )
