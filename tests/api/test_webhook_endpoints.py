"""Webhook endpoints: put by the marketplace alone, with secrets it can read and replace, and their deliveries shown."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import sqlalchemy as sa

from domain.actors import Actor, Role
from store.engine import connect
from store.webhooks import deliveries
from store.webhooks.deliveries import Attempt
from store.webhooks.endpoints import Endpoints
from store.webhooks.tables import endpoint
from tests.api.asking import refused
from tests.service import MARKETPLACE, SELLER, SUPPORT, order_line
from tests.store.sessions import pids_waiting_for_a_lock

ENDPOINTS = "/v1/webhook-endpoints"
SHOP = f"{ENDPOINTS}/shop"
WANTED = {"url": "https://shop.example/hooks", "types": ["refund.*", "cancellation.accepted.v1"]}
AUDITOR = Actor(role=Role.AUDITOR, id="aud-1")


@pytest.fixture
def shop(api):
    """The marketplace's caller, once its endpoint stands."""
    caller = api(MARKETPLACE)
    assert caller.put(SHOP, WANTED).status_code == 201
    return caller


@pytest.fixture
def delivery(shop, service, engine):
    """Where one delivery is that failed once."""
    position = service.door.log.recorder.max_notification_id()
    row = {"position": position, "stream_id": uuid4(), "topic": "refund.requested.v1"}
    with engine.begin() as conn:
        deliveries.put(conn, "shop", [row], position, service.now)
        (claimed,) = deliveries.claim(conn, "shop", service.now, service.now, 1)
        made = Attempt(attempted_at=service.now, milliseconds=12, status=500, failure="answered with status 500")
        deliveries.note(conn, claimed, made)
        deliveries.end(conn, claimed, deliveries.State.DEAD, service.now, made.failure)
    return f"{SHOP}/deliveries/{position}"


def test_an_endpoint_is_put_once_and_changed_by_putting_it_again(api, shop):
    first = shop.get(SHOP).json()
    assert {name: first[name] for name in WANTED} == WANTED
    again = shop.put(SHOP, {**WANTED, "types": ["refund.*"]})
    assert (again.status_code, again.json()["types"]) == (200, ["refund.*"])
    assert [each["endpoint_id"] for each in shop.get(ENDPOINTS).json()["items"]] == ["shop"]
    assert again.json()["position"] == api.head()


@pytest.fixture
def owner(database_url):
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()


def test_of_two_who_put_the_same_endpoint_at_once_none_is_passed_over(service, engine, owner):
    endpoints, later = Endpoints(engine, service.vault, lambda: service.now), "https://later.example/"
    earlier = {"endpoint_id": "shop", **WANTED, "secret": b"", "position": 0, "created_at": service.now}

    with ThreadPoolExecutor() as threads, engine.connect() as conn:
        conn.execute(sa.insert(endpoint), earlier)
        putting = threads.submit(endpoints.put, "shop", later, ["refund.*"], head=0)
        pids_waiting_for_a_lock(owner, 1)
        conn.commit()
        putting.result()
    assert endpoints.find("shop").url == later


@pytest.mark.parametrize(
    ("changes", "naming"),
    [
        ({"url": "http://shop.example/"}, "/url: should begin with https://"),
        ({"url": "https://169.254.169.254/"}, "/url: names 169.254.169.254, which is no address of the public"),
        ({"url": "https://localhost/"}, "/url: names localhost, which is no host of the public internet"),
        ({"types": ["refund.vanished.v1"]}, "/types: no event is of the type 'refund.vanished.v1'"),
        ({"types": []}, "/types"),
        ({"more": 1}, "/more"),
    ],
)
def test_what_can_be_no_endpoint_is_refused(api, changes, naming):
    refused(api(MARKETPLACE).put(SHOP, {**WANTED, **changes}), 422, "invalid-field", naming=naming)
    assert api(MARKETPLACE).get(ENDPOINTS).json() == {"items": []}


def test_too_many_endpoints_are_refused(api, monkeypatch):
    monkeypatch.setattr("store.webhooks.endpoints.MOST", 1)
    caller = api(MARKETPLACE)
    caller.put(SHOP, WANTED)
    refused(caller.put(f"{ENDPOINTS}/other", WANTED), 422, "rule-broken", rule="too_many_endpoints")
    assert caller.put(SHOP, WANTED).status_code == 200


