"""Cancellation requests over HTTP, and the lists in which they stand beside refund cases (SPEC §§4 and 7)."""

import pytest

from api.matters.cancellations import REQUESTS
from api.matters.moves import commands_of
from domain.action import action_name
from domain.actors import Actor, Role
from domain.cancellation.transitions import TABLE
from domain.policy import PolicyBook
from tests.api.asking import CASES, WRITTEN, opened, refused
from tests.projections.views import Views
from tests.service import BUYER, PAYMENTS, SELLER, SUPPORT, berlin, order_line
from tests.trade import EVERYONE, policy

CANCELLATIONS = "/v1/cancellations"
ASKED = {"line_id": "o-1-1", "text": "I bought it twice."}
HUB = "/v1/seller-hub/orders"
EUR_45_90 = {"minor": 4590, "currency": "EUR"}


@pytest.fixture
def views(engine):
    return Views(engine)


@pytest.fixture
def bought(api):
    """Bought on Friday at 17:00, one hour ago, and not shipped."""
    api.service.sold(order_line(purchased_at=berlin("2026-03-06T17:00"), shipped_at=None, delivered_at=None))


@pytest.fixture
def asked(api, bought):
    """Where the request is."""
    return api(BUYER).post(CANCELLATIONS, ASKED).headers["location"]


def test_a_cancellation_waits_for_the_seller_and_silence_declines(api, bought):
    answer = api(BUYER).post(CANCELLATIONS, ASKED)
    request = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert (request["status"], request["waiting_on"], request["text"]) == ("awaiting_seller", "seller", ASKED["text"])
    assert request["deadline"]["kind"] == "cancellation_answer"
    assert request["deadline"]["on_expiry"]["event"] == "cancellation.lapsed.v1"
    api.service.later(days=3)
    api.timers_ring(answer.headers["location"])
    assert api(BUYER).get(answer.headers["location"]).json()["outcome"] == "declined"


def test_the_seller_accepts_and_everything_paid_goes_back(api, asked):
    actions = {action["name"]: action for action in api(SELLER).get(asked).json()["available_actions"]}
    assert set(actions) == {"accept-cancellation", "decline-cancellation"}
    accepted = api(SELLER).post(actions["accept-cancellation"]["href"]).json()
    assert (accepted["status"], accepted["granted"]) == ("refund_pending", True)
    assert accepted["amounts"]["refund_due"] == EUR_45_90
    assert accepted["refund"]["estimate"] is not None
    for name, extra in (("submitted", {"reference": "re-1"}), ("settled", {})):
        fact = {"happened_at": "2026-03-06T17:00:00Z", **extra}
        assert api(PAYMENTS).post(f"{asked}/report-refund-{name}", fact).status_code == 200
    assert api(BUYER).get(asked).json()["outcome"] == "accepted"


def test_a_cancellation_repeats_its_answer_and_previews_it(api, asked):
    head = api.head()
    assert api(SELLER).post(f"{asked}/accept-cancellation?preview=true").json()["status"] == "refund_pending"
    assert api.head() == head
    first, again = (api(SELLER).post(f"{asked}/decline-cancellation", {"text": "Packed."}, key="k") for _ in range(2))
    assert (first.status_code, first.content) == (200, again.content)


def test_a_case_and_a_cancellation_rule_each_other_out(api, asked):
    late = {**WRITTEN, "reason": "other"}
    refused(api(BUYER).post(CASES, late), 409, "not-allowed-now")
    refused(api(BUYER).post(CANCELLATIONS, ASKED), 409, "not-allowed-now")


def test_anothers_cancellation_is_as_unknown_as_one_that_is_not_there(api, asked):
    for stranger in (Actor(role=Role.BUYER, id="b-2"), Actor(role=Role.SELLER, id="s-2")):
        refused(api(stranger).get(asked), 404, "unknown", rule="unknown_cancellation")
    case = asked.replace(CANCELLATIONS, CASES)
    refused(api(SUPPORT).get(case), 404, "unknown", rule="unknown_case")


@pytest.mark.parametrize("actor", [actor for actor in EVERYONE if actor.role is not Role.SYSTEM], ids=str)
def test_a_move_is_for_the_roles_of_its_table_alone(api, asked, actor):
    before = api.head()
    for command in commands_of(REQUESTS):
        if actor.role not in TABLE.roles[command]:
            refused(api(actor).post(f"{asked}/{action_name(command)}", {}), 403, "not-your-move")
    assert api.head() == before


