"""Notifications over HTTP: in the caller's language, read once, and which mails he wants."""

import pytest

from tests.api.asking import id_of, opened, refused
from tests.projections.views import Views
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT

HERE = "/v1/notifications"
ACCOUNT = f"/v1/sellers/{SELLER.id}"
CONTACT = f"/v1/buyers/{BUYER.id}"


@pytest.fixture
def case(api, engine):
    where = opened(api)
    Views(engine).catch_up()
    return where


def test_everyone_reads_what_he_was_told_in_his_own_language(api, case):
    api(MARKETPLACE).put(CONTACT, {"locale": "de"})
    (told,) = api(BUYER).get(HERE).json()["items"]
    assert (told["sentence"], told["kind"]) == ("Deine Anfrage ist beim Verkäufer", "news")
    (request,) = api(SELLER).get(HERE).json()["items"]
    assert (request["sentence"], request["href"]) == ("You have a new refund request", case)
    assert api(SELLER).get(f"{HERE}?locale=de").json()["items"][0]["sentence"].startswith("Du hast eine neue")
    assert api(SUPPORT).get(HERE).json() == {"items": [], "next": None, "unread": 0, "locale": "en"}


def test_one_is_marked_as_read_once_and_for_all(api, case):
    page = api(SELLER).get(HERE).json()
    assert page["unread"] == api(SELLER).get(f"{HERE}/unread").json()["unread"] == 1
    here = f"{HERE}/{page['items'][0]['id']}"
    for _ in range(2):
        assert api(SELLER).send("PUT", f"{here}/read").json() == {"unread": 0}
    assert api(SELLER).get(f"{HERE}?unread=true").json()["items"] == []
    assert api(SELLER).send("PUT", f"{here}/all-read").json() == {"unread": 0}
    refused(api(BUYER).send("PUT", f"{here}/read"), 404, "unknown", rule="unknown_notification")
    refused(api(SELLER).send("PUT", f"{HERE}/{id_of(case)}/read"), 404, "unknown")


def test_a_cursor_is_the_readers_own(api, case, engine):
    api(BUYER).post(f"{case}/send-message", {"text": "Hello?"})
    Views(engine).catch_up()
    cursor = api(SELLER).get(f"{HERE}?limit=1").json()["next"]
    assert len(api(SELLER).get(f"{HERE}?limit=1&cursor={cursor}").json()["items"]) == 1
    refused(api(BUYER).get(f"{HERE}?cursor={cursor}"), 422, "invalid-field", naming="")


def test_a_seller_chooses_his_mails_but_not_those_of_new_requests(api):
    chosen = api(SELLER).put(f"{ACCOUNT}/mail-preferences", {"muted": ["reminder", "news"]})
    assert chosen.status_code == 200
    assert api(SELLER).get(ACCOUNT).json()["muted"] == ["news", "reminder"]
    again = api(SELLER).put(f"{ACCOUNT}/mail-preferences", {"muted": ["news", "reminder"]})
    assert again.json()["position"] is None
    refusal = api(SELLER).put(f"{ACCOUNT}/mail-preferences", {"muted": ["new_request"]})
    refused(refusal, 422, "rule-broken", rule="new_requests_are_always_mailed")
    refused(api(SELLER).put(f"{ACCOUNT}/mail-preferences", {"muted": ["adverts"]}), 422, "invalid-field")
    refused(api(SELLER).put("/v1/sellers/s-9/mail-preferences", {"muted": []}), 404, "unknown")


def test_a_buyer_is_reached_as_the_marketplace_says_and_he_himself_chooses(api):
    unknown = api(BUYER).get(CONTACT).json()
    assert unknown == {"buyer_id": BUYER.id, "version": 0, "locale": "en", "email": None, "muted": []}
    api(MARKETPLACE).put(CONTACT, {"locale": "de", "email": "bea@example.com"})
    api(BUYER).put(f"{CONTACT}/mail-preferences", {"muted": ["message"]})
    known = api(BUYER).get(CONTACT).json()
    assert (known["version"], known["locale"], known["email"], known["muted"]) == (
        2,
        "de",
        "bea@example.com",
        ["message"],
    )
    refused(api(MARKETPLACE).put(CONTACT, {"email": "no address"}), 422, "invalid-field")
    refused(api(BUYER).put("/v1/buyers/b-9/mail-preferences", {"muted": []}), 404, "unknown", rule="unknown_buyer")


def test_a_forgotten_buyer_has_no_address_any_more(api):
    api(MARKETPLACE).put(CONTACT, {"locale": "de", "email": "bea@example.com"})
    api.service.vault.forget(f"buyer:{BUYER.id}")
    assert api(SUPPORT).get(CONTACT).json()["email"] is None
