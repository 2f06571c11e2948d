"""The log under test: its recorder, its reader, and sessions with more or less rights than the service has."""

import pytest

from store.engine import connect
from store.reader import LogReader
from store.recorder import LogRecorder
from store.vault import Vault
from tests.store.log_entries import MASTER_KEY


@pytest.fixture
def recorder(engine):
    return LogRecorder(engine)


@pytest.fixture
def reader(engine):
    return LogReader(engine)


@pytest.fixture
def vault(engine):
    return Vault(engine, MASTER_KEY)


@pytest.fixture
def owner(database_url):
    """The database as its owner sees it."""
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()


@pytest.fixture
def patient(database_url):
    """An engine whose sessions wait for a lock without end."""
    engine = connect(database_url, lock_timeout="0")
    yield engine
    engine.dispose()


@pytest.fixture
def elsewhere(database_url):
    """An engine of another process: nothing shared but the database."""
    engine = connect(database_url)
    yield engine
    engine.dispose()
