"""The rules as data: the process, its policies, a buyer's standing, and the sandbox's time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from domain.cancellation import transitions as cancellation
from domain.deadline import Expire
from domain.refund import transitions as refund
from domain.refusals import RuleBroken
from domain.vocabulary import CancellationStatus, Status
from tests.api.asking import opened, refused
from tests.api.conftest import Api
from tests.projections.views import Views
from tests.service import BUYER, CARRIER, MARKETPLACE, SELLER, SUPPORT

PROCESSES = [("/v1/process", refund.ROWS, Status), ("/v1/cancellation-process", cancellation.ROWS, CancellationStatus)]


@pytest.mark.parametrize(("path", "rows", "statuses"), PROCESSES)
def test_a_process_is_the_table_that_decides(api, path, rows, statuses):
    process = api(CARRIER).get(path).json()
    told = [
        (row["status"], row["actor"], row["command"], row["when"]["name"], row["event"], row["to"])
        for row in process["rows"]
    ]
    assert told == [
        (row.status, row.actor, row.command.__name__, row.when.name, row.event.topic, row.to) for row in rows
    ]
    assert [each["status"] for each in process["statuses"]] == list(statuses)
    with_an_end = {each["status"] for each in process["statuses"] if each["deadline"]}
    assert with_an_end == {row.status for row in rows if row.command is Expire}


@pytest.mark.parametrize(
    ("path", "deadline"), [("/v1/process", "seller_answer"), ("/v1/cancellation-process", "cancellation_answer")]
)
def test_it_says_whom_each_status_waits_for_and_until_when(api, path, deadline):
    process = api(SELLER).get(path).json()
    waits = {each["status"]: (each["waiting_on"], each["deadline"]) for each in process["statuses"]}
    assert waits["awaiting_seller"] == ("seller", deadline)
    assert waits["support_review"] == ("support", None)
    assert waits["closed"] == (None, None)


def test_policies_are_told_to_the_last_number(api):
    policies = api(SELLER).get("/v1/policies").json()
    assert policies["current"] == "standard@1"
    standard = api(BUYER).get("/v1/policies/standard@1").json()
    assert standard["windows"]["seller_answer"] == "48bh"
    assert [policy["id"] for policy in policies["items"]] == ["standard"]
    refused(api(BUYER).get("/v1/policies/standard@2"), 404, "unknown", rule="unknown_policy")


def test_support_puts_a_buyer_under_review_and_lifts_it_again(api):
    href = f"/v1/buyers/{BUYER.id}"
    put = api(SUPPORT).post(f"{href}/put-under-review", {"ground": "many refunds"})
    assert (put.status_code, put.json()["version"]) == (200, 1)
    standing = api(SUPPORT).get(f"{href}/standing").json()
    assert [standing[name] for name in ("buyer_id", "under_review", "above_thresholds")] == [BUYER.id, True, False]
    assert api(BUYER).get(opened(api)).json()["route"] == "support"
    api(SUPPORT).post(f"{href}/lift-review", {"ground": "all explained"})
    assert api(SUPPORT).get(f"{href}/standing").json()["under_review"] is False


def test_support_reads_what_a_buyer_asks_for_compared_with_what_he_buys(api, engine):
    opened(api)
    Views(engine).catch_up()
    standing = api(SUPPORT).get(f"/v1/buyers/{BUYER.id}/standing").json()
    assert standing["rule"] == {"policy": "standard@1", "window": "90d", "above_requests": 5, "above_percent": 30}
    assert [window["window"] for window in standing["windows"]] == ["30d", "90d", "365d"]
    month = standing["windows"][0]
    assert [month[name] for name in ("lines", "requests", "refunds", "sellers")] == [1, 1, 0, 1]
    assert (month["request_share"], month["refund_share"]) == ("1.0000", "0.0000")
    assert month["amounts"][0]["requested"] == {"minor": 4590, "currency": "EUR"}
    nobody = api(SUPPORT).get("/v1/buyers/b-9/standing").json()["windows"][0]
    assert (nobody["lines"], nobody["request_share"], nobody["amounts"]) == (0, None, [])


def test_what_intake_counted_is_told_to_support_alone(api):
    case = opened(api)
    assert "buyer_conduct" in api(SUPPORT).get(f"{case}/history").text
    for actor in (BUYER, SELLER):
        assert "buyer_conduct" not in api(actor).get(case).text + api(actor).get(f"{case}/timeline").text


@pytest.mark.parametrize("actor", [BUYER, SELLER, MARKETPLACE])
def test_a_suspicion_is_supports_alone_to_know(api, actor):
    href = f"/v1/buyers/{BUYER.id}"
    refused(api(actor).get(f"{href}/standing"), 403, "not-your-move")
    refused(api(actor).post(f"{href}/put-under-review", {"ground": "revenge"}), 403, "not-your-move")


class FakeClock:
    """A sandbox's clock."""

    def __init__(self):
        self.now = datetime(2026, 3, 6, 17, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, by):
        if by <= timedelta():
            raise RuleBroken("clock_step", "the clock moves forward")
        self.now += by
        return self.now

    def set_to(self, instant):
        if instant < self.now:
            raise RuleBroken("clock_never_goes_back", "the clock is never set back")
        self.now = instant
        return self.now

    def reach(self, instant):
        self.now = max(self.now, instant)
        return self.now


