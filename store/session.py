"""A database session outside the pool, kept for one purpose: appends, keys, wake-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from threading import Lock
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from store.engine import OUTSIDE_THE_POOL, alive
from store.failures import InDoubt, meaning, translated

Row = tuple[Any, ...]


class Session:
    """Executes single statements, each a transaction of its own, without checkout or BEGIN.

    Opened when first needed, replaced when lost, closed with its engine; its users take turns. Because it never
    waits for the pool, whoever holds a pooled connection may use it without a deadlock.
    """

    def __init__(self, engine: sa.Engine, **settings: str) -> None:
        """``settings`` hold for every statement, such as ``lock_timeout``."""
        self._engine = engine
        self._settings = settings
        self._mutex = Lock()
        self._cursor: psycopg.Cursor[Row] | None = None
        event.listen(engine, "engine_disposed", self.close)

    def execute(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """The rows of one statement. Raises the library's errors, InDoubt if the connection breaks meanwhile."""
        with self._mutex:
            with translated():
                cursor = self._ready()
            try:
                return cursor.execute(statement, parameters or None).fetchall()
            except psycopg.Error as error:
                if not cursor.connection.broken:
                    raise meaning(error) from error
                self._drop()
                raise InDoubt(str(error)) from error

    def close(self, _engine: sa.Engine | None = None) -> None:
        """End the session; the next use opens another."""
        with self._mutex:
            self._drop()

    def _drop(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.connection.close()

    def _ready(self) -> psycopg.Cursor[Row]:
        if self._cursor is not None and not alive(self._cursor.connection):
            self._drop()
        if self._cursor is None:
            self._cursor = self._opened()
        return self._cursor

    def _opened(self) -> psycopg.Cursor[Row]:
        with ExitStack() as unfinished:
            connection = unfinished.enter_context(closing(open_session(self._engine)))
            for name, value in self._settings.items():
                connection.execute("select set_config(%s, %s, false)", (name, value))
            unfinished.pop_all()
        return connection.cursor()


def open_session(engine: sa.Engine) -> psycopg.Connection[Row]:
    """A connection as the engine opens its own, in autocommit; whoever asked for it closes it."""
    opened: Callable[[], psycopg.Connection[Row]] = engine.get_execution_options()[OUTSIDE_THE_POOL]
    return opened()
