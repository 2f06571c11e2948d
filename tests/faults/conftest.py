"""A PostgreSQL of its own for whatever is done to it, and a town that trades on it."""

from contextlib import ExitStack

import pytest

from runtime.embedded import EmbeddedPostgres
from runtime.migrations import migrate
from store.engine import connect
from tests.faults.town import Town


class Server:
    """A PostgreSQL in a folder of its own, which can be started again after it was killed."""

    def __init__(self, folder, stack):
        self.folder = folder
        self._stack = stack
        self.url = self.start()

    def start(self):
        return self._stack.enter_context(EmbeddedPostgres(self.folder, fsync=False, max_connections=150)).url


@pytest.fixture
def server(place):
    with ExitStack() as stack:
        server = Server(place, stack)
        migrate(server.url)
        yield server


@pytest.fixture
def owner(server):
    engine = connect(server.url, role=None, pool_size=4)
    yield engine
    engine.dispose()


@pytest.fixture
def town(server, tmp_path):
    """Opens a town on the server; its limits may be given."""
    with ExitStack() as stack:
        yield lambda **limits: stack.enter_context(Town(server.url, tmp_path, **limits))
