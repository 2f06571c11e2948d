"""What was recorded stays: the service may not change the log, and not even its owner does so by accident."""

from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation
from sqlalchemy.exc import DBAPIError

from tests.store.log_entries import entry, record, stored

STREAM = UUID(int=1)
CHANGES = ["update {} set version = 2", "delete from {}", "truncate {}"]


def refused(engine, statement):
    """What the database answers to the statement."""
    with engine.connect() as connection, pytest.raises(DBAPIError) as refusal:
        connection.exec_driver_sql(statement)
    return refusal.value.orig


@pytest.fixture(autouse=True)
def one_event(recorder):
    recorder.insert_events([entry(STREAM)], command=record(STREAM))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", ["store.event", "store.command"])
def test_the_service_has_no_right_to_change_what_was_recorded(engine, change, table):
    assert isinstance(refused(engine, change.format(table)), InsufficientPrivilege)


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_is_refused_too(owner, change):
    before = stored(owner)
    answer = refused(owner, change.format("store.event"))
    assert isinstance(answer, RestrictViolation)
    assert "the log is append-only" in str(answer)
    assert stored(owner) == before


def test_replication_rights_open_no_back_door(owner):
    answer = refused(owner, "set session_replication_role = replica; delete from store.event")
    assert isinstance(answer, RestrictViolation)


@pytest.mark.parametrize(
    "statement", ["delete from keys.person_key", "update keys.person_key set person = 'x'", "create table store.x ()"]
)
def test_the_service_cannot_lose_keys_or_make_tables(engine, statement):
    assert isinstance(refused(engine, statement), InsufficientPrivilege)
