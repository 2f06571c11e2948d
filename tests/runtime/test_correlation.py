"""One id leads from a request over its command and its event to what the courier logs of it."""

import io
import json
from base64 import b64encode
from contextlib import closing
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
from runtime.processes import projecting
from runtime.sandbox import local_token
from runtime.settings import LogFormat, LogLevel, read_settings
from runtime.stopping import StopRequest
from scheduler.backoff import Backoff
from scheduler.courier import Courier, Limits, Outcome
from scheduler.ports.trouble import NoAnswer
from tests.api.asking import CASES, id_of
from tests.service import BUYER, MASTER_KEY, SELLER, Service, order_line

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
    answer = client.post(path, json=body, headers=headers)
    assert answer.headers["X-Correlation-Id"] == correlation_id
    return answer


def test_from_the_request_to_what_leaves_the_house(sold, log):
    correlation_id, refunds = str(uuid4()), Refunds()
    retries = Backoff(random=Random(7))  # noqa: S311 -- spreads retries
    with (
        open_house(read_settings(api_port=0)) as house,
        closing(StopRequest()) as stop,
        projecting(house, stop),
        answering(house, stop) as address,
        httpx2.Client(base_url=address, timeout=30) as client,
    ):
        written = {"line_id": "o-1-1", "reason": "item_missing", "description": "It is not in the box."}
        case = asked(client, BUYER, CASES, written, str(uuid4())).headers["Location"]
        assert asked(client, SELLER, f"{case}/approve-without-return", {}, correlation_id).status_code == 200
        approved = house.door.log.history(id_of(case))[-1]
        house.progress.wait_for(house.reader.head(), 20)
        later = [system_clock() + timedelta(hours=hours) for hours in range(3)]
        for now in later:
            courier = Courier(house.engine, [refunds], clock=lambda now=now: now, retries=retries)
            courier.sweep()
            courier.stop()
    assert str(approved.cause.correlation_id) == correlation_id
    told = [entry for entry in log() if entry["logger"] == "scheduler.courier"]
    assert [entry["correlation_id"] for entry in told] == [correlation_id] * 3
    assert [entry["level"] for entry in told] == ["warning", "error", "info"]
