"""Group commit inside a process: one thread writes, in one transaction, what queued up meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Lock
from time import perf_counter

from eventsourcing.persistence import PersistenceError

from store.append import Save
from store.failures import CommandInFlight, InDoubt

Write = Callable[[Sequence[Save]], list[list[int]]]


PATIENCE = 0.25
"""How long a batch waits to become as large as the last one, as a part of what the last one took."""
LONGEST = 0.1
"""Seconds it waits at most, however long the last one took: after a stall of the database nobody waits for a crowd."""


class _Ticket:
    """One waiting save and what became of it."""

    __slots__ = ("failure", "gate", "ids", "leads", "save")

    def __init__(self, save: Save) -> None:
        self.save = save
        self.gate = Lock()
        self.gate.acquire()
        self.leads = False
        self.ids: list[int] | None = None
        self.failure: PersistenceError | None = None


class GroupCommit:
    """Lets many threads save at once for little more than the price of one.

    One batch of at most ``limit`` saves is under way at a time, through ``write``. Each save succeeds or fails
    on its own: when a batch fails or meets a lock, each of its saves is written again by ``write_alone`` in the
    thread that brought it. Those who saved last time are likely to come again at once, so a batch waits for as
    many, but never longer than ``PATIENCE`` of what the last one took, nor than ``LONGEST``. Whoever saves alone never
    waits.
    """

    def __init__(self, write: Write, write_alone: Write, *, limit: int = 64) -> None:
        self._write = write
        self._write_alone = write_alone
        self._limit = limit
        self._mutex = Lock()
        self._queue: deque[_Ticket] = deque()
        self._free = True
        self._crowd = 1
        self._complete = Event()
        self._took = 0.0

    def append(self, save: Save) -> list[int]:
        """The ids of the save's events; raises what went wrong with this save alone."""
        ticket = _Ticket(save)
        try:
            if not self._may_lead(ticket):
                ticket.gate.acquire()
            if ticket.leads:
                self._lead(ticket)
        except BaseException:
            self._withdraw(ticket)
            raise
        if ticket.failure is not None:
            raise type(ticket.failure)(*ticket.failure.args) from ticket.failure
        return ticket.ids if ticket.ids is not None else self._write_alone([save])[0]

    def _may_lead(self, ticket: _Ticket) -> bool:
        """Whether nobody led, so that the ticket's own thread does; else it stands in the queue."""
        with self._mutex:
            ticket.leads, self._free = self._free, False
            if not ticket.leads:
                self._queue.append(ticket)
                if len(self._queue) >= self._crowd - 1:
                    self._complete.set()
            return ticket.leads

    def _withdraw(self, ticket: _Ticket) -> None:
        """An interrupted thread leaves neither its save nor its lead behind."""
        with self._mutex:
            if ticket in self._queue:
                self._queue.remove(ticket)
        if ticket.leads:
            self._hand_over(ticket)

    def _lead(self, ticket: _Ticket) -> None:
        batch = [ticket]
        try:
            batch += self._followers()
            started = perf_counter()
            self._settle(batch)
            self._took = perf_counter() - started
        finally:
            self._crowd = min(len(batch) + len(self._queue), self._limit)
            self._hand_over(ticket)
            for follower in batch[1:]:
                follower.gate.release()

    def _followers(self) -> list[_Ticket]:
        with self._mutex:
            self._complete.clear()
            complete = len(self._queue) >= self._crowd - 1
        if not complete:
            self._complete.wait(min(self._took * PATIENCE, LONGEST))
        with self._mutex:
            return [self._queue.popleft() for _ in range(min(self._limit - 1, len(self._queue)))]

    def _settle(self, batch: list[_Ticket]) -> None:
        try:
            written = self._write([ticket.save for ticket in batch])
        except InDoubt as failure:
            for ticket in batch:
                ticket.failure = failure
        except PersistenceError as failure:
            if len(batch) == 1 and not isinstance(failure, CommandInFlight):
                batch[0].failure = failure
        else:
            for ticket, ids in zip(batch, written, strict=True):
                ticket.ids = ids

    def _hand_over(self, leader: _Ticket) -> None:
        """The longest waiting thread leads next."""
        with self._mutex:
            leader.leads = False
            self._free = not self._queue
            if self._free:
                return
            heir = self._queue.popleft()
            heir.leads = True
        heir.gate.release()
