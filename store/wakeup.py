"""Wakes whoever tails the log when something was committed, in this process at once, in others by NOTIFY."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from selectors import EVENT_READ, DefaultSelector
from threading import Event, Lock, Thread
from uuid import uuid4

import psycopg
import sqlalchemy as sa
from eventsourcing.persistence import PersistenceError

from store.failures import translated
from store.session import Session, open_session
from store.spells import Spell

LOG = logging.getLogger(__name__)
APPENDED = "directservice_appended"
"""The channel on which processes tell each other that they appended."""
PAUSE = 0.002
"""Seconds between two NOTIFYs of one process: each takes a lock that all commits on the server share."""
RECONNECT = 0.25
"""Seconds between two attempts to listen again after a lost connection."""


class Wakeup:
    """One a process. Wake-ups are hints, never data: a tailing reader also looks by itself now and then.

    A lost connection is opened again, and everyone is woken after it, since something may have been missed.
    """

    def __init__(self, engine: sa.Engine, hear: Mapping[str, Callable[[str], None]] | None = None) -> None:
        """``hear``: what else to do with the payloads of which other channels."""
        self._name = uuid4().hex
        self._bells: set[Event] = set()
        self._mutex = Lock()
        self._crier = _Crier(engine, self._name)
        self._ear = _Ear(engine, {APPENDED: self._heard, **(hear or {})}, self._ring)

    def start(self) -> None:
        """Begin to listen; without it only this process's own appends are noticed."""
        self._ear.start()

    def announce(self) -> None:
        """Something was committed: wake everyone here now, and everyone elsewhere within ``PAUSE``."""
        self._ring()
        self._crier.cry()

    @contextmanager
    def bell(self) -> Iterator[Event]:
        """An Event that is set when there may be something new; clear it, then read, then wait again."""
        bell = Event()
        with self._mutex:
            self._bells.add(bell)
        try:
            yield bell
        finally:
            with self._mutex:
                self._bells.discard(bell)

    def close(self) -> None:
        """Send what is still to be announced, and end both connections."""
        self._crier.close()
        self._ear.close()

    def _heard(self, sender: str) -> None:
        if sender != self._name:
            self._ring()

    def _ring(self) -> None:
        with self._mutex:
            for bell in self._bells:
                bell.set()


class _Crier:
    """Sends at most one NOTIFY every ``PAUSE``, however many appends there were."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._session = Session(engine, synchronous_commit="off")  # a hint need not reach the disk
        self._name = name
        self._due = Event()
        self._closing = Event()
        self._thread: Thread | None = None
        self._mutex = Lock()

    def cry(self) -> None:
        self._due.set()
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._mutex:
            if self._thread is None and not self._closing.is_set():
                self._thread = Thread(target=self._run, name="wakeup-crier", daemon=True)
                self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._due.set()
        with self._mutex:
            if self._thread is not None:
                self._thread.join()
        self._session.close()

    def _run(self) -> None:
        over = False
        while not over:
            self._due.wait()
            self._due.clear()
            over = self._closing.is_set()
            with suppress(PersistenceError):  # a hint that is lost costs one slow poll
                self._session.execute("select pg_notify(%s, %s)", (APPENDED, self._name))
            self._closing.wait(PAUSE)


class _Ear:
    """Listens on a connection of its own and hands each payload to its channel's hearer."""

    def __init__(
        self, engine: sa.Engine, hearers: Mapping[str, Callable[[str], None]], reconnected: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._hearers = hearers
        self._reconnected = reconnected
        self._spell = Spell(LOG, "listening for appends")
        self._closing = Event()
        self._stop_reading, self._stop = os.pipe()
        self._thread: Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name="wakeup-ear", daemon=True)
            self._thread.start()

    def close(self) -> None:
        if self._closing.is_set():
            return
        self._closing.set()
        os.close(self._stop)
        if self._thread is not None:
            self._thread.join()
        os.close(self._stop_reading)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with translated(), open_session(self._engine) as connection:
                    self._listen(connection)
            except (PersistenceError, psycopg.Error) as error:
                self._spell.fails(error)
                self._closing.wait(RECONNECT)

    def _listen(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        for channel in self._hearers:
            connection.execute(f'listen "{channel}"')
        self._spell.ends()
        self._reconnected()
        with DefaultSelector() as selector:
            selector.register(connection, EVENT_READ)
            selector.register(self._stop_reading, EVENT_READ)
            while not self._closing.is_set():
                self._hand_out(connection)
                selector.select()

    def _hand_out(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        connection.pgconn.consume_input()
        while notice := connection.pgconn.notifies():
            self._hearers[notice.relname.decode()](notice.extra.decode())
