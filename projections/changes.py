"""What read models want written, and how it reaches the server: many statements in one round trip (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from projections.schema import Row, document


@dataclass(frozen=True, slots=True)
class Change:
    """One statement that writes, with its parameters; it returns nothing."""

    statement: sa.Executable
    parameters: Row


def writing(statement: sa.Executable, rows: Sequence[Row]) -> list[Change]:
    """The change that a statement over ``schema.rows_of`` makes for these rows; none for none."""
    return [Change(statement, document(rows))] if rows else []


def carry_out(conn: sa.Connection, changes: Iterable[Change]) -> None:
    """Execute them in their order; within ``at_once`` without waiting for any."""
    for change in changes:
        conn.execute(change.statement, change.parameters)


@contextmanager
def at_once(conn: sa.Connection) -> Iterator[None]:
    """What is executed within goes to the server together, the commit included; nothing within may return rows.

    An error comes to light at the commit or at the end, without saying which statement it was.
    """
    driver = conn.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 -- the one driver that store.engine opens
    try:
        with driver.pipeline():
            yield
    except BaseException:
        with suppress(psycopg.Error):
            driver.rollback()  # SQLAlchemy takes a commit that failed for the end of the transaction
        raise
