"""A seller keeps his rules, and whoever may know reads which of them answered."""

import pytest

from domain.actors import Actor, Role
from tests.api.asking import CASES, WRITTEN, refused
from tests.projections.views import Views
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT, order_line

RULES = f"/v1/sellers/{SELLER.id}/rules"
TERMS = {"reasons": ["item_missing"], "up_to": {"minor": 5000, "currency": "EUR"}}


@pytest.fixture
def answered(api):
    """A case that a rule answered as it was opened."""
    api.service.sold(order_line())
    assert api(SELLER).put(f"{RULES}/small", TERMS).status_code == 200
    return api(BUYER).post(CASES, WRITTEN)


def test_a_rule_is_kept_changed_and_ended(api):
    api(SELLER).put(f"{RULES}/small", TERMS)
    api(SELLER).put(f"{RULES}/small", {**TERMS, "reasons": ["wrong_item", "item_missing"]})
    (rule,) = api(SELLER).get(RULES).json()["items"]
    assert rule == {
        "rule_id": "small", "version": 2, "reasons": ["item_missing", "wrong_item"], "up_to": TERMS["up_to"],
        "is_live": True,
    }  # fmt: skip
    assert api(SELLER).send("DELETE", f"{RULES}/small").status_code == 200
    assert api(SUPPORT).get(RULES).json()["items"][0]["is_live"] is False
    refused(api(SELLER).send("DELETE", f"{RULES}/large"), 404, "unknown", rule="unknown_rule")


def test_rules_are_the_sellers_own(api):
    refused(api(MARKETPLACE).put(f"{RULES}/small", TERMS), 403, "not-your-move")
    stranger = Actor(role=Role.SELLER, id="s-2")
    refused(api(stranger).put(f"{RULES}/small", TERMS), 404, "unknown", rule="unknown_seller")
    refused(api(stranger).get(RULES), 404, "unknown", rule="unknown_seller")


@pytest.mark.parametrize(
    ("changes", "kind", "naming"),
    [
        ({"reasons": []}, "invalid-field", "/reasons"),
        ({"reasons": ["nonsense"]}, "invalid-field", "/reasons"),
        ({"reasons": ["other"]}, "rule-broken", "not for other"),
        ({"up_to": {"minor": -1, "currency": "EUR"}}, "rule-broken", "above zero"),
    ],
)
def test_a_rule_that_does_not_hold_is_refused_precisely(api, changes, kind, naming):
    refused(api(SELLER).put(f"{RULES}/small", {**TERMS, **changes}), 422, kind, naming=naming)


def test_the_buyer_learns_of_his_refund_and_not_of_the_rule(api, answered):
    case = answered.json()
    assert (answered.status_code, case["status"], case["version"]) == (201, "refund_pending", 2)
    assert "small" not in answered.text
    told = api(SELLER).get(answered.headers["location"]).json()["timeline"][-1]
    assert (told["by"], told["details"]) == ("seller", {"seller_rule": {"rule_id": "small", "version": 1}})


def test_the_charge_names_the_rule_that_answered(api, answered, services):
    Views(services.engine).catch_up()
    posting = api(SELLER).get(f"/v1/sellers/{SELLER.id}/postings/{answered.json()['position']}").json()
    steps = {each["step"]: each["words"]["en"] for each in posting["why"]}
    assert steps["unasked"] == "Your rule small in version 1 answered for you."
