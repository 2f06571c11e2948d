"""The migrated database is the declared tables, and migrating is safe however often and by however many."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import alembic
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from runtime.migrations import DECLARED, LOCK, Shape, migrate, shape_of
from store.engine import connect

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plain_login(bare_url, administration):
    """The address of an empty database for a login that owns it and has no other right, as on a managed server."""
    database = urlsplit(bare_url).path[1:]
    login = f"{database}-owner"
    administration.execute(f'create role "{login}"')
    administration.execute(f'alter database "{database}" owner to "{login}"')
    yield f"{bare_url}{'&' if '?' in bare_url else '?'}options=-c%20role%3D{login}"
    administration.execute(f'alter database "{database}" owner to current_user')
    administration.execute(f'drop database "{database}" with (force)')
    administration.execute(f'drop role "{login}"')
    administration.execute(f'create database "{database}"')


@pytest.fixture
def owner(database_url):
    yield from engine_of(database_url)


@pytest.fixture
def empty_owner(bare_url):
    yield from engine_of(bare_url)


def engine_of(url):
    engine = connect(url, role=None)
    yield engine
    engine.dispose()


CATALOGUE = """
    select 'column', a.attrelid::regclass::text, a.attname,
        concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
            pg_get_expr(d.adbin, d.adrelid))
    from pg_attribute a
        join pg_class c on c.oid = a.attrelid and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace::regnamespace::text = any(%(schemas)s)
    union all
    select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace::regnamespace::text = any(%(schemas)s)
    union all
    select 'index', schemaname || '.' || tablename, indexname, indexdef
    from pg_indexes where schemaname = any(%(schemas)s)
"""


def catalogue(engine, schemas):
    """Every column, constraint and index, as PostgreSQL itself writes them down."""
    with engine.connect() as connection:
        return {tuple(row) for row in connection.exec_driver_sql(CATALOGUE, {"schemas": sorted(schemas)})}


SCHEMAS = {table.schema for metadata in DECLARED for table in metadata.tables.values()}


@pytest.fixture
def declared(empty_owner):
    """A database made from the declared tables, without any migration."""
    with empty_owner.begin() as connection:
        for schema in SCHEMAS:
            connection.exec_driver_sql(f"create schema {schema}")
        for metadata in DECLARED:
            metadata.create_all(connection)
    return empty_owner


def test_the_migrated_database_is_the_declared_tables(owner, declared):
    migrated, wanted = catalogue(owner, SCHEMAS), catalogue(declared, SCHEMAS)
    assert migrated - wanted == set()
    assert wanted - migrated == set()


def test_alembic_finds_nothing_to_do(owner):
    with owner.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"include_schemas": True}), DECLARED) == []


def test_a_migrated_database_is_current_for_the_service_too(engine, owner):
    assert shape_of(engine) is Shape.SAME
    assert shape_of(owner) is Shape.SAME


def test_a_database_without_migrations_is_older(empty_owner):
    assert shape_of(empty_owner) is Shape.OLDER


def test_migrating_twice_changes_nothing(database_url, engine):
    migrate(database_url)
    assert shape_of(engine) is Shape.SAME


def test_four_processes_may_migrate_an_empty_database_at_once(bare_url, empty_owner, tmp_path):
    script = f"from runtime.migrations import migrate; migrate({bare_url!r})"
    with empty_owner.connect().execution_options(isolation_level="AUTOCOMMIT") as gate:
        gate.exec_driver_sql(f"select pg_advisory_lock({LOCK})")
        processes = [
            subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stderr=subprocess.PIPE)  # noqa: S603
            for _ in range(4)
        ]
        while waiting(gate) < len(processes):
            assert [process.poll() for process in processes] == [None] * 4, "nobody may migrate past the lock"
        gate.exec_driver_sql(f"select pg_advisory_unlock({LOCK})")
    assert [process.communicate()[1] for process in processes] == [b""] * 4
    assert shape_of(empty_owner) is Shape.SAME


def waiting(connection):
    """How many sessions have asked for this database's turn to migrate."""
    return connection.exec_driver_sql("""
        select count(*) from pg_stat_activity
        where datname = current_database() and starts_with(query, 'select pg_try_advisory_lock')
    """).scalar_one()


def test_a_login_that_owns_the_database_and_has_no_other_right_can_migrate(plain_login):
    migrate(plain_login)
    engine = connect(plain_login, role=None)
    assert shape_of(engine) is Shape.SAME
    engine.dispose()


def test_the_library_is_not_shadowed_by_our_folder():
    assert "site-packages" in alembic.__file__
    assert not (ROOT / "alembic" / "__init__.py").exists()
