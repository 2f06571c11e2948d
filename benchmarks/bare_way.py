"""The way from an append to the hub with nothing on it: what threads and round trips take by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import perf_counter
from typing import Any

import psycopg

TRIPS = 4
"""To the server: three by the one who was woken, and the last one by the one who waited."""


class BareWay:
    """Who waits wakes another, who asks twice and commits a row unflushed, as the engine does, and wakes him to ask."""

    def __init__(self, there: psycopg.Connection[Any], here: psycopg.Connection[Any]) -> None:
        self._there = there
        self._here = here
        self._asked, self._done = Event(), Event()
        self._over = False

    def go(self) -> float:
        """Once; the seconds it took."""
        began = perf_counter()
        self._done.clear()
        self._asked.set()
        self._done.wait()
        self._here.execute("select 1").fetchone()
        return perf_counter() - began

    def insert(self) -> float:
        """One row, flushed to the disk; the seconds it took."""
        began = perf_counter()
        self._here.execute("insert into scratch values (1)")
        return perf_counter() - began

    def serve(self) -> None:
        """For the other thread, until ``end``."""
        while self._woken():
            for _ in range(TRIPS - 2):
                self._there.execute("select 1").fetchone()
            with self._there.pipeline():
                self._there.execute("insert into scratch values (1)")
                self._there.commit()
            self._done.set()

    def end(self) -> None:
        """Let ``serve`` return."""
        self._over = True
        self._asked.set()

    def _woken(self) -> bool:
        self._asked.wait()
        self._asked.clear()
        return not self._over


@contextmanager
def bare_way(url: str) -> Iterator[BareWay]:
    """Ready to be gone, by two connections to ``url`` and a thread that end with the context."""
    with psycopg.connect(url) as there, psycopg.connect(url, autocommit=True) as here:
        here.execute("create table scratch (n integer)")
        there.execute("set synchronous_commit = off")
        there.commit()
        way = BareWay(there, here)
        thread = Thread(target=way.serve)
        thread.start()
        try:
            yield way
        finally:
            way.end()
            thread.join()
