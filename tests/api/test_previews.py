"""Previews and reading one's own write, from the route table: whatever the trade decides on can be tried out first."""

from uuid import uuid4

import pytest

from domain.actors import Actor, Role
from tests.api.route_table import ROUTES, Places
from tests.service import BUYER, SELLER, png

CHANGES = [route for route in ROUTES if route.method != "GET"]
NOT_THE_TRADES = {
    "advance_clock": "moves the sandbox's time, of which the log says nothing",
    "advance_clock_to_next_deadline": "as above",
    "set_clock": "as above",
    "mark_notification_read": "what somebody has read is decided by nobody else",
    "mark_notifications_read": "as above",
    "put_webhook_endpoint": "a connection of the marketplace's, of which the log says nothing",
    "remove_webhook_endpoint": "as above",
    "replay_webhooks": "as above",
    "redeliver_webhook": "as above",
    "rotate_webhook_secret": "as above",
}
"""What changes something that the trade does not decide on. Inbound webhooks report facts, which are never refused."""
READS = [route for route in ROUTES if route.method == "GET"]
NO_VIEWS = {
    "compare_cancellation": "folded from its own events, so always as new as can be",
    "compare_refund_case": "as above",
    "export_cancellation": "as above",
    "export_refund_case": "as above",
    "get_buyer": "as above",
    "get_cancellation": "as above",
    "get_cancellation_history": "as above",
    "get_cancellation_timeline": "as above",
    "get_evidence": "as above",
    "get_order_line": "as above",
    "get_refund_case": "as above",
    "get_refund_case_history": "as above",
    "get_refund_case_timeline": "as above",
    "get_seller": "as above",
    "list_seller_rules": "as above",
    "export_period": "the log itself",
    "list_audit_roots": "as above",
    "list_events": "as above",
    "stream_events": "as above",
    "stream_hub_updates": "tells when the view has come so far",
    "get_clock": "not in the log",
    "get_cancellation_process": "as above",
    "get_policy": "as above",
    "get_process": "as above",
    "get_webhook_delivery": "as above",
    "get_webhook_endpoint": "as above",
    "get_webhook_secrets": "as above",
    "list_policies": "as above",
    "list_webhook_deliveries": "as above",
    "list_webhook_endpoints": "as above",
}
"""What is read from elsewhere than a view, which alone can be behind."""


def test_whatever_the_trade_decides_on_takes_preview_and_nothing_else_does():
    assert {route.name for route in CHANGES if not route.takes("preview")} == set(NOT_THE_TRADES)
    assert not [route.name for route in READS if route.takes("preview")]


def test_whatever_reads_a_view_takes_min_position():
    assert {route.name for route in READS if not route.takes("min_position")} == set(NO_VIEWS)


@pytest.fixture
def places(api, engine):
    return Places(api, engine)


WHO = {Role.BUYER: BUYER, Role.SELLER: SELLER}


def previewed(api, places, route):
    """What a preview by somebody who may ask is answered, the document's own example being sent."""
    role = Role(route.roles[-1])
    body = {**route.body, **OF_THIS_LINE} if route.name == "report_order_line" else route.body
    content = {"json": body} if route.name != "upload_evidence" else {"content": png()}
    headers = {"Idempotency-Key": str(uuid4())}
    caller = api(WHO.get(role, Actor(role=role, id="x-1")))
    return caller.send(route.method, f"{places(route.path)}?preview=true", headers=headers, **content)


OF_THIS_LINE = {"line_id": "o-1-1", "buyer_id": "b-1", "seller_id": "s-1", "order_id": "o-1"}
FREE = {route.name for route in CHANGES if "{id}" not in route.path and route.name not in NOT_THE_TRADES} - {
    "submit_request",
    "request_cancellation",
    "end_seller_rule",
    "choose_return_address",
    "lift_review",
}
"""What may be done at any time: the moves of a case and the rest depend on how things stand."""


def test_a_preview_records_nothing(api, places):
    """What the examples say has happened, has happened by now; and every deadline has passed."""
    api.service.later(days=7)
    before = api.head()
    told = {route.name: previewed(api, places, route) for route in CHANGES if route.takes("preview")}
    assert api.head() == before
    assert {name: told[name].text for name in FREE if told[name].status_code != 200} == {}
    assert not [name for name in told if told[name].status_code >= 500]
    assert not [name for name in FREE if "etag" in told[name].headers or told[name].json().get("position")]


def test_a_previewed_photo_is_not_kept(api, places):
    (upload,) = [route for route in CHANGES if route.name == "upload_evidence"]
    foreseen = previewed(api, places, upload).json()
    assert foreseen["media_type"] == "image/png"
    assert api(SELLER).get(f"/v1/evidence/{foreseen['evidence_id']}").status_code == 404
