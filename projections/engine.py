"""Keeps projections in step with the log: woken by appends, one transaction a batch, each failing alone (DESIGN §4)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Event
from time import monotonic, sleep

import sqlalchemy as sa
from eventsourcing.persistence import PersistenceError
from sqlalchemy.exc import SQLAlchemyError

from projections import positions
from projections.batch import ProjectionFailedError, Reading, advance
from projections.projection import Projection
from store.failures import translated
from store.reader import LogReader
from store.spells import Spell

POLL = 1.0
"""Seconds between looks at the log when no wake-up comes."""
AT_GAP = 0.002
"""Seconds between looks while an event below those already seen may still commit."""
HEAD_START, FEW = 0.002, 50
"""Seconds that readers of those ahead have the interpreter for themselves, after a batch of fewer events than this."""
FIRST_REST, LONGEST_REST = 0.05, 30.0
"""Seconds a projection rests after a failure: twice as long after each."""
SAID_AT_MOST = 2000

logger = logging.getLogger(__name__)


class Engine:
    """Runs projections in one thread over one connection. Any number of engines may run, here and elsewhere."""

    def __init__(
        self,
        engine: sa.Engine,
        reader: LogReader,
        projections: Sequence[Projection],
        bell: Event | None = None,
        *,
        ahead: Collection[str] = (),
        moved: Callable[[Mapping[str, int]], None] = lambda _: None,
    ) -> None:
        """``bell`` rings when there may be something new (``store.wakeup``); without it the engine only polls.

        Those ``ahead`` take each batch in a transaction before the others'. ``moved`` is told which
        moved, and up to which position.
        """
        self._engine = engine
        self._reader = reader
        self._projections = {projection.name: projection for projection in projections}
        self._lanes = _lanes(self._projections, ahead)
        self._failures = dict.fromkeys(self._projections, 0)
        self._rests_until = dict.fromkeys(self._projections, 0.0)
        self._bell = bell or Event()
        self._moved = moved
        self._entered = False
        self._reached: int | None = None
        self._held_back = False
        self._stopped = False

    def stop(self) -> None:
        """Let ``run`` return after the batch under way. For any thread."""
        self._stopped = True
        self._bell.set()

    def run(self) -> None:
        """Keep the projections in step until stopped; a database that is away is waited for."""
        away, spell = 0, Spell(logger, "the read models")
        while not self._stopped:
            self._bell.clear()
            try:
                busy, away = self.turn(), 0
                spell.ends()
            except (PersistenceError, SQLAlchemyError) as error:
                spell.fails(error)
                busy, away = False, away + 1
            if not busy and not self._stopped:
                self._bell.wait(_rest(away) if away else self._pause())

    def turn(self) -> bool:
        """One batch for every projection that is not resting; whether there is more to do at once."""
        self._enter()
        self._held_back = False
        reading = Reading(self._reader, foreseen=self._reached)
        busy = [self._advance(lane, reading) for lane in self._lanes]
        self._reached = reading.reached
        return any(busy)

    def _enter(self) -> None:
        if not self._entered:
            with translated(), self._engine.begin() as conn:
                positions.enter(conn, self._projections)
            self._entered = True

    def _advance(self, lane: Mapping[str, Projection], reading: Reading) -> bool:
        """One batch for those of the lane that do not rest."""
        awake = {name: it for name, it in lane.items() if self._rests_until[name] <= monotonic()}
        if not awake:
            return False
        try:
            step = advance(self._engine, reading, awake)
        except ProjectionFailedError as failed:
            return self._fail(failed, awake, reading)
        self._failures.update(dict.fromkeys(awake, 0))
        self._held_back |= step.held_back
        if step.reached:
            self._moved(step.reached)
            if lane is not self._lanes[-1] and step.events < FEW:
                sleep(HEAD_START)
        return step.events > 0

    def _fail(self, failed: ProjectionFailedError, awake: Mapping[str, Projection], reading: Reading) -> bool:
        """Let the one rest; where it may have been any of several, each goes alone to find out."""
        if len(failed.names) > 1:
            busy = [self._advance({name: awake[name]}, reading) for name in failed.names]
            return any(busy)
        self._rest(failed)
        return len(awake) > 1

    def catch_up(self) -> None:
        """Take turns until nothing is left to do now; those that fail are left behind."""
        while self.turn():
            pass

    def _rest(self, failed: ProjectionFailedError) -> None:
        """Only this one waits; whoever looks at its position is told why."""
        (name,), cause = failed.names, failed.__cause__
        logger.error("the projection %s stands still: %r", name, cause, exc_info=cause)
        self._failures[name] += 1
        self._rests_until[name] = monotonic() + _rest(self._failures[name])
        with translated(), self._engine.begin() as conn:
            positions.fail(conn, name, f"{type(cause).__name__}: {cause}"[:SAID_AT_MOST])

    def _pause(self) -> float:
        if self._held_back:
            return AT_GAP
        resting = [until - monotonic() for until in self._rests_until.values() if until > monotonic()]
        return min([POLL, *resting])


def _lanes(projections: Mapping[str, Projection], ahead: Collection[str]) -> list[Mapping[str, Projection]]:
    first = {name: it for name, it in projections.items() if name in ahead}
    then = {name: it for name, it in projections.items() if name not in ahead}
    return [lane for lane in (first, then) if lane]


def _rest(failures: int) -> float:
    return min(FIRST_REST * 2.0 ** (failures - 1), LONGEST_REST)
