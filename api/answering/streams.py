"""Server-sent streams: how many a process keeps open, for whom and how long, and how each is woken (DESIGN §6).

A stream holds neither a thread nor a connection while it waits: the tail of the log wakes it on the event loop, and
it takes the next events only when the client has taken the last.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from api.answering.error_answers import RETRY_SOON
from api.answering.problems import Problem
from domain.actors import Actor
from projections.log_tail import LogTail

RETRY_MS: Final = 2000
"""How long a client waits before it comes back."""


class Place:
    """One open stream."""

    def __init__(self, ends_at: float) -> None:
        self._ends_at = ends_at
        self._rung = asyncio.Event()
        self._closing = False

    def ring(self) -> None:
        self._rung.set()

    def close(self) -> None:
        """The stream ends as soon as it has told what it has at hand."""
        self._closing = True
        self._rung.set()

    @property
    def is_over(self) -> bool:
        """Whether the client has to come back: the time is up, or the process ends."""
        return self._closing or asyncio.get_running_loop().time() >= self._ends_at

    def listen(self) -> None:
        """What rings from now on is news."""
        if not self._closing:
            self._rung.clear()

    async def news(self, at_most: float | None = None) -> None:
        """Return when there may be news, at the end of the stream, or after so many seconds."""
        left = self._ends_at - asyncio.get_running_loop().time()
        try:
            await asyncio.wait_for(self._rung.wait(), left if at_most is None else min(left, at_most))
        except TimeoutError:
            return


class Streams:
    """The open streams of one process."""

    def __init__(self, tail: LogTail, *, most: int = 500, most_of_one: int = 10, seconds: float = 900) -> None:
        """At most so many at once, so many of them one caller's, and none longer than so many ``seconds``.

        Who comes back after that shows his token again.
        """
        self.tail = tail
        self._most = most
        self._most_of_one = most_of_one
        self._seconds = seconds
        self._places: set[Place] = set()
        self._by_caller: Counter[Actor] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @contextmanager
    def place(self, caller: Actor) -> Iterator[Place]:
        """Room for one more. Raises Problem: 429 for too many of this caller's, 503 when the process has its fill."""
        if self._by_caller[caller] >= self._most_of_one:
            detail = f"{caller} has {self._most_of_one} streams open here; close one first"
            raise Problem("too_many_streams", detail, headers=RETRY_SOON)
        if len(self._places) >= self._most:
            raise Problem("unavailable", "as many streams are open here as may be", headers=RETRY_SOON)
        self._loop = asyncio.get_running_loop()
        place = Place(self._loop.time() + (0 if self._closed else self._seconds))
        self._places.add(place)
        self._by_caller[caller] += 1
        self.tail.listen(self._heard)
        try:
            yield place
        finally:
            self._places.discard(place)
            self._by_caller -= Counter([caller])
            if not self._places:
                self.tail.rest()

    def close(self) -> None:
        """End all of them, and what is opened later: a process that stops waits for its requests. For any thread."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close)

    def _heard(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        for place in self._places:
            place.ring()

    def _close(self) -> None:
        for place in self._places:
            place.close()
