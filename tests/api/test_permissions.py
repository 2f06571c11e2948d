"""The authorisation matrix, from the operations' own description: no token, another role, another's thing."""

from uuid import uuid4

import pytest

from domain.actors import Actor, Role
from tests.api.asking import refused
from tests.api.route_table import ROUTES, Places

ROLES = sorted(set(Role) - {Role.SYSTEM})
STRANGERS = {"buyer": Actor(role=Role.BUYER, id="b-9"), "seller": Actor(role=Role.SELLER, id="s-9")}


@pytest.fixture
def places(api, engine):
    return Places(api, engine)


def test_without_a_token_no_operation_says_anything(api, places):
    before = api.head()
    for route in ROUTES:
        refused(api.client.request(route.method, places(route.path)), 401, "unauthenticated")
    assert api.head() == before


@pytest.mark.parametrize("role", ROLES)
def test_an_operation_is_for_the_roles_it_names_alone(api, places, role):
    before, caller = api.head(), api(Actor(role=role, id="x-1"))
    for route in ROUTES:
        answer = caller.send(route.method, places(route.path))
        if role in route.roles:
            assert answer.status_code != 403, route.path
        else:
            refused(answer, 403, "not-your-move", naming=f"not for {role}")
    assert api.head() == before


NEEDED = {"statement": "?currency=EUR", "holds": "?currency=EUR", "diff": "?from=1&to=1"}
"""What reads cannot do without, by the end of their path."""
NAMES_WHOSE = {"list_hub_orders": "?seller_id=s-1", "stream_hub_updates": "?seller_id=s-1"}
"""What says whose it is elsewhere than in its path."""
NOBODYS = {
    "get_clock": "the sandbox's time is everybody's",
    "get_process": "the rules are everybody's",
    "get_cancellation_process": "as above",
    "get_policy": "as above",
    "list_policies": "as above",
    "list_events": "each is told his own (test_events)",
    "stream_events": "as above",
    "list_notifications": "each is told his own (test_notifications)",
    "count_unread_notifications": "as above",
    "upload_evidence": "what comes is the sender's",
    "bulk_approve_with_return": "each row is refused by itself (test_bulk_answers)",
    "bulk_approve_without_return": "as above",
    "bulk_reject": "as above",
}
"""What is asked for no single thing that somebody else might own."""


@pytest.mark.parametrize("role", sorted(STRANGERS))
def test_what_is_anothers_is_as_unknown_as_what_is_not_there(api, places, role):
    before, stranger = api.head(), api(STRANGERS[role])
    for route in ROUTES:
        if role in route.roles and route.name not in NOBODYS:
            query = NEEDED.get(route.path.rsplit("/", 1)[-1], "") + NAMES_WHOSE.get(route.name, "")
            key = {"Idempotency-Key": str(uuid4())}
            body = own(route.body)
            answer = stranger.send(route.method, places(route.path) + query, json=body, headers=key)
            refused(answer, 404, "unknown")
    assert api.head() == before


def own(body):
    """The document's example, but of the order line that is here."""
    return {**body, "line_id": "o-1-1"} if body and "line_id" in body else body


def test_what_is_nobodys_is_there():
    assert set(NOBODYS) <= {route.name for route in ROUTES}
