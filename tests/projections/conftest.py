"""A service whose read models are brought up to date when the test says so."""

import pytest

from domain.cancellation.commands import RequestCancellation
from store.engine import connect
from tests.projections.views import Views
from tests.service import BUYER, Service


class Trading(Service):
    """The service with both of its processes."""

    def cancel(self, line_id, actor=BUYER):
        """Ask for a cancellation; its id."""
        return self.door.cancellations.submit(RequestCancellation(line_id=line_id), self.errand(actor)).stream_id

    def answer_cancellation(self, cancellation_id, command, actor):
        return self.door.cancellations.handle(cancellation_id, command, self.errand(actor))


@pytest.fixture
def service(engine, tmp_path):
    return Trading(engine, tmp_path)


@pytest.fixture
def views(engine):
    return Views(engine)


@pytest.fixture
def owner(database_url):
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()
