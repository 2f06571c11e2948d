"""Orders and sellers: reported by the marketplace as often as it likes, shown to those they concern."""

import pytest

from domain.actors import Actor, Role
from tests.api.asking import opened, refused
from tests.service import BUYER, CARRIER, MARKETPLACE, SELLER, SUPPORT, eur, order_line

LINE = "/v1/orders/o-1-1"
ACCOUNT = f"/v1/sellers/{SELLER.id}"
HOME = {"name": "Ada Shop", "street": "Ringstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}
AUDITOR = Actor(role=Role.AUDITOR, id="auditor-1")


def report(api, **changes):
    return api(MARKETPLACE).put(LINE, order_line(**changes).model_dump(mode="json"))


def test_a_line_is_reported_once_and_again_and_changed(api):
    first, again, changed = report(api), report(api), report(api, title="Vintage lens")
    assert [(answer.status_code, answer.json()["recorded"]) for answer in (first, again, changed)] == [
        (201, "new"),
        (200, "unchanged"),
        (200, "updated"),
    ]
    assert first.json()["position"] < changed.json()["position"]
    assert again.json()["position"] is None


def test_a_line_of_an_unknown_seller_creates_him_not_enrolled(api):
    report(api, seller_id="s-9")
    assert api(MARKETPLACE).get("/v1/sellers/s-9").json()["enrolled"] is False


@pytest.mark.parametrize("actor", [BUYER, SELLER, SUPPORT, CARRIER, AUDITOR])
def test_only_the_marketplace_reports(api, actor):
    refused(api(actor).put(LINE, order_line().model_dump(mode="json")), 403, "not-your-move")
    refused(api(actor).put(ACCOUNT, {}), 403, "not-your-move")


def test_a_line_shows_its_reader_what_is_his(api):
    report(api, commission=eur("4.00"))
    shown = {actor.role: api(actor).get(LINE).json() for actor in (BUYER, SELLER, SUPPORT, MARKETPLACE)}
    kept = {role: (line["commission"], line["payment_reference"]) for role, line in shown.items()}
    four = {"minor": 400, "currency": "EUR"}
    assert kept == {
        "buyer": (None, None),
        "seller": (four, None),
        "support": (four, "pay-1"),
        "marketplace": (four, "pay-1"),
    }


def test_a_line_names_what_was_opened_on_it(api):
    case = opened(api)
    assert api(BUYER).get(LINE).json()["refund_cases"] == [case.rsplit("/", 1)[1]]


@pytest.mark.parametrize("stranger", [Actor(role=Role.BUYER, id="b-2"), Actor(role=Role.SELLER, id="s-2")])
def test_anothers_line_is_as_unknown_as_one_that_is_not_there(api, stranger):
    report(api)
    refused(api(stranger).get(LINE), 404, "unknown", rule="unknown_order_line")
    refused(api(stranger).get("/v1/orders/o-9"), 404, "unknown", rule="unknown_order_line")


def test_a_seller_keeps_his_addresses(api):
    added = api(SELLER).put(f"{ACCOUNT}/addresses/warehouse", {**HOME, "street": "Lange Str. 7"})
    chosen = api(SELLER).put(f"{ACCOUNT}/return-address", {"address_id": "warehouse"})
    assert (added.status_code, chosen.status_code) == (200, 200)
    account = api(SELLER).get(ACCOUNT)
    assert account.json()["return_address_id"] == "warehouse"
    assert account.json()["addresses"]["warehouse"]["street"] == "Lange Str. 7"
    assert account.headers["etag"] == chosen.headers["etag"]


def test_an_address_that_is_not_there_cannot_be_chosen(api):
    refused(
        api(SELLER).put(f"{ACCOUNT}/return-address", {"address_id": "none"}), 404, "unknown", rule="unknown_address"
    )


def test_a_seller_changes_only_what_he_has_seen(api):
    seen = api(SELLER).get(ACCOUNT).headers["etag"]
    api(MARKETPLACE).put(ACCOUNT, {"enrolled": True, "locale": "de"})
    mine = {"headers": {"If-Match": seen}}
    refused(api(SELLER).put(f"{ACCOUNT}/addresses/home", HOME | {"city": "Bonn"}, **mine), 412, "stale-version")
    assert api(SELLER).get(ACCOUNT, headers={"If-None-Match": seen}).status_code == 200
    assert api(SELLER).get(ACCOUNT).json()["addresses"]["home"]["city"] == "Berlin"


def test_the_same_report_of_a_seller_twice_changes_nothing(api):
    profile = {"enrolled": True, "locale": "de", "email": "ada@shop.test", "time_zone": "Europe/Vienna"}
    first, again = (api(MARKETPLACE).put(ACCOUNT, profile) for _ in range(2))
    assert (first.json()["position"] is None, again.json()["position"] is None) == (False, True)
    assert first.headers["etag"] == again.headers["etag"] == api(SELLER).get(ACCOUNT).headers["etag"]
    assert {name: api(SELLER).get(ACCOUNT).json()[name] for name in profile} == profile


@pytest.mark.parametrize(
    ("profile", "pointer"),
    [
        ({"enrolled": "yes"}, "/enrolled"),
        ({"locale": "fr"}, "/locale"),
        ({"email": "no address"}, "/email"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"rating": 5}, "/rating"),
    ],
)
def test_a_report_of_a_seller_that_cannot_be_is_refused(api, profile, pointer):
    problem = refused(api(MARKETPLACE).put(ACCOUNT, profile), 422, "invalid-field")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_anothers_account_is_as_unknown_as_one_that_is_not_there(api):
    stranger = Actor(role=Role.SELLER, id="s-2")
    refused(api(stranger).get(ACCOUNT), 404, "unknown", rule="unknown_seller")
    refused(api(stranger).put(f"{ACCOUNT}/addresses/home", HOME), 404, "unknown", rule="unknown_seller")
    refused(api(stranger).put(f"{ACCOUNT}/return-address", {"address_id": "home"}), 404, "unknown")
    refused(api(SUPPORT).get("/v1/sellers/nobody"), 404, "unknown", rule="unknown_seller")


