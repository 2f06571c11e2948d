"""The newest events of the log at hand for every stream of a process: read once, in one thread, as they come."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from eventsourcing.persistence import Notification

from projections import positions
from projections.whose import Owners, Whose
from store.failures import translated
from store.reader import LogReader
from store.spells import Spell

LOG = logging.getLogger(__name__)
KEPT = 2_000
"""Events at hand; who is further behind reads the log."""
BATCH = 500
POLL = 1.0
"""Seconds between looks when no wake-up comes."""
SHORTEST_PAUSE = 0.002
"""Seconds to the next look while an event is not decided, or the view does not contain it yet; doubled each time."""


@dataclass(frozen=True, slots=True)
class Tailed:
    """An event at hand."""

    event: Notification
    owner: Whose


class LogTail:
    """Follows the log while somebody listens. Its thread ends with the context."""

    def __init__(self, engine: sa.Engine, reader: LogReader, owners: Owners, *, bell: Event, view: str) -> None:
        """``bell`` rings when there may be something new (``store.wakeup``); ``view`` is the read model to watch."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = reader
        self._owners = owners
        self._bell = bell
        self._view = view
        self._mutex = Lock()
        self._at_hand: deque[Tailed] = deque()
        self.begins_at: int | None = None
        """Events behind this position are at hand; None while nobody listens."""
        self._listener: Callable[[], None] | None = None
        self._thread: Thread | None = None
        self._closing = False
        self._pause = SHORTEST_PAUSE
        self._spell = Spell(LOG, "the tail of the log")
        self._server: datetime | None = None
        self.decided = 0
        """Up to here events are at hand."""
        self.shown = 0
        """Up to here the view contains them."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._bell.set()
        if self._thread is not None:
            self._thread.join()

    def listen(self, listener: Callable[[], None]) -> None:
        """Follow from now on, and call this, from another thread, whenever ``decided`` or ``shown`` has moved."""
        with self._mutex:
            self._listener = listener
            if self._thread is None and not self._closing:
                self._thread = Thread(target=self._run, name="log-tail", daemon=True)
                self._thread.start()
        self._bell.set()

    def rest(self) -> None:
        """Nobody listens any more."""
        self._listener = None
        self._drop()

    def since(self, after: int) -> list[Tailed] | None:
        """The events behind this position; None where what is at hand does not reach back that far."""
        with self._mutex:
            if self.begins_at is None or after < self.begins_at:
                return None
            newer = [it for it in reversed(self._at_hand) if it.event.id > after] if after < self.decided else []
        return newer[::-1]

    def _run(self) -> None:
        pause = POLL
        while not self._closing:
            self._bell.wait(pause)
            self._bell.clear()
            pause = self._look() if self._listener else POLL

    def _look(self) -> float:
        try:
            pause = self._follow()
        except Exception as error:  # noqa: BLE001 -- told, and tried again
            self._spell.fails(error)
            return POLL
        self._spell.ends()
        return pause

    def _follow(self) -> float:
        """Look once; how long to wait before the next look where no bell rings."""
        with translated(), self._engine.connect() as conn:
            moved, waiting = self._take_in(conn)
        if moved:
            self._tell()
        self._pause = SHORTEST_PAUSE if moved or not waiting else min(self._pause * 2, POLL)
        return self._pause if waiting else POLL

    def _take_in(self, conn: sa.Connection) -> tuple[bool, bool]:
        """Whether anything moved, and whether something is still to come without a bell."""
        before = self.decided, self.shown
        self._begin(conn)
        batch = self._reader.read(self.decided, BATCH, conn=conn)
        self._keep(list(map(Tailed, batch, self._owners.of(conn, batch))))
        standing = positions.look(conn, [self._view]).get(self._view)
        self.shown = standing.position if standing else 0
        return before != (self.decided, self.shown), len(batch) == BATCH or batch.seen > 0 or self.shown < self.decided

    def _begin(self, conn: sa.Connection) -> None:
        """At the end of the log, anew on another server: its log may be without what is at hand."""
        server = self._reader.server(conn)
        if server != self._server:
            self._server = server
            self._drop()
        if self.begins_at is None:
            head = self._reader.head(conn)
            with self._mutex:
                self.begins_at = self.decided = head

    def _drop(self) -> None:
        with self._mutex:
            self.begins_at = None
            self._at_hand.clear()

    def _keep(self, newest: list[Tailed]) -> None:
        with self._mutex:
            if self.begins_at is None:
                return  # everybody left while this was read: nobody would notice the gap behind it later
            self._at_hand.extend(newest)
            while len(self._at_hand) > KEPT:
                self.begins_at = self._at_hand.popleft().event.id
            if newest:
                self.decided = newest[-1].event.id

    def _tell(self) -> None:
        listener = self._listener
        if listener is not None:
            listener()
