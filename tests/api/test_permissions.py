"""The authorisation matrix, from the operations' own description: no token, another role, another's thing."""

import json
import re

import pytest

from api.__main__ import document
from domain.actors import Actor, Role
from tests.api.asking import CASES, id_of, opened, refused, uploaded
from tests.projections.views import Views
from tests.service import BUYER, SELLER, berlin, order_line

OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in json.loads(document())["paths"].items()
    for method, operation in methods.items()
    if path.startswith("/v1")
]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]
ROLES = sorted(set(Role) - {Role.SYSTEM})
STRANGERS = {"buyer": Actor(role=Role.BUYER, id="b-9"), "seller": Actor(role=Role.SELLER, id="s-9")}


@pytest.fixture
def places(api, engine):
    """What the addresses of this test's things hold."""
    case = opened(api)
    sale = {"purchased_at": berlin("2026-03-06T17:00"), "shipped_at": None, "delivered_at": None}
    api.service.sold(order_line("o-3-1", order_id="o-3", **sale))
    cancellation = api(BUYER).post("/v1/cancellations", {"line_id": "o-3-1"}).headers["location"]
    ids = {CASES: id_of(case), "/v1/cancellations": id_of(cancellation)}
    Views(engine).catch_up()
    known = {
        "notification_id": newest_notification(api),
        "line_id": "o-1-1",
        "seller_id": SELLER.id,
        "buyer_id": BUYER.id,
        "address_id": "home",
        "policy_ref": "standard@1",
        "evidence_id": uploaded(api),
        "position": "1",
        "endpoint_id": "shop",
        "reference": "ref-1",
        "rule_id": "small",
    }

    def fill(path):
        collection = "/".join(path.split("/")[:3])
        return re.sub(r"\{(\w+)\}", lambda match: str(ids[collection] if match[1] == "id" else known[match[1]]), path)

    return fill


def newest_notification(api):
    return api(SELLER).get("/v1/notifications").json()["items"][0]["id"]


def test_without_a_token_no_operation_says_anything(api, places):
    before = api.head()
    for method, path, _ in OPERATIONS:
        refused(api.client.request(method, places(path)), 401, "unauthenticated")
    assert api.head() == before


@pytest.mark.parametrize("role", ROLES)
def test_an_operation_is_for_the_roles_it_names_alone(api, places, role):
    before, caller = api.head(), api(Actor(role=role, id="x-1"))
    for method, path, operation in OPERATIONS:
        answer = caller.send(method, places(path))
        if role in operation["x-roles"]:
            assert answer.status_code != 403, path
        else:
            refused(answer, 403, "not-your-move", naming=f"not for {role}")
    assert api.head() == before


NEEDED = {"statement": "?currency=EUR", "holds": "?currency=EUR", "diff": "?from=1&to=1"}
"""What reads cannot do without, by the end of their path."""
OWNED = ("{id}", "{line_id}", "{seller_id}", "{evidence_id}", "/requests")


@pytest.mark.parametrize("role", sorted(STRANGERS))
def test_what_is_anothers_is_as_unknown_as_what_is_not_there(api, places, role):
    tried = 0
    for method, path, operation in OPERATIONS:
        if method != "GET" or role not in operation["x-roles"] or not path_is_owned(path):
            continue
        query = NEEDED.get(path.rsplit("/", 1)[-1], "")
        refused(api(STRANGERS[role]).get(places(path) + query), 404, "unknown")
        tried += 1
    assert tried >= 7


def path_is_owned(path):
    return any(part in path for part in OWNED)
