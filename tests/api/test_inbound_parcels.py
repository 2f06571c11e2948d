"""Carriers' webhooks through the shipping service: scans by tracking number, signed as Standard Webhooks are."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from api.inbound.signatures import StandardSignatures
from api.services import Inbound
from domain.money import Money
from domain.order.facts import Tracking
from domain.refund.commands import ApproveWithReturn, ReportReturnLabelIssued
from domain.vocabulary import Reason, Status
from tests.api.asking import WALL, refused
from tests.service import CARRIER, SELLER, order_line

OLD, NEW = (f"whsec_{b64encode(seed * 24).decode()}" for seed in (b"o", b"n"))
NUMBER = "00340434161094042557"
ACCEPTED_AT = "2026-03-06T16:30:00Z"


@pytest.fixture
def services(services):
    return replace(services, inbound=Inbound(parcels=StandardSignatures((OLD, NEW), lambda: WALL)))


def headers_of(body, *, secret=NEW, name="msg_1", at=WALL):
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, at, body),
    }


def scan(kind="parcel.accepted", number=NUMBER, happened_at=ACCEPTED_AT):
    return json.dumps({"type": kind, "data": {"tracking_number": number, "happened_at": happened_at}})


def send(api, body, headers=None, **signing):
    headers = headers_of(body, **signing) if headers is None else headers
    return api.client.post("/inbound/parcels", content=body, headers=headers)


@pytest.fixture
def case_id(api):
    """A case whose return has a label."""
    service = api.service
    service.sold(order_line())
    case_id = service.submit(reason=Reason.WRONG_ITEM)
    service.handle(case_id, ApproveWithReturn(), SELLER)
    label = ReportReturnLabelIssued(
        happened_at=service.now,
        tracking=Tracking(carrier="DHL", number=NUMBER),
        cost=Money(minor=449, currency="EUR"),
    )
    service.handle(case_id, label, CARRIER)
    return case_id


def test_scans_move_the_return_by_its_tracking_number(api, case_id):
    assert send(api, scan()).json() == {"taken": True, "because": None}
    assert api.service.case(case_id).status is Status.RETURN_IN_TRANSIT
    assert send(api, scan("parcel.delivered"), name="msg_2").status_code == 200
    assert api.service.case(case_id).status is Status.RETURN_INSPECTION
    last = api.service.door.log.history(case_id)[-1]
    assert (last.topic, str(last.cause.actor)) == ("refund.return_delivered.v1", "carrier:carrier")


def test_scans_may_come_in_the_wrong_order(api, case_id):
    send(api, scan("parcel.delivered"), name="msg_2")
    assert send(api, scan(), name="msg_1").json()["taken"]
    assert api.service.case(case_id).status is Status.RETURN_INSPECTION


def test_a_scan_that_is_sent_twice_is_recorded_once(api, case_id):
    send(api, scan())
    before = api.head()
    assert send(api, scan()).json()["taken"]
    assert api.head() == before


def test_a_message_may_have_a_name_of_200_characters(api, case_id):
    assert send(api, scan(), name="m" * 200).status_code == 200


def test_a_parcel_that_nobody_named_yet_is_kept_for_whoever_does(api):
    before = api.head()
    assert send(api, scan(number="unheard-of")).json() == {"taken": True, "because": None}
    assert api.head() == before + 1


def test_a_parcel_that_got_lost_is_left_to_its_deadline(api, case_id):
    answer = send(api, scan("parcel.lost")).json()
    assert (answer["taken"], "parcel.lost" in answer["because"]) == (False, True)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_while_one_secret_follows_another_both_are_believed(api, case_id, secret):
    assert send(api, scan(), secret=secret).json()["taken"]


GUESSED = f"whsec_{b64encode(b'guessed').decode()}"


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({}, "does not say when"),
        (headers_of(scan(), secret=GUESSED), "none of the signatures"),
        (headers_of(scan("parcel.delivered")), "none of the signatures"),
        ({**headers_of(scan()), "webhook-id": "msg_9"}, "none of the signatures"),
        ({**headers_of(scan()), "webhook-signature": "v1"}, "none of the signatures"),
        ({**headers_of(scan()), "webhook-id": ""}, "webhook-id has 1 to 200"),
        (headers_of(scan(), name="m" * 201), "webhook-id has 1 to 200"),
        (headers_of(scan(), at=WALL - timedelta(seconds=301)), "300 seconds"),
        ({**headers_of(scan()), "webhook-timestamp": f"{WALL.timestamp():015.0f}{'9' * 20}"}, "does not say when"),
    ],
)
def test_what_is_not_signed_by_a_known_secret_a_moment_ago_is_not_read(api, case_id, headers, says):
    before = api.head()
    refused(send(api, scan(), headers), 401, "not-signed", naming=says)
    assert api.head() == before


@pytest.mark.parametrize("happened_at", [1772798400, "yesterday"])
def test_a_scan_that_cannot_be_read_is_refused(api, happened_at):
    refused(send(api, scan(happened_at=happened_at)), 400, "malformed", naming="data.happened_at")