def test_its_steps_and_its_history_are_told_like_a_cases(api, asked):
    api(SELLER).post(f"{asked}/decline-cancellation", {"text": "Packed already."})
    requested, declined = api(BUYER).get(f"{asked}/timeline").json()["items"]
    assert (requested["by"], requested["details"]["text"]) == ("buyer", ASKED["text"])
    assert declined["details"]["text"] == "Packed already."
    assert len(api(SUPPORT).get(f"{asked}/history").json()["items"]) == 2
    assert api(SUPPORT).get(f"{asked}?version=1").json()["status"] == "awaiting_seller"


def test_the_hub_shows_a_cancellation_beside_the_case(api, asked, views):
    views.catch_up()
    hub = api(SELLER).get(f"{HUB}?filter=cancellations").json()
    (line,) = hub["items"]
    assert (line["case"], line["cancellation"]["standing"]) == (None, "action_due")
    assert hub["counts"]["cancellations"]["by_filter"]["action_due"] == 1
    assert asked.endswith(line["cancellation"]["id"])


def test_a_buyer_sees_his_requests_newest_first_and_where_they_are(api, asked, views):
    api.service.later(minutes=1)
    api.service.sold(order_line("o-2-1", order_id="o-2"))
    case = api(BUYER).post(CASES, {**WRITTEN, "line_id": "o-2-1"}).headers["location"]
    views.catch_up()
    mine = f"/v1/buyers/{BUYER.id}/requests"
    first = api(BUYER).get(f"{mine}?limit=1").json()
    second = api(BUYER).get(f"{mine}?limit=1&cursor={first['next']}").json()
    assert [first["items"][0]["href"], second["items"][0]["href"], second["next"]] == [case, asked, None]
    assert [each["href"] for each in api(SUPPORT).get(f"{mine}?order_id=o-1").json()["items"]] == [asked]
    refused(api(Actor(role=Role.BUYER, id="b-2")).get(mine), 404, "unknown", rule="unknown_buyer")
    refused(api(SELLER).get(mine), 403, "not-your-move")


def test_support_sees_what_it_has_and_why_longest_waiting_first(api, views):
    case = opened(api)
    api.service.later(minutes=1)
    api(SUPPORT).post(f"{case}/take-over", {"ground": "a long story"})
    views.catch_up()
    (queued,) = api(SUPPORT).get("/v1/support-queue").json()["items"]
    assert (queued["href"], queued["cause"], queued["on_hold"]) == (case, "taken_over", False)
    assert queued["at_stake"] == EUR_45_90
    assert (queued["age"], queued["answer_target_at"]) == ("PT0S", "2026-03-10T17:01:00Z")
    assert api(SUPPORT).get("/v1/support-queue?on_hold=true").json()["items"] == []
    assert len(api(SUPPORT).get("/v1/support-queue?asked_in=false").json()["items"]) == 1


@pytest.mark.parametrize(("known", "target"), [(True, "2026-03-10T17:00:00Z"), (False, "2026-03-06T23:00:00Z")])
def test_by_when_support_means_to_look_at_a_case_is_said_by_its_own_policy(api, views, monkeypatch, known, target):
    """Only where that is lost by the current one, so that the others are shown."""
    case = opened(api)
    api(SUPPORT).post(f"{case}/take-over", {"ground": "a long story"})
    views.catch_up()
    current = policy(version=2, windows={"support_first_answer_target": "6bh"})
    packs = [current, *(api.service.door.policies if known else [])]
    monkeypatch.setattr(api.service.door, "policies", PolicyBook(packs, current="standard@2"))
    (queued,) = api(SUPPORT).get("/v1/support-queue").json()["items"]
    assert queued["answer_target_at"] == target
    for actor in (BUYER, SELLER):
        refused(api(actor).get("/v1/support-queue"), 403, "not-your-move")
    refused(api(SUPPORT).get("/v1/support-queue?on_hold=maybe"), 422, "invalid-field", naming="on_hold")


def test_a_wait_of_years_is_told_in_days_since_years_differ(api, views):
    api(SUPPORT).post(f"{opened(api)}/take-over", {"ground": "a long story"})
    views.catch_up()
    api.service.later(days=800, hours=1)
    (queued,) = api(SUPPORT).get("/v1/support-queue").json()["items"]
    assert queued["age"] == "P800DT1H"
