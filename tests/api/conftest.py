"""The real application over a real database, and a caller for each role."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from api.answering.streams import Streams
from api.app import create_app
from api.callers.auth import TokenVerifier
from api.callers.tokens import issue
from api.entrance.rate_limits import RateLimits
from api.services import Limits, Services
from domain.policy import standard_policies
from projections.catalogue import projections
from projections.event_feed import EventFeed
from projections.log_tail import LogTail
from projections.progress import Progress
from projections.whose import Owners
from store.allowances import Allowances
from store.reader import LogReader
from store.wakeup import Wakeup
from store.webhooks.endpoints import Endpoints
from tests.api.asking import SECRET, TRUST, WALL, id_of
from tests.api.declared import check
from tests.service import Service


def token(actor, **options):
    return issue(actor, SECRET, TRUST, **{"now": WALL, "lifetime": timedelta(hours=1), **options})


class Caller:
    """One party's HTTP client."""

    def __init__(self, client, actor):
        self._client = client
        self.headers = {"Authorization": f"Bearer {token(actor)}"}

    def get(self, url, **options):
        return self._client.get(url, **self._with(options))

    def put(self, url, body, **options):
        return self._client.put(url, json=body, **self._with(options))

    def post(self, url, body=None, *, key=None, **options):
        """A command, under a fresh key unless one is given."""
        options["headers"] = {"Idempotency-Key": key or str(uuid4()), **options.get("headers", {})}
        return self._client.post(url, json=body, **self._with(options))

    def send(self, method, url, **options):
        return self._client.request(method, url, **self._with(options))

    def _with(self, options):
        return {**options, "headers": {**self.headers, **options.get("headers", {})}}


class Api:
    """The application under test, and what stands behind it."""

    def __init__(self, client, service):
        self.client = client
        self.service = service

    def __call__(self, actor):
        return Caller(self.client, actor)

    def timers_ring(self, *cases):
        """The clock overtakes whoever stayed silent in these cases."""
        return self.service.door.overtake([id_of(case) for case in cases])

    def head(self):
        """Where the log ends."""
        return self.service.door.log.recorder.max_notification_id()


@pytest.fixture
def service(engine, tmp_path, wakeup):
    return Service(engine, tmp_path, announce=wakeup.announce)


@pytest.fixture
def limits():
    return Limits(body_bytes=20_000, upload_bytes=50_000, view_seconds=0.05)


@pytest.fixture
def wakeup(engine):
    """Rings when the service records something."""
    wakeup = Wakeup(engine)
    yield wakeup
    wakeup.close()


@pytest.fixture
def streams(engine, wakeup):
    """Short ones, since the test client waits for the end of every answer."""
    with wakeup.bell() as bell, LogTail(engine, LogReader(engine), Owners(), bell=bell, view="seller_orders") as tail:
        yield Streams(tail, most=3, most_of_one=2, seconds=0.05)


@pytest.fixture
def services(engine, service, streams, limits):
    reader = LogReader(engine)
    return Services(
        door=service.door,
        engine=engine,
        progress=Progress(engine, reader, [projection.name for projection in projections(standard_policies())]),
        feed=EventFeed(engine, reader),
        streams=streams,
        webhooks=Endpoints(engine, service.vault, lambda: service.now),
        tokens=TokenVerifier.of_sandbox(SECRET, TRUST, lambda: WALL),
        rate_limits=RateLimits(Allowances(engine), {}),
        limits=limits,
    )


@pytest.fixture(scope="session")
def application():
    """Made once, since making its routes takes a while; each test opens it on services of its own."""
    stage = {}

    @contextmanager
    def opened():
        yield stage["services"]

    return create_app(opened), stage


@pytest.fixture
def api(application, services, service):
    app, stage = application
    stage["services"] = services
    with TestClient(app) as client:
        client.event_hooks = {"response": [check]}
        yield Api(client, service)
