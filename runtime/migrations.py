"""Brings a database to the newest declared shape, however many processes start at once."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import projections.catalogue
import scheduler.twins.tables
import store.allowances
import store.tables
from store.engine import connect

INI = Path(__file__).resolve().parent.parent / "alembic.ini"
LOCK = 0x64_69_72_65_63_74  # "direct": any number, the same in every process
PATIENCE = "5min"
"""How long a process waits for another one's migration."""
DECLARED = [
    store.tables.metadata,
    store.allowances.metadata,
    projections.catalogue.DECLARED,
    scheduler.twins.tables.metadata,
]
"""What the migrated database is compared with, one entry a schema's owner."""


def migrate(url: str) -> None:
    """Upgrade the database at ``url`` to the newest revision; safe when several processes start at once.

    All of it is one transaction under an advisory lock: a migration that fails leaves nothing behind.
    The login needs the right to create schemas.
    """
    engine = connect(url, role=None, pool_size=1)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"set local lock_timeout = '{PATIENCE}'")
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({LOCK})")
            command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def is_current(engine: sa.Engine) -> bool:
    """Whether the database stands at the newest revision this program knows."""
    newest = set(ScriptDirectory.from_config(_config()).get_heads())
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == newest


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


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config(INI)
    config.attributes["connection"] = connection
    return config
