"""Several statements in one round trip to the server, handed to the driver as it takes them (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import lru_cache
from typing import Any, TypeAlias

import psycopg
import sqlalchemy as sa
from psycopg.generators import send
from psycopg.rows import dict_row, namedtuple_row
from sqlalchemy.sql.compiler import SQLCompiler

from store.failures import translated

Row: TypeAlias = tuple[Any, ...]
Parameters: TypeAlias = Mapping[str, Any] | Sequence[Any]
Asked: TypeAlias = tuple[sa.Executable | str, Parameters]
"""A statement, or the text of one as the driver takes it, and its parameters."""
KEPT = 512
"""Statements kept as the driver takes them: more than all read models have."""


def ask(conn: sa.Connection, *asked: Asked) -> list[list[Any]]:
    """The rows that each of these returns, their columns as attributes, at a third of what SQLAlchemy takes for them.

    The beginning of the transaction goes on the same trip. Raises the library's errors, as the store does.
    """
    driver = driver_of(conn)
    with translated(), driver.pipeline() if len(asked) > 1 else nullcontext():
        cursors = [driver.cursor(row_factory=namedtuple_row).execute(*_for_the_driver(conn, *each)) for each in asked]
    return [cursor.fetchall() for cursor in cursors]


def tell(conn: sa.Connection, *told: Asked) -> None:
    """Execute these, which return nothing, in their order; within ``at_once`` without waiting for any.

    All of it is handed to the server: a commit in a pipeline sends what is left once, however much that is, and then
    waits for an answer to what the server may not have got.
    """
    driver = driver_of(conn)
    for each in told:
        driver.execute(*_for_the_driver(conn, *each))
    driver.wait(send(driver.pgconn))


def load(conn: sa.Connection, statement: sa.Executable, parameters: Parameters) -> list[dict[str, Any]]:
    """The rows that this returns, by the names of their columns."""
    driver = driver_of(conn)
    with driver.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(*_for_the_driver(conn, statement, parameters)).fetchall()


@contextmanager
def at_once(conn: sa.Connection) -> Iterator[None]:
    """What is told within goes to the server together, the commit included.

    An error comes to light at the commit or at the end, without saying which statement it was.
    """
    driver = driver_of(conn)
    try:
        with driver.pipeline():
            yield
    except BaseException:
        with suppress(psycopg.Error):
            driver.rollback()  # SQLAlchemy takes a commit that failed for the end of the transaction
        raise


def driver_of(conn: sa.Connection) -> psycopg.Connection[Row]:
    """The driver's own connection."""
    driver = conn.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 -- the one driver that store.engine opens
    return driver


def _for_the_driver(
    conn: sa.Connection, statement: sa.Executable | str, parameters: Parameters
) -> tuple[str, Parameters]:
    if isinstance(statement, str):
        return statement, parameters
    schemas = conn.get_execution_options().get("schema_translate_map") or {}
    text, constants = _compiled(statement, tuple(schemas.items()), conn.dialect)
    return text, {**constants, **dict(parameters)}


@lru_cache(KEPT)
def _compiled(
    statement: sa.ClauseElement, schemas: tuple[tuple[str, str], ...], dialect: sa.Dialect
) -> tuple[str, Mapping[str, Any]]:
    """Its text, and those of its parameters that it brings along."""
    compiled = statement.compile(dialect=dialect, schema_translate_map=dict(schemas), render_schema_translate=True)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 -- statements of the views are no DDL
    return compiled.string, {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
