"""The heart of a process: tells the database how its tasks fare, so that any process can be asked (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from projections import heartbeats
from projections.heartbeats import Beat
from scheduler.timer import TaskHealth
from store.failures import Unavailable, translated

SAID_AT_MOST = 500
TOLD = 20
"""Troubles of one task that are told; more would say nothing new."""


class Heart:
    """Speaks for one process under a name that no other has."""

    def __init__(self, engine: sa.Engine, process: str, wall_clock: Callable[[], datetime]) -> None:
        """``wall_clock`` is the one by which the tasks say when they ended."""
        self._engine = engine
        self._process = process
        self._wall_clock = wall_clock

    def beat(self, tasks: Iterable[TaskHealth]) -> None:
        """Tell how these fare now."""
        beats = [self._beat(task) for task in tasks]
        with translated(), self._engine.begin() as conn:
            heartbeats.tell(conn, self._process, beats)

    def stop(self, tasks: Iterable[TaskHealth]) -> None:
        """These have ended in good order; without the database they are forgotten a day later."""
        names = [task.name for task in tasks]
        with suppress(Unavailable), translated(), self._engine.begin() as conn:
            heartbeats.withdraw(conn, self._process, names)

    def _beat(self, task: TaskHealth) -> Beat:
        return Beat(
            task=task.name,
            runs=task.runs,
            failures=task.failures,
            failing=task.failing and task.failing[:SAID_AT_MOST],
            troubles=[trouble[:SAID_AT_MOST] for trouble in task.troubles[:TOLD]],
            ended_ago=self._wall_clock() - task.ended_at if task.ended_at else None,
        )
