"""Brings a database to the newest declared shape, however many processes start at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable

import projections.catalogue
import scheduler.twins.tables
import store.allowances
import store.tables
import store.webhooks.tables
from store.engine import connect

INI = Path(__file__).resolve().parent.parent / "alembic.ini"
LOCK = 0x64_69_72_65_63_74  # "direct": any number, the same in every process
PATIENCE: Final = timedelta(minutes=5)
"""How long a process waits for another one's migration, and a migration for a lock that nobody else gets meanwhile."""
DDL_LOCK: Final = "1s"
"""How long a change of a table waits for it: who appends waits behind it, and gives up after three."""
ATTEMPTS: Final = 60
"""How often such a change is tried."""
PAUSE_SECONDS: Final = 0.25
DECLARED = [
    store.tables.metadata,
    store.allowances.metadata,
    projections.catalogue.DECLARED,
    scheduler.twins.tables.metadata,
    store.webhooks.tables.metadata,
]
"""What the migrated database is compared with, one entry a schema's owner."""


class NewerDatabaseError(Exception):
    """The database was migrated by a newer version of this program."""


class Shape(StrEnum):
    """How a database's shape stands to the one this program needs."""

    SAME = "same"
    OLDER = "older"
    NEWER = "newer"


def migrate(url: str, to: str = "head") -> None:
    """Upgrade the database at ``url``, while others work on it; safe when several processes start at once.

    Each revision is a transaction of its own, and one that meets a busy table lets go and tries again: so nobody
    waits long for the upgrade, and one that breaks off goes on where it was. The login needs the right to create
    schemas. Raises NewerDatabaseError, and SQLAlchemy's OperationalError when a table stays busy.
    """
    engine = connect(url, role=None, pool_size=2, lock_timeout=DDL_LOCK)
    try:
        with _alone(engine):
            refuse_newer(engine)
            _upgrade(engine, to)
    finally:
        engine.dispose()


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    """Nobody else migrates meanwhile. Whoever waits asks again and again: a statement that waited would be waited
    for by an index that is built meanwhile.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        deadline = monotonic() + PATIENCE.total_seconds()
        while not guard.exec_driver_sql(f"select pg_try_advisory_lock({LOCK})").scalar_one():
            if monotonic() > deadline:
                raise TimeoutError(f"another process has been migrating this database for {PATIENCE}")
            Event().wait(PAUSE_SECONDS)
        try:
            yield
        finally:
            guard.exec_driver_sql(f"select pg_advisory_unlock({LOCK})")


def _upgrade(engine: sa.Engine, to: str) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with engine.connect() as connection:
                command.upgrade(_config(connection), to)
        except sa.exc.OperationalError as busy:
            if attempt == ATTEMPTS or not isinstance(busy.orig, LockNotAvailable):
                raise
            Event().wait(PAUSE_SECONDS)
        else:
            return


def shape_of(engine: sa.Engine) -> Shape:
    """How the database stands to the newest revision that this program knows."""
    known = ScriptDirectory.from_config(_config())
    found = _revisions(engine)
    if found == set(known.get_heads()):
        return Shape.SAME
    return Shape.OLDER if found <= {script.revision for script in known.walk_revisions()} else Shape.NEWER


def refuse_newer(engine: sa.Engine) -> None:
    """Raises NewerDatabaseError where the database stands at a revision that this program does not know."""
    if shape_of(engine) is Shape.NEWER:
        known = ", ".join(ScriptDirectory.from_config(_config()).get_heads())
        found = ", ".join(sorted(_revisions(engine)))
        raise NewerDatabaseError(
            f"the database is of a newer version's shape (revision {found}, this program knows {known});"
            " start the newer program"
        )


def _revisions(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def grant(rights: str, on: str) -> None:
    """Within a migration: give the service's role ``rights`` on an object, where that role exists.

    It is missing where the login may not create roles; the service then runs with the login's own rights.
    """
    role = store.tables.APP_ROLE
    op.execute(f"""
        do $$ begin
            if exists (select from pg_roles where rolname = '{role}') then
                grant {rights} on {on} to {role};
            end if;
        end $$
    """)


def index_beside_appends(name: str, definition: str) -> None:
    """Within a migration: build an index on a table of the log while it is appended to.

    ``definition`` follows ``create index … on``. What an attempt that broke off left is built anew.
    """
    with op.get_context().autocommit_block():
        op.execute(f"set lock_timeout = '{PATIENCE.total_seconds():.0f}s'")
        op.execute(f"drop index concurrently if exists store.{name}")
        op.execute(f"create index concurrently {name} on {definition}")
        op.execute(f"set lock_timeout = '{DDL_LOCK}'")


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config(INI)
    config.attributes["connection"] = connection
    return config
