"""What support and auditors take away through HTTP, and can verify elsewhere."""

import json

import pytest

from store.audit.exported import verify_export
from store.audit.held import read_held
from tests.api.asking import WRITTEN, opened, refused
from tests.api.route_table import DOCUMENT
from tests.projections.views import Views
from tests.service import BUYER, SELLER, SUPPORT
from tests.trade import AUDITOR

PERIOD = "/v1/period-export?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z"


@pytest.fixture
def places(api, engine):
    """Where the exports of a case, of its seller and of its month are."""
    case = opened(api)
    api.service.door.roots.take()
    Views(engine).catch_up()
    return {"case": f"{case}/export", "seller": f"/v1/sellers/{SELLER.id}/export", "period": PERIOD}


@pytest.mark.parametrize("scope", ["case", "seller", "period"])
@pytest.mark.parametrize("actor", [SUPPORT, AUDITOR], ids=str)
def test_an_export_is_lines_of_json_that_fit(api, places, scope, actor):
    answer = api(actor).get(places[scope])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    title = json.loads(answer.content.splitlines()[0])
    assert (title["scope"], title["taken_by"], title["personal"]) == (scope, str(actor), "sealed")
    held = read_held(map(json.dumps, api(actor).get("/v1/audit-roots").json()["items"]))
    verified = verify_export(answer.content.splitlines(), held)
    assert (verified.held, verified.uncovered, verified.events > 0) == (1, 0, True)


def test_the_documents_example_of_an_export_has_the_lines_and_members_of_a_real_one(api, places):
    operation = DOCUMENT["paths"]["/v1/refund-cases/{id}/export"]["get"]
    ((_, example),) = operation["responses"]["200"]["content"]["application/x-ndjson"]["examples"].items()
    assert members(example["value"]) == members(api(AUDITOR).get(places["case"]).text)


def members(lines):
    """What each kind of line holds, in order."""
    return {line["kind"]: list(line) for line in map(json.loads, lines.splitlines())}


def test_words_are_sealed_unless_asked_for(api, places):
    written = WRITTEN["description"]
    assert written not in api(AUDITOR).get(places["case"]).text
    assert written in api(AUDITOR).get(f"{places['case']}?personal=opened").text


def test_parties_take_no_exports(api, places):
    for place in (*places.values(), "/v1/audit-roots"):
        for actor in (BUYER, SELLER):
            refused(api(actor).get(place), 403, "not-your-move")


@pytest.mark.parametrize("place", ["/v1/refund-cases/{0}/export", "/v1/cancellations/{0}/export"])
def test_what_is_not_there_is_not_exported(api, place):
    refused(api(AUDITOR).get(place.format("00000000-0000-4000-8000-000000000000")), 404, "unknown")
    refused(api(AUDITOR).get("/v1/sellers/nobody/export"), 404, "unknown")


def test_a_period_runs_forward(api):
    refused(
        api(AUDITOR).get("/v1/period-export?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z"), 422, "rule-broken",
        rule="period_backwards",
    )  # fmt: skip


def test_roots_are_told_behind_the_last_one_known(api, places):
    api.service.upload()
    api.service.door.roots.take()
    assert [root["number"] for root in api(SUPPORT).get("/v1/audit-roots?limit=1").json()["items"]] == [1]
    assert [root["number"] for root in api(SUPPORT).get("/v1/audit-roots?after=1").json()["items"]] == [2]
