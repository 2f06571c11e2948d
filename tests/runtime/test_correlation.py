"""One id leads from a request over its command and its event to what the courier logs of it."""

import io
import json
from base64 import b64encode
from contextlib import closing, contextmanager
from datetime import timedelta
from random import Random
from uuid import uuid4

import httpx2
import pytest

from projections.outbox import JobKind
from runtime import observe
from runtime.answering import answering
from runtime.clock import system_clock
from runtime.container import open_house
from runtime.processes import delivering, projecting
from runtime.sandbox import local_token
from runtime.settings import LogFormat, LogLevel, read_settings
from runtime.stopping import StopRequest
from scheduler.backoff import Backoff
from scheduler.courier import Courier, Limits, Outcome
from scheduler.ports.trouble import NoAnswer
from tests.api.asking import CASES, id_of
from tests.runtime.waiting import wait_until
from tests.scheduler.receiver import receiving
from tests.service import BUYER, MARKETPLACE, MASTER_KEY, SELLER, Service, order_line

WRITTEN = {"line_id": "o-1-1", "reason": "item_missing", "description": "It is not in the box."}
ENDPOINTS = "/v1/webhook-endpoints"
pytestmark = pytest.mark.usefixtures("installation", "logging_as_before")


class Refunds:
    """A payment provider who says nothing, then breaks, then takes it."""

    kind = JobKind.SUBMIT_REFUND
    limits = Limits()

    def __init__(self):
        self.fates = [NoAnswer("the provider is silent"), ZeroDivisionError("broken"), Outcome.DONE]

    def carry_out(self, _job):
        fate = self.fates.pop(0)
        if isinstance(fate, Exception):
            raise fate
        return fate


@pytest.fixture
def log():
    out = io.StringIO()
    observe.configure(LogFormat.JSON, LogLevel.INFO, out)
    return lambda: [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def sold(engine, tmp_path, installation):
    installation.setenv("DIRECTSERVICE_MASTER_KEY", b64encode(MASTER_KEY).decode())
    service = Service(engine, tmp_path / "evidence")
    service.now = now = system_clock()
    ago = {"purchased_at": 4, "shipped_at": 3, "delivered_at": 1}
    service.sold(order_line(**{name: now - timedelta(days=days) for name, days in ago.items()}))


def asked(client, actor, path, body, correlation_id):
    token = local_token(read_settings(), actor, timedelta(hours=1))
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": str(uuid4()),
        "X-Correlation-Id": correlation_id,
    }
    answer = client.request("PUT" if path.startswith(ENDPOINTS) else "POST", path, json=body, headers=headers)
    assert answer.headers["X-Correlation-Id"] == correlation_id
    return answer


@contextmanager
def running(**settings):
    """The house, its views kept, and a client of its API."""
    with (
        open_house(read_settings(api_port=0, **settings)) as house,
        closing(StopRequest()) as stop,
        projecting(house, stop),
        answering(house, stop) as address,
        httpx2.Client(base_url=address, timeout=60) as client,
    ):
        yield house, client


def test_from_the_request_to_what_leaves_the_house(sold, log):
    correlation_id, refunds = str(uuid4()), Refunds()
    retries = Backoff(random=Random(7))  # noqa: S311 -- spreads retries
    with running() as (house, client):
        case = asked(client, BUYER, CASES, WRITTEN, str(uuid4())).headers["Location"]
        assert asked(client, SELLER, f"{case}/approve-without-return", {}, correlation_id).status_code == 200
        approved = house.door.log.history(id_of(case))[-1]
        house.progress.wait_for(house.reader.head(), 60)
        later = [system_clock() + timedelta(hours=hours) for hours in range(3)]
        for now in later:
            courier = Courier(house.engine, [refunds], clock=lambda now=now: now, retries=retries)
            courier.sweep()
            courier.stop()
    assert str(approved.cause.correlation_id) == correlation_id
    told = [entry for entry in log() if entry["logger"] == "scheduler.courier"]
    assert [entry["correlation_id"] for entry in told] == [correlation_id] * 3
    assert [entry["level"] for entry in told] == ["warning", "error", "info"]


def test_from_the_request_to_webhooks_and_mails(sold, log, receiver):
    receiver.answers = [500]
    correlation_id = str(uuid4())
    with running(internal_webhooks=True) as (house, client):
        wanted = {"url": receiver.url, "types": ["refund.requested.v1"]}
        asked(client, MARKETPLACE, f"{ENDPOINTS}/shop", wanted, str(uuid4()))
        asked(client, BUYER, CASES, WRITTEN, correlation_id)
        house.progress.wait_for(house.reader.head(), 60)
        with closing(StopRequest()) as stop, delivering(house, stop, beat=timedelta(milliseconds=50)):
            assert wait_until(lambda: len(about(log(), "job mail_")) == 2 and about(log(), "put off for shop"))
            house.sandbox_clock.advance(timedelta(hours=1))
            assert wait_until(lambda: about(log(), "told to shop"))
    told = [entry for entry in log() if entry["logger"] in {"scheduler.courier", "scheduler.webhooks"}]
    assert {entry["correlation_id"] for entry in told} == {correlation_id}
    assert len(receiver.received) == 2


def about(entries, words):
    return [entry for entry in entries if words in entry["event"]]


def test_a_move_of_the_sandboxs_clock_is_logged_under_the_request_that_moved_it(sold, log):
    correlation_id = str(uuid4())
    with running() as (_, client):
        asked(client, MARKETPLACE, "/v1/sandbox/clock/advance", {"by": "PT1H"}, correlation_id)
    (moved,) = about(log(), "the sandbox's clock was moved to")
    assert (moved["correlation_id"], moved["logger"]) == (correlation_id, "runtime.clock")