def test_what_was_erased_of_a_seller_reads_as_nothing(api):
    api.service.vault.forget(f"seller:{SELLER.id}")
    account = api(SELLER).get(ACCOUNT).json()
    assert account["addresses"] == {"home": None}


# Orders told whole


def whole(*lines, shipping="5.90"):
    told = [line.model_copy(update={"shipping": eur("0.00")}).model_dump(mode="json") for line in lines]
    return {"shipping": eur(shipping).model_dump(mode="json"), "lines": told}


def test_an_order_is_told_whole_and_its_shipping_is_shared(api):
    order = whole(order_line(), order_line("o-1-2", price=eur("10.00")))
    told = api(MARKETPLACE).put("/v1/whole-orders/o-1", order).json()
    assert [(line["line_id"], line["recorded"]) for line in told["lines"]] == [("o-1-1", "new"), ("o-1-2", "new")]
    assert [api(BUYER).get(f"/v1/orders/o-1-{number}").json()["shipping"]["minor"] for number in (1, 2)] == [472, 118]


def test_what_is_no_whole_order_is_refused_and_says_why(api):
    put = api(MARKETPLACE).put
    refused(put("/v1/whole-orders/o-9", whole(order_line())), 422, "invalid-field", naming="o-9")
    shipped_twice = whole(order_line()) | {"lines": [order_line().model_dump(mode="json")]}
    refused(put("/v1/whole-orders/o-1", shipped_twice), 422, "invalid-field", naming="told once, with the order")
    refused(api(SELLER).put("/v1/whole-orders/o-1", whole(order_line())), 403, "not-your-move")


def test_a_whole_order_with_a_line_of_somebody_else_records_none(api):
    report(api, seller_id="s-9")
    before = api.head()
    order = whole(order_line(), order_line("o-1-2"))
    refused(api(MARKETPLACE).put("/v1/whole-orders/o-1", order), 422, "rule-broken", naming="s-9")
    assert api.head() == before
