"""What an operator asks: does it live, is it ready, what has it counted."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from projections import heartbeats, sweeping
from projections.heartbeats import Beat
from store.webhooks import deliveries
from store.webhooks.deliveries import State
from tests.api.asking import CASES, id_of, opened, refused
from tests.projections.views import Views
from tests.service import BUYER, SELLER, berlin

BEAT = Beat(task="deadlines", runs=1, failures=1, failing="no", troubles=["held back"], ended_ago=timedelta(seconds=1))


def counted(api, line):
    """The value of a line of the metrics; 0 while it is not there."""
    lines = dict(line.rsplit(" ", 1) for line in api.client.get("/metrics").text.splitlines())
    return float(lines.get(line, 0))


def test_it_lives_and_is_ready_without_a_token(api):
    assert api.client.get("/live").json() == {"status": "live"}
    ready = api.client.get("/ready").json()
    assert ready["status"] == "ready"
    assert {"name", "position", "behind", "failing"} == set(ready["projections"][0])


def test_it_tells_how_well_deadlines_outbox_and_tasks_are_kept(api, services):
    case = id_of(opened(api))
    Views(services.engine).catch_up()
    ready = api.client.get("/ready").json()
    assert ready["deadlines"] == {"waiting_since": None, "late_seconds": 0, "set_aside": 0, "first_set_aside": []}
    assert ({job["kind"] for job in ready["outbox"]}, ready["tasks"]) == ({"mail_buyer", "mail_seller"}, [])

    api.service.at("2026-03-10T18:00:30")
    ready = api.client.get("/ready").json()
    assert (ready["deadlines"]["waiting_since"], ready["deadlines"]["late_seconds"]) == ("2026-03-10T17:00:00Z", 30)
    assert counted(api, "directservice_deadline_late_seconds") == 30

    with services.engine.begin() as conn:
        sweeping.set_aside(conn, case, berlin("2026-03-11T09:00"), "ValueError: nobody's business")
        heartbeats.tell(conn, "host/1", [BEAT])
    answer = api.client.get("/ready")
    (aside,), (task,) = answer.json()["deadlines"]["first_set_aside"], answer.json()["tasks"]
    assert (aside["id"], aside["attempts"], aside["retry_at"]) == (str(case), 1, "2026-03-11T08:00:00Z")
    assert (task["task"], task["process"], task["failing"], task["troubles"]) == ("deadlines", "host/1", True, 1)
    assert task["first_trouble"] == "held back"
    assert "nobody" not in answer.text, "what failed is for the log"
    assert counted(api, "directservice_deadlines_set_aside") == 1
    assert counted(api, "directservice_deadline_late_seconds") == 0
    assert counted(api, 'directservice_task_failing_processes{task="deadlines"}') == 1
    assert counted(api, 'directservice_task_troubles{task="deadlines"}') == 1


def test_what_waits_to_leave_the_house_is_told_by_kind(api, services):
    case = opened(api)
    api(SELLER).post(f"{case}/approve-without-return")
    Views(services.engine).catch_up()
    api.service.later(seconds=90)
    (depth,) = [job for job in api.client.get("/ready").json()["outbox"] if job["kind"] == "submit_refund"]
    assert depth == {"kind": "submit_refund", "waiting": 1, "late_seconds": 90, "failing": 0}
    assert counted(api, 'directservice_outbox_waiting_jobs{kind="submit_refund"}') == 1
    assert counted(api, 'directservice_outbox_late_seconds{kind="submit_refund"}') == 90


def test_what_a_receiver_was_not_told_is_shown_by_endpoint(api, services):
    api.service.sold()
    head, service = api.head(), api.service
    for name in ("shop", "gone"):
        services.webhooks.put(name, "https://shop.example/", ["refund.*"], head=head)
    services.webhooks.disable("gone", "it answered that it is gone (status 410)")
    rows = [{"position": head - back, "stream_id": uuid4(), "topic": "t"} for back in range(3)]
    with services.engine.begin() as conn:
        deliveries.put(conn, "shop", rows, head - 1, service.now)
        first, second = deliveries.claim(conn, "shop", service.now, service.now, 2)
        deliveries.end(conn, first, State.DEAD, service.now, "answered with status 500")
        deliveries.put_off(conn, second, service.now + timedelta(hours=1), "answered with status 500")
    service.later(seconds=90)
    shown = {"waiting": 2, "late_seconds": 90, "failing": 1, "dead": 1, "behind": 1}
    gone, shop = api.client.get("/ready").json()["webhooks"]
    assert shop == {"endpoint_id": "shop", "disabled": False, **shown}
    assert gone["disabled"]
    gauges = ("waiting_messages", "late_seconds", "failing_messages", "dead_messages", "behind_events")
    figures = [counted(api, f'directservice_webhook_{name}{{endpoint="shop"}}') for name in gauges]
    assert figures == list(shown.values())
    assert counted(api, "directservice_webhook_endpoints_disabled") == 1

    with services.engine.begin() as conn:
        deliveries.ask_again(conn, "shop", first.position, uuid4(), service.now)
    shop = api.client.get("/ready").json()["webhooks"][1]
    assert (shop["waiting"], shop["late_seconds"], shop["dead"]) == (3, 90, 0)


def test_it_is_not_ready_while_a_view_is_far_behind(application, services, service):
    app, stage = application
    stage["services"] = replace(services, limits=replace(services.limits, behind_events=2))
    service.sold()
    with TestClient(app) as client:
        answer = client.get("/ready")
        refused(answer, 503, "unavailable", naming="seller_orders by")
        Views(services.engine).catch_up()
        assert client.get("/ready").json()["status"] == "ready"


def test_requests_are_counted_by_route_and_status_never_by_what_the_caller_makes_up(api):
    found = f'directservice_http_request_seconds_count{{method="GET",route="{CASES}/{{id}}",status="200"}}'
    nowhere = 'directservice_http_request_seconds_count{method="GET",route="none",status="404"}'
    strange = 'directservice_http_request_seconds_count{method="other",route="none",status="404"}'
    before = [counted(api, line) for line in (found, nowhere, strange)]
    api(BUYER).get(opened(api))
    api(BUYER).get("/v1/made-up/whatever")
    api(BUYER).send("BREW", "/v1/made-up/whatever")
    assert [counted(api, line) for line in (found, nowhere, strange)] == [number + 1 for number in before]
    assert "made-up" not in api.client.get("/metrics").text


def test_what_commands_record_is_counted_once_by_topic(api):
    line = 'directservice_http_recorded_events_total{topic="refund.approved.v1"}'
    before = counted(api, line)
    case = opened(api)
    api(SELLER).post(f"{case}/approve-without-return?preview=true", key="k")
    assert counted(api, line) == before
    for _ in range(2):
        api(SELLER).post(f"{case}/approve-without-return", key="k")
    assert counted(api, line) == before + 1


def test_the_lag_of_every_view_is_a_metric(api, services):
    api.service.sold()
    line = 'directservice_projection_behind_events{projection="seller_orders"}'
    assert counted(api, line) == api.head()
    Views(services.engine).catch_up()
    assert counted(api, line) == 0


@pytest.mark.parametrize("path", ["/live", "/ready", "/metrics", "/openapi.json", "/problems"])
def test_no_answer_is_kept_or_guessed_at(api, path):
    headers = api.client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["x-correlation-id"]
