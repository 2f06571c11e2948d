"""Builds a read model again from the log beside the running one, and swaps it in without a read failing (DESIGN §4).

The same projection writes to the same tables under another schema. Once it has caught up, the old tables are dropped
and the new ones move into the schema of the views, in one short transaction: who reads meanwhile waits a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from time import sleep

import psycopg
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from projections import positions
from projections.batch import Reading, advance
from projections.projection import Projection
from projections.round_trips import tell
from projections.schema import KEPT, VIEWS
from store.failures import CommandInFlight, Unavailable, translated
from store.reader import LogReader
from store.session import open_session
from store.tables import APP_ROLE

BATCH = 1000
"""Events a transaction: all that is ever in memory at once."""
TRIES = 200
PATIENCE_MS = 100
"""How long one try of the swap may wait for readers: others queue behind it, and it must give up before the server
looks for deadlocks and picks a victim among them.
"""
PAUSE = 0.05
"""Seconds between two tries."""

GRANT = """
    do $$ begin
        if exists (select from pg_roles where rolname = '{role}') then
            grant select, insert, update, delete on {table} to {role};
        end if;
    end $$
"""


class RebuildUnderWayError(RuntimeError):
    """Someone else is rebuilding the same projection."""


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """How far a rebuild is."""

    name: str
    position: int
    head: int
    """Of the log, when this round of catching up began."""


def rebuild(
    engine: sa.Engine,
    reader: LogReader,
    projection: Projection,
    report: Callable[[RebuildProgress], None] = lambda _: None,
) -> None:
    """Build the projection's tables anew and put them in place of those in use.

    ``engine`` needs the rights of the login that migrated (``connect(url, role=None)``); ``projection`` is an
    instance of its own. What the tables held beside the log begins anew (deadlines set aside), or is kept where the
    column says so (a job's claim, or one under way would be done twice). Raises RebuildUnderWayError, and Unavailable
    where the database is away or ended the session by which others know of this rebuild. After any failure everything
    is as before, and another try begins afresh.
    """
    with _alone(engine, projection.name) as still_alone:
        shadow = _Shadow(engine, reader, projection, still_alone)
        try:
            shadow.create()
            shadow.fill(report)
            shadow.index()
            shadow.fill(report)
            shadow.replace()
        finally:
            shadow.drop()


@contextmanager
def _alone(engine: sa.Engine, name: str) -> Iterator[Callable[[], None]]:
    """Nobody else rebuilds it meanwhile; what is given raises Unavailable once somebody else may."""
    key = (f"rebuild {name}",)
    with translated(), closing(open_session(engine)) as guard:
        if guard.execute("select 1 where pg_try_advisory_lock(hashtext(%s))", key).fetchone() is None:
            raise RebuildUnderWayError(f"the projection {name} is being rebuilt already")

        def still_alone() -> None:
            try:
                guard.execute("select 1")
            except psycopg.Error as error:
                raise Unavailable(f"the connection that guarded the rebuild of {name} was lost: {error}") from error

        try:
            yield still_alone
        finally:
            with suppress(psycopg.Error):  # a lock ends with its session
                guard.execute("select pg_advisory_unlock(hashtext(%s))", key)


class _Shadow:
    """The tables being built, with a position of their own.

    Whoever loses his guard leaves them to the next one: nothing is committed before he has looked.
    """

    def __init__(
        self, engine: sa.Engine, reader: LogReader, projection: Projection, still_alone: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._still_alone = still_alone
        self._schema = f"{VIEWS}_of_{projection.name}"
        self._beside = engine.execution_options(schema_translate_map={VIEWS: self._schema})
        self._reader = reader
        self._projection = projection
        self._name = projection.name

    def create(self) -> None:
        """Empty tables without their indexes, which are cheaper to build at once."""
        self.drop()
        with self._alone(self._beside) as conn:
            conn.exec_driver_sql(f"create schema {self._schema}")
            for table in (positions.projection, *self._projection.tables):
                conn.execute(CreateTable(table))
                conn.exec_driver_sql(GRANT.format(role=APP_ROLE, table=f"{self._schema}.{table.name}"))
            positions.enter(conn, [self._name])

    def fill(self, report: Callable[[RebuildProgress], None]) -> None:
        """Take in what is in the log now; what others write meanwhile is left, or this would never end."""
        head = self._reader.head()
        while self._position() < head and self._advance():
            report(RebuildProgress(self._name, self._position(), head))

    def index(self) -> None:
        with self._alone(self._beside) as conn:
            for table in self._projection.tables:
                for index in sorted(table.indexes, key=lambda it: str(it.name)):
                    index.create(conn)
                conn.exec_driver_sql(f"analyze {self._schema}.{table.name}")

    def replace(self) -> None:
        """Swap, as soon as no reader is in the way for a moment. Raises the last obstacle after many tries."""
        for attempt in range(1, TRIES + 1):
            try:
                with translated():
                    self._swap()
            except CommandInFlight:
                if attempt == TRIES:
                    raise
                sleep(PAUSE)
            else:
                return

    def _swap(self) -> None:
        """With the running projection held, take in the last events and change places with it."""
        with self._alone(self._engine) as conn:
            conn.exec_driver_sql(f"set local lock_timeout = '{PATIENCE_MS}ms'")
            running = positions.hold(conn, self._name)
            while self._position() < running:
                self._advance()
            tables = [table.name for table in self._projection.tables]
            conn.exec_driver_sql("lock table " + ", ".join(f"{VIEWS}.{table}" for table in tables))
            for declared in self._projection.tables:
                self._keep_notes(conn, declared)
            for table in tables:
                conn.exec_driver_sql(f"drop table {VIEWS}.{table}")
                conn.exec_driver_sql(f"alter table {self._schema}.{table} set schema {VIEWS}")
            tell(conn, positions.move([self._name], self._position()))

    def _keep_notes(self, conn: sa.Connection, running: sa.Table) -> None:
        """What somebody noted beside the log of rows that are still there."""
        noted = {column.name: column for column in running.columns if column.info == KEPT}
        anew = running.to_metadata(sa.MetaData(), schema=self._schema)
        same_row = [anew.c[column.name] == column for column in running.primary_key]
        differs = sa.or_(sa.false(), *(anew.c[name].is_distinct_from(column) for name, column in noted.items()))
        if noted:
            conn.execute(sa.update(anew).where(*same_row, differs).values(noted))

    def drop(self) -> None:
        with self._alone(self._engine) as conn:
            conn.exec_driver_sql(f"drop schema if exists {self._schema} cascade")

    @contextmanager
    def _alone(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        with engine.begin() as conn:
            yield conn
            self._still_alone()

    def _advance(self) -> bool:
        self._still_alone()
        step = advance(self._beside, Reading(self._reader, BATCH), {self._name: self._projection})
        if step.held_back and not step.events:
            sleep(PAUSE)
        return step.events > 0

    def _position(self) -> int:
        with self._beside.connect() as conn:
            return positions.look(conn, [self._name])[self._name].position
