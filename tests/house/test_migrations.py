"""The migrated database is the declared tables, and migrating is safe however often and by however many."""

import subprocess
import sys
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import alembic
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from runtime.migrations import DECLARED, is_current, migrate
from store.engine import connect

ROOT = Path(__file__).parents[2]
numbers = count(1)


@pytest.fixture
def empty_url(template, server_url, administration):
    """A database in which nothing was migrated yet."""
    name = f"{template}-empty-{next(numbers)}"
    administration.execute(f'create database "{name}"')
    yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    administration.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def plain_login(empty_url, administration):
    """The address of an empty database for a login that owns it and has no other right, as on a managed server."""
    database = urlsplit(empty_url).path[1:]
    login = f"{database}-owner"
    administration.execute(f'create role "{login}"')
    administration.execute(f'alter database "{database}" owner to "{login}"')
    yield f"{empty_url}{'&' if '?' in empty_url else '?'}options=-c%20role%3D{login}"
    administration.execute(f'alter database "{database}" owner to current_user')
    administration.execute(f'drop database "{database}" with (force)')
    administration.execute(f'drop role "{login}"')
    administration.execute(f'create database "{database}"')


@pytest.fixture
def owner(database_url):
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()


def test_the_migrated_database_is_the_declared_tables(owner):
    with owner.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, DECLARED) == []


def test_a_migrated_database_is_current_for_the_service_too(engine, owner):
    assert is_current(engine)
    assert is_current(owner)


def test_a_database_without_migrations_is_not_current(empty_url):
    engine = connect(empty_url, role=None)
    assert not is_current(engine)
    engine.dispose()


def test_migrating_twice_changes_nothing(database_url, engine):
    migrate(database_url)
    assert is_current(engine)


def test_four_processes_may_migrate_an_empty_database_at_once(empty_url, tmp_path):
    script = f"from runtime.migrations import migrate; migrate({empty_url!r})"
    processes = [
        subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stderr=subprocess.PIPE)  # noqa: S603
        for _ in range(4)
    ]
    assert [process.communicate()[1] for process in processes] == [b""] * 4
    engine = connect(empty_url)
    assert is_current(engine)
    engine.dispose()


def test_a_login_that_owns_the_database_and_has_no_other_right_can_migrate(plain_login):
    migrate(plain_login)
    engine = connect(plain_login, role=None)
    assert is_current(engine)
    engine.dispose()


def test_the_library_is_not_shadowed_by_our_folder():
    assert "site-packages" in alembic.__file__
    assert not (ROOT / "alembic" / "__init__.py").exists()
