"""Where the database is, whether it may be used, and as whom: settled before anything else is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from runtime.clock import was_moved
from runtime.embedded import EmbeddedPostgres, watched
from runtime.embedded.binaries import OLDEST
from runtime.migrations import NewerDatabaseError, Shape, migrate, refuse_newer, shape_of
from runtime.settings import Environment, Settings
from store.engine import connect, connection_arguments
from store.tables import APP_ROLE

MAY_WORK_AS = """
    select coalesce(bool_or(pg_has_role(current_user, oid, 'member')), false) from pg_roles where rolname = %s
"""


class StartError(Exception):
    """The service cannot start on what it was given; the sentence says why and what to do about it."""


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of the database, whatever shape it is in.

    Without one in the settings a PostgreSQL of the program's own is started, or joined where it runs already, and
    started again should it end meanwhile.
    Raises EmbeddedPostgresError when that cannot be, and StartError when the database fails while it is looked at, or
    is none that this program can work with.
    """
    if settings.database_url:
        _will_do(settings.database_url)
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data_folder / "postgres", binaries=settings.postgres_binaries) as own, watched(own):
        yield own.url


def _will_do(url: str) -> None:
    """Raises StartError for a server that is too old, and for a database that cannot hold every text."""
    with _in_one_sentence(), closing(psycopg.connect(**connection_arguments(url, role=None))) as connection:
        major = connection.info.server_version // 10_000
        encoding = connection.info.parameter_status("server_encoding")
    if major < OLDEST:
        raise StartError(f"the database's server is PostgreSQL {major}; {OLDEST} or newer is needed")
    if encoding != "UTF8":
        raise StartError(f"the database's encoding is {encoding}; it needs one made with `encoding 'UTF8'`")


@contextmanager
def usable(settings: Settings) -> Iterator[tuple[str, str | None]]:
    """The address of a database that this program fits, and the role to work as there.

    A sandbox's is migrated; of a production's it is only seen that ``directservice migrate`` was run, whose login
    needs more rights. The role is None where this login may not work as the service's and keeps its own rights.
    """
    with database(settings) as url:
        if settings.environment is Environment.SANDBOX:
            bring_to_shape(url)
        with looked_at(url) as engine:
            if settings.environment is Environment.PRODUCTION:
                _fits_production(engine)
            role = _role(engine)
        yield url, role


def bring_to_shape(url: str) -> None:
    """Migrate the database. Raises StartError with what the server, or the lack of one, said."""
    with _in_one_sentence():
        migrate(url)


@contextmanager
def looked_at(url: str) -> Iterator[sa.Engine]:
    """An engine with the login's own rights. Raises StartError with what the server said when it fails."""
    with _in_one_sentence():
        engine = connect(url, role=None, pool_size=4)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        raise StartError(f"the database cannot be used: {said.partition(chr(10))[0]}") from error
    except (NewerDatabaseError, TimeoutError) as error:
        raise StartError(str(error)) from error


def of_this_shape(engine: sa.Engine) -> None:
    """Raises StartError unless the database has every table where this version expects it."""
    with _in_one_sentence():
        refuse_newer(engine)
    if shape_of(engine) is Shape.OLDER:
        raise StartError("the database is of an older version's shape; run `directservice migrate` first")


def _fits_production(engine: sa.Engine) -> None:
    of_this_shape(engine)
    if was_moved(engine):
        raise StartError("the database is a sandbox's whose clock was moved, so it can never be a production's")


def _role(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        return APP_ROLE if connection.exec_driver_sql(MAY_WORK_AS, (APP_ROLE,)).scalar_one() else None
