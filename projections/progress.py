"""How far the read models are: waiting until they contain one's own write, and how far they lag (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Condition
from time import monotonic

import sqlalchemy as sa

from projections import positions
from projections.positions import Position
from store.failures import translated
from store.reader import LogReader

SHORTEST_PAUSE, LONGEST_PAUSE = 0.001, 0.02
"""Seconds between two looks while waiting: a quarter of what was waited so far, within these bounds.

What moves in the same process is seen at once.
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
        self._moves = 0
        self._moved = Condition()

    def look_again(self) -> None:
        """Some moved on: whoever waits here shall look at once. For any thread."""
        with self._moved:
            self._moves += 1
            self._moved.notify_all()

    def wait_for(self, position: int, timeout: float, *names: str) -> None:
        """Return once these, or all, contain ``position``.

        Raises StillBehindError after ``timeout`` seconds, LookupError for a projection there is not.
        """
        wanted = self._known(names)
        began = monotonic()
        moves = self._moves
        while (reached := self._reached(wanted)) < position:
            waited = monotonic() - began
            if waited >= timeout:
                raise StillBehindError(position, reached)
            moves = self._pause(moves, min(max(waited / 4, SHORTEST_PAUSE), LONGEST_PAUSE))

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

    def _pause(self, moves: int, longest: float) -> int:
        """Until more than these moves were made here; how many there are now."""
        with self._moved:
            self._moved.wait_for(lambda: self._moves != moves, longest)
            return self._moves

    def _reached(self, names: Sequence[str]) -> int:
        """The lowest position of these; 0 where one has not begun."""
        with translated(), self._engine.connect() as conn:
            standings = positions.look(conn, names)
        return min((standings[name].position if name in standings else 0) for name in names)


def _lag(standing: Position, head: int) -> Lag:
    return Lag(
        name=standing.name,
        position=standing.position,
        behind=max(head - standing.position, 0),
        failures=standing.failures,
        failure=standing.failure,
        failed_at=standing.failed_at,
    )
