"""One answer to many cases at once: each succeeds or fails by itself, and the whole can be repeated."""

from uuid import uuid4

import pytest

from api.schemas.bulk_answers import MOST_AT_ONCE
from domain.refund.commands import Withdraw
from tests.api.asking import CASES, refused
from tests.service import BUYER, SELLER, SUPPORT, order_line

APPROVE = "/v1/seller-hub/bulk-approve-without-return"
REJECT = "/v1/seller-hub/bulk-reject"
NO = {"code": "proof_of_packing", "text": "All of it was packed on camera."}


@pytest.fixture
def cases(api):
    """Three cases that wait for the seller."""
    api.service.sold(*(order_line(f"o-1-{number}") for number in range(1, 4)))
    return [api.service.submit(f"o-1-{number}") for number in range(1, 4)]


def named(*cases, **versions):
    return {"cases": [{"case_id": str(case), **versions} for case in cases]}


def test_many_are_approved_at_once(api, cases):
    told = api(SELLER).post(APPROVE, named(*cases)).json()
    assert (told["done"], told["refused"], told["position"]) == (3, 0, api.head())
    assert [(row["status"], row["charged"]["minor"], row["problem"]) for row in told["items"]] == [
        ("refund_pending", 4590, None)
    ] * 3
    assert told["items"][0]["href"] == f"{CASES}/{cases[0]}"


def test_many_are_rejected_with_the_same_reason(api, cases):
    told = api(SELLER).post(REJECT, {**named(*cases), **NO}).json()
    assert {row["status"] for row in told["items"]} == {"rejected"}
    assert api(BUYER).get(f"{CASES}/{cases[2]}").json()["timeline"][-1]["details"]["text"] == NO["text"]


def test_each_fails_by_itself_with_its_problem_and_the_others_go_on(api, cases):
    api.service.handle(cases[1], Withdraw(), BUYER)
    unknown = uuid4()
    told = api(SELLER).post(APPROVE, named(cases[0], cases[1], unknown, cases[2])).json()
    assert (told["done"], told["refused"]) == (2, 2)
    done, closed, strange, also_done = told["items"]
    assert (done["done"], also_done["done"]) == (True, True)
    assert (closed["problem"]["type"], closed["problem"]["status"]) == ("/problems/not-allowed-now", 409)
    assert (strange["problem"]["rule"], strange["version"]) == ("unknown_case", None)


def test_one_that_has_moved_on_since_it_was_looked_at_is_refused(api, cases):
    api(BUYER).post(f"{CASES}/{cases[0]}/send-message", {"text": "I found it."})
    told = api(SELLER).post(APPROVE, named(*cases, version=1)).json()
    assert [row["done"] for row in told["items"]] == [False, True, True]
    assert told["items"][0]["problem"]["type"] == "/problems/stale-version"


def test_sent_twice_it_has_one_effect_and_the_same_answer(api, cases):
    first = api(SELLER).post(APPROVE, named(*cases), key="friday")
    head = api.head()
    again = api(SELLER).post(APPROVE, named(*cases), key="friday")
    assert (again.json(), api.head()) == (first.json(), head)


def test_what_was_refused_is_tried_again_and_what_was_done_is_not(api, cases):
    late = order_line("o-1-4")
    api.service.sold(late)
    api.service.handle(cases[0], Withdraw(), BUYER)
    first = api(SELLER).post(APPROVE, named(*cases), key="friday").json()
    again = api(SELLER).post(APPROVE, named(*cases), key="friday").json()
    assert [row["done"] for row in first["items"]] == [row["done"] for row in again["items"]] == [False, True, True]
    assert [row["version"] for row in again["items"]] == [None, 2, 2]


def test_a_key_is_good_for_one_set_of_cases_and_one_answer(api, cases):
    api(SELLER).post(REJECT, {**named(*cases[:2]), **NO}, key="friday")
    head = api.head()
    for path, body in ((REJECT, {**named(*cases), **NO}), (APPROVE, named(*cases[:2]))):
        refused(api(SELLER).post(path, body, key="friday"), 422, "command-reused")
    assert api.head() == head


def test_each_row_is_a_command_of_its_own_that_belongs_to_the_whole(api, cases):
    api(SELLER).post(APPROVE, named(*cases), key="friday")
    causes = [api.service.door.log.history(case)[-1].cause for case in cases]
    assert len({cause.command_id for cause in causes}) == 3
    assert len({cause.correlation_id for cause in causes}) == 1
    assert {cause.actor for cause in causes} == {SELLER}


def test_a_preview_tells_what_it_would_cost_and_records_nothing(api, cases):
    head = api.head()
    told = api(SELLER).post(f"{APPROVE}?preview=true", named(*cases), key="friday").json()
    assert sum(row["charged"]["minor"] for row in told["items"]) == 3 * 4590
    assert (told["position"], api.head()) == (None, head)
    assert api(SELLER).post(APPROVE, named(*cases[:1]), key="friday").json()["done"] == 1


@pytest.mark.parametrize(
    ("body", "naming"),
    [
        ({"cases": []}, "/cases"),
        ({}, "/cases"),
        ({"cases": [{"case_id": "x"}]}, "/cases/0/case_id"),
        ({"cases": [{"case_id": str(uuid4()), "version": 0}]}, "/cases/0/version"),
        (named(*(uuid4() for _ in range(MOST_AT_ONCE + 1))), "/cases"),
        ({**named(uuid4()), "amount": 1}, "/amount"),
    ],
)
def test_what_does_not_hold_is_refused_as_a_whole(api, body, naming):
    refused(api(SELLER).post(APPROVE, body), 422, "invalid-field", naming=naming)


def test_a_case_named_twice_is_refused_as_a_whole(api, cases):
    head = api.head()
    told = refused(api(SELLER).post(APPROVE, named(*cases, cases[1])), 422, "invalid-field", naming="named twice")
    assert told["errors"][0]["pointer"] == "/cases/3/case_id"
    assert api.head() == head


def test_it_is_the_sellers_alone_and_needs_a_key(api, cases):
    refused(api(SUPPORT).post(APPROVE, named(*cases)), 403, "not-your-move")
    refused(api(SELLER).send("POST", APPROVE, json=named(*cases)), 400, "idempotency-key-required")