def test_a_secret_is_the_marketplaces_to_read_and_is_kept_sealed(api, shop, engine):
    (secret,) = shop.get(f"{SHOP}/secrets").json()["secrets"]
    assert secret.startswith("whsec_")
    refused(api(AUDITOR).get(f"{SHOP}/secrets"), 403, "not-your-move")
    assert secret not in api(AUDITOR).get(SHOP).text
    with engine.connect() as conn:
        (stored,) = conn.exec_driver_sql("select encode(secret, 'escape') from webhooks.endpoint").scalars()
    assert secret not in stored


def test_replacing_a_secret_twice_under_one_key_replaces_it_once(shop):
    (old,) = shop.get(f"{SHOP}/secrets").json()["secrets"]
    first = shop.post(f"{SHOP}/rotate-secret", key="k-1").json()["secrets"]
    assert (len(first), first[1]) == (2, old)
    assert shop.post(f"{SHOP}/rotate-secret", key="k-1").json()["secrets"] == first
    second = shop.post(f"{SHOP}/rotate-secret", key="k-2").json()["secrets"]
    assert second[1] == first[0]
    assert shop.post(f"{SHOP}/rotate-secret", key="k-1").json()["secrets"] == second


def test_a_key_that_asked_something_else_before_is_refused(shop, delivery):
    assert shop.post(f"{SHOP}/replay", {"after": 1}, key="k-1").status_code == 200
    for path, body in [("replay", {"after": 0}), ("rotate-secret", None)]:
        refused(shop.post(f"{SHOP}/{path}", body, key="k-1"), 422, "command-reused")
    refused(shop.post(f"{delivery}/redeliver", key="k-1"), 422, "command-reused")
    assert len(shop.get(f"{SHOP}/secrets").json()["secrets"]) == 1


def test_what_is_not_there_leaves_the_key_free(shop):
    refused(shop.post(f"{ENDPOINTS}/other/replay", {"after": 1}, key="k-1"), 404, "unknown")
    assert shop.post(f"{SHOP}/replay", {"after": 1}, key="k-1").status_code == 200


def test_what_was_told_and_what_was_not_is_shown_with_every_try(api, shop, delivery):
    for caller in (shop, api(SUPPORT), api(AUDITOR)):
        (listed,) = caller.get(f"{SHOP}/deliveries", params={"state": "dead"}).json()["items"]
        assert (listed["state"], listed["failure"]) == ("dead", "answered with status 500")
        assert listed["type"] == "refund.requested.v1"
        (tried,) = caller.get(delivery).json()["attempts"]
        assert (tried["status"], tried["milliseconds"]) == (500, 12)
    assert shop.get(f"{SHOP}/deliveries", params={"state": "delivered"}).json()["items"] == []


def test_a_delivery_can_be_asked_for_again(api, shop, delivery):
    refused(api(SUPPORT).post(f"{delivery}/redeliver"), 403, "not-your-move")
    answer = shop.post(f"{delivery}/redeliver").json()
    assert (answer["state"], answer["tries"], len(answer["attempts"])) == ("waiting", 0, 1)


def test_everything_can_be_told_again_from_a_position(api, shop):
    assert shop.post(f"{SHOP}/replay", {"after": 1}).json()["position"] == 1
    ahead = shop.post(f"{SHOP}/replay", {"after": api.head() + 100}).json()
    assert ahead["position"] == 1


def test_deliveries_come_in_pages(shop, service, engine):
    service.sold(*(order_line(f"o-{number}-1") for number in range(5)))
    rows = [{"position": position, "stream_id": uuid4(), "topic": "refund.requested.v1"} for position in range(1, 6)]
    with engine.begin() as conn:
        deliveries.put(conn, "shop", rows, 5, service.now)
    first = shop.get(f"{SHOP}/deliveries", params={"limit": 3}).json()
    second = shop.get(f"{SHOP}/deliveries", params={"limit": 3, "cursor": first["next"]}).json()
    assert [each["position"] for each in first["items"] + second["items"]] == [5, 4, 3, 2, 1]
    assert second["next"] is None


def test_an_endpoint_that_is_removed_is_gone_with_all_it_had(shop, delivery):
    assert shop.send("DELETE", SHOP).status_code == 204
    for method, path in [("GET", SHOP), ("DELETE", SHOP), ("GET", f"{SHOP}/secrets"), ("GET", delivery)]:
        refused(shop.send(method, path), 404, "unknown")
    refused(shop.post(f"{SHOP}/rotate-secret"), 404, "unknown")


def test_others_neither_put_nor_see_endpoints(api, shop):
    refused(api(SUPPORT).put(SHOP, WANTED), 403, "not-your-move")
    refused(api(SELLER).get(ENDPOINTS), 403, "not-your-move")
