"""When the house itself fails: said in the same form, without its insides, and safe to repeat."""

import logging
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from projections.progress import Progress
from store import failures
from store.engine import connect
from store.reader import LogReader
from store.webhooks.endpoints import Endpoints
from tests.api.asking import CASES, WRITTEN, id_of, opened, refused
from tests.api.conftest import Api
from tests.service import BUYER, MARKETPLACE, SELLER, Service
from tests.standby import END_ALL


def test_an_error_of_the_program_is_logged_and_told_without_its_insides(api, monkeypatch, caplog):
    case = opened(api)
    monkeypatch.setattr(api.service.door.refund_cases, "find", lambda *_, **__: {}["a secret inside"])
    with caplog.at_level(logging.ERROR):
        answer = api(BUYER).get(case)
    refused(answer, 500, "internal")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    (entry,) = [record for record in caplog.records if record.name == "api.entrance.accounting"]
    assert "a secret inside" in str(entry.exc_info[1])


def test_a_broken_connection_leaves_the_caller_in_doubt_and_says_what_is_safe(api, monkeypatch):
    case = opened(api)

    def broken(*_, **__):
        raise failures.InDoubt("server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(api.service.door.log, "append", broken)
        answer = api(SELLER).post(f"{case}/approve-without-return", key="k")
    refused(answer, 503, "in-doubt")
    assert answer.headers["retry-after"] == "1"
    assert "server closed" not in answer.text
    assert api(SELLER).post(f"{case}/approve-without-return", key="k").status_code == 200


def test_a_lock_that_is_held_too_long_is_told_as_in_flight(api, monkeypatch):
    case = opened(api)

    monkeypatch.setattr(api.service.door.log, "append", held)
    answer = api(SELLER).post(f"{case}/approve-without-return")
    refused(answer, 409, "command-in-flight", rule="command_in_flight")
    assert answer.headers["retry-after"] == "1"


def held(*_, **__):
    raise failures.CommandInFlight("canceling statement due to lock timeout")


@pytest.mark.parametrize("method", ["put", "delete"])
def test_an_endpoint_that_others_hold_is_told_as_in_flight(api, monkeypatch, method):
    monkeypatch.setattr(Endpoints, "put" if method == "put" else "remove", held)
    wanted = {"json": {"url": "https://shop.example/hooks", "types": ["refund.*"]}} if method == "put" else {}
    answer = api(MARKETPLACE).send(method, "/v1/webhook-endpoints/shop", **wanted)
    refused(answer, 409, "command-in-flight")


def test_answers_to_many_that_others_are_giving_are_told_as_in_flight(api, monkeypatch):
    case = id_of(opened(api))
    monkeypatch.setattr(api.service.door.log, "append", held)
    body = {"cases": [{"case_id": str(case)}]}
    refused(api(SELLER).post("/v1/seller-hub/bulk-approve-without-return", body), 409, "command-in-flight")


@pytest.fixture
def starved(database_url, application, services, tmp_path):
    """An application whose only connection somebody else holds."""
    app, stage = application
    engine = connect(database_url, pool_size=1, pool_timeout=0.05)
    stage["services"] = replace(services, door=Service(engine, tmp_path / "starved").door, engine=engine)
    with TestClient(app) as client, engine.connect():
        yield Api(client, None)
    engine.dispose()


CASE = f"{CASES}/00000000-0000-0000-0000-000000000000"
HUB = "/v1/seller-hub/orders"


def test_a_busy_database_asks_to_come_back(starved):
    answer = starved(BUYER).post(CASES, WRITTEN)
    refused(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "1"


def test_a_busy_database_keeps_the_views_shut_too(starved):
    refused(starved(SELLER).get(HUB), 503, "unavailable")


@pytest.fixture
def cut_off(database_url, application, services, tmp_path, administration):
    """An application whose database takes no connections any more."""
    app, stage = application
    engine = connect(database_url)
    door, name = Service(engine, tmp_path / "away").door, urlsplit(database_url).path[1:]
    progress = Progress(engine, LogReader(engine), ["seller_orders"])
    stage["services"] = replace(services, door=door, engine=engine, progress=progress)
    administration.execute(f'alter database "{name}" allow_connections false')
    administration.execute(END_ALL, (name,))
    with TestClient(app) as client:
        yield Api(client, None)
    administration.execute(f'alter database "{name}" allow_connections true')
    engine.dispose()


def test_a_database_that_is_away_is_not_ready_but_the_process_lives(cut_off):
    assert cut_off.client.get("/live").json() == {"status": "live"}
    refused(cut_off.client.get("/ready"), 503, "unavailable")
    assert cut_off.client.get("/metrics").status_code == 200


def test_a_database_that_is_away_asks_to_come_back(cut_off):
    for answer in (cut_off(BUYER).get(CASE), cut_off(BUYER).post(f"{CASE}/withdraw"), cut_off(SELLER).get(HUB)):
        refused(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "1"
