"""Production runs with a login that may do no more than the service needs."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from runtime.container import open_house
from runtime.policies import put_in_force
from runtime.settings import read_settings
from store.application import Errand
from store.engine import connect
from store.tables import APP_ROLE
from tests.runtime.test_cli import run, said
from tests.service import MARKETPLACE, order_line


@pytest.fixture
def service_login(installation, production, administration, database_url):
    """The address of the database for a login as the operations page makes it."""
    parts = urlsplit(database_url)
    login = f"{parts.path[1:]}-service"
    administration.execute(f'create role "{login}" login in role {APP_ROLE}')
    url = parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}").geturl()
    installation.setenv("DATABASE_URL", url)
    yield url
    administration.execute(f'drop role "{login}"')


def test_the_service_runs_with_it(service_login):
    with open_house(read_settings()) as house:
        house.door.order_lines.record([order_line()], Errand(actor=MARKETPLACE, command_id=uuid4()))
        assert house.reader.head() > 0
        put_in_force(house.engine, house.door.policies.current)


@pytest.mark.usefixtures("service_login", "logging_as_before")
def test_what_it_may_not_do_is_said():
    assert "has not the right to this: permission denied" in said(run("rebuild", "ledger"), 2)


@pytest.mark.parametrize(
    "statement",
    [
        "update store.event set version = 2",
        "delete from store.event",
        "truncate store.event",
        "alter table store.event disable trigger append_only",
        "drop table store.event",
        "update store.command set version = 2",
        "delete from store.dispatch",
        "update store.policy set pack = '{}'",
        "delete from keys.person_key",
        "update keys.person_key set person = 'x'",
        "create table store.x ()",
        "create schema x",
        "update alembic_version set version_num = 'x'",
        "set session_replication_role = replica",
        "create role x superuser",
    ],
)
def test_it_may_neither_change_the_log_nor_the_tables(service_login, statement):
    engine = connect(service_login, role=None)
    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|must be"):
        connection.exec_driver_sql(statement)
    engine.dispose()
