"""The connection a process keeps for its own appends: no checkout, no BEGIN, one statement a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from store.engine import alive
from store.failures import InDoubt, meaning, translated

IMPATIENCE = "50ms"
"""How long a batch waits for a row lock before its saves go on alone: one stuck save must not hold up others."""


class Lane:
    """One session outside the pool, opened when first needed, replaced when lost, closed with its engine.

    Used by one thread at a time.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._cursor: psycopg.Cursor[tuple[int]] | None = None
        event.listen(engine, "engine_disposed", self.close)

    def run(self, statement: str, parameters: Sequence[str]) -> Iterable[int]:
        """Execute one statement as a transaction of its own; the ids it returns. Raises the library's errors."""
        with translated():
            cursor = self._ready()
        try:
            return [id_ for (id_,) in cursor.execute(statement, parameters)]
        except psycopg.Error as error:
            if not cursor.connection.broken:
                raise meaning(error) from error
            self.close()
            raise InDoubt(str(error)) from error

    def close(self, _engine: sa.Engine | None = None) -> None:
        """End the session; the next use opens another."""
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.connection.close()

    def _ready(self) -> psycopg.Cursor[tuple[int]]:
        if self._cursor is not None and not alive(self._cursor.connection):
            self.close()
        if self._cursor is None:
            self._cursor = self._open()
        return self._cursor

    def _open(self) -> psycopg.Cursor[Any]:
        pooled = self._engine.raw_connection()
        connection = cast("psycopg.Connection[Any]", pooled.driver_connection)
        pooled.detach()
        connection.autocommit = True
        connection.execute(f"set lock_timeout = '{IMPATIENCE}'")
        return connection.cursor()