@pytest.fixture
def sandbox(application, services, service):
    app, stage = application
    stage["services"] = replace(services, sandbox_clock=FakeClock())
    with TestClient(app) as client:
        yield Api(client, service)


def test_a_sandboxs_time_is_told_and_moved(sandbox):
    assert sandbox(BUYER).get("/v1/sandbox/clock").json() == {"now_at": "2026-03-06T17:00:00Z"}
    moved = sandbox(MARKETPLACE).post("/v1/sandbox/clock/advance", {"by": "P2DT1H"})
    assert moved.json() == {"now_at": "2026-03-08T18:00:00Z"}


def test_a_sandboxs_time_is_set_forward_and_never_back(sandbox):
    there = "/v1/sandbox/clock/set"
    assert sandbox(SUPPORT).post(there, {"now_at": "2026-03-09T09:00:00+01:00"}).json() == {
        "now_at": "2026-03-09T08:00:00Z"
    }
    back = sandbox(SUPPORT).post(there, {"now_at": "2026-03-09T08:00:00+01:00"})
    refused(back, 422, "rule-broken", rule="clock_never_goes_back")
    refused(sandbox(SUPPORT).post(there, {"now_at": "tomorrow"}), 422, "invalid-field", naming="/now_at")
    refused(sandbox(BUYER).post(there, {"now_at": "2026-03-09T09:00:00Z"}), 403, "not-your-move")


def test_a_sandboxs_time_moves_to_the_next_deadline_once_the_view_knows_it(sandbox, engine):
    there = "/v1/sandbox/clock/advance-to-next-deadline"
    refused(sandbox(SUPPORT).post(there), 503, "not-yet")
    Views(engine).catch_up()
    refused(sandbox(SUPPORT).post(there), 409, "not-allowed-now", rule="no_deadline_ahead")
    opened(sandbox)
    Views(engine).catch_up()
    assert sandbox(SUPPORT).post(there).json() == {"now_at": "2026-03-10T17:00:00Z"}
    refused(sandbox(SUPPORT).post(there), 409, "not-allowed-now", rule="no_deadline_ahead")


@pytest.mark.parametrize("by", ["-PT1H", "PT0S"])
def test_time_never_runs_back(sandbox, by):
    response = sandbox(MARKETPLACE).post("/v1/sandbox/clock/advance", {"by": by})
    refused(response, 422, "rule-broken", rule="clock_step")


@pytest.mark.parametrize("by", ["tomorrow", 3600, None])
def test_a_step_is_an_iso_8601_duration(sandbox, by):
    refused(sandbox(MARKETPLACE).post("/v1/sandbox/clock/advance", {"by": by}), 422, "invalid-field", naming="/by")


def test_in_production_time_is_nobodys_to_move(api):
    refused(api(MARKETPLACE).get("/v1/sandbox/clock"), 404, "unknown", rule="no_sandbox")
    for move, body in {
        "advance": {"by": "PT48H"},
        "set": {"now_at": "2027-01-01T00:00:00Z"},
        "advance-to-next-deadline": None,
    }.items():
        response = api(MARKETPLACE).post(f"/v1/sandbox/clock/{move}", body)
        refused(response, 404, "unknown", rule="no_sandbox")


def test_a_seller_reads_his_own_metrics_and_support_any(api, engine):
    opened(api)
    Views(engine).catch_up()
    href = f"/v1/sellers/{SELLER.id}/metrics"
    told = api(SELLER).get(href).json()
    assert api(SUPPORT).get(href).json() == told
    month = told["windows"][0]
    assert [month[name] for name in ("window", "lines", "requests", "asked", "waiting")] == ["30d", 1, 1, 1, 1]
    assert [month[name] for name in ("request_share", "silence_share", "median_response")] == ["1.0000", None, None]
    assert month["reasons"] == [
        {"reason": "item_missing", "requests": 1, "ended": 0, "paid_back": 0, "refund_share": None}
    ]
    refused(api(SUPPORT).get("/v1/sellers/s-9/metrics"), 404, "unknown", rule="unknown_seller")
