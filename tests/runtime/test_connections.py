"""The courier is connected as the settings say: to real services where they are set, else in a sandbox to twins."""

from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest

from domain.policy import standard_policies
from domain.refund.commands import ApproveWithoutReturn, ApproveWithReturn, SubmitRequest
from domain.seller.account import SellerProfile
from projections.catalogue import projections
from projections.engine import Engine
from runtime.connections import connected
from runtime.container import open_house
from runtime.database import StartError
from runtime.processes import delivering
from runtime.settings import read_settings
from runtime.stopping import StopRequest
from scheduler.adapters.stripe_payments import StripePayments
from scheduler.twins.carriers import LocalCarrier
from scheduler.twins.payments import LocalPayments
from store.application import ChosenAddress, Errand
from tests.runtime.waiting import wait_until
from tests.scheduler.serving import serving
from tests.scheduler.shipping_at_home import KEY as SHIPPING_KEY
from tests.scheduler.shipping_at_home import ShippingAtHome
from tests.scheduler.stripe_at_home import KEY as PAYMENTS_KEY
from tests.scheduler.stripe_at_home import StripeAtHome
from tests.service import BUYER, HOME, MARKETPLACE, SELLER, order_line

SOON = timedelta(milliseconds=10)


def test_a_sandbox_in_which_nothing_is_set_has_twins(settings):
    with open_house(settings) as house, connected(house) as outside:
        assert isinstance(outside.payments, LocalPayments)
        assert isinstance(outside.carriers, LocalCarrier)
        assert outside.reports_due


def test_a_sandbox_may_be_connected_to_a_test_account(installation):
    installation.setenv("DIRECTSERVICE_PAYMENTS_KEY", "sk_test_1")
    with open_house(read_settings()) as house, connected(house) as outside:
        assert isinstance(outside.payments, StripePayments)
        assert isinstance(outside.carriers, LocalCarrier)
        assert outside.reports_due is None


@pytest.mark.parametrize("missing", ["PAYMENTS_KEY", "SHIPPING_URL"])
def test_production_names_what_is_not_set(installation, production, missing):
    given = {"PAYMENTS_KEY": "sk_live_1", "SHIPPING_URL": "https://ship.example", "SHIPPING_KEY": "key"}
    left_out = {missing, "SHIPPING_KEY"} if missing == "SHIPPING_URL" else {missing}
    for name in given.keys() - left_out:
        installation.setenv(f"DIRECTSERVICE_{name}", given[name])
    with open_house(read_settings()) as house, pytest.raises(StartError) as refused, connected(house):
        pass
    assert {name for name in given if f"DIRECTSERVICE_{name}" in str(refused.value)} == left_out


def errand(actor):
    return Errand(actor=actor, command_id=uuid4())


def enrolled(house):
    accounts = house.door.accounts
    accounts.record_profile(SELLER.id, SellerProfile(enrolled=True), errand(MARKETPLACE))
    accounts.record_address(SELLER.id, "home", HOME, errand(MARKETPLACE))
    accounts.choose_return_address(SELLER.id, ChosenAddress(address_id="home"), errand(MARKETPLACE))


def topic(house, case_id):
    """Of what happened last."""
    return house.door.log.history(case_id)[-1].topic


def approved(house, command, line_id):
    """A case that its seller has approved, on an order line of today."""
    now = house.clock()
    facts = order_line(
        line_id,
        order_id=line_id,
        purchased_at=now - timedelta(days=5),
        shipped_at=now - timedelta(days=4),
        delivered_at=now - timedelta(days=2),
    )
    house.door.order_lines.record([facts], errand(MARKETPLACE))
    uploaded, _ = house.door.evidence.upload(b"\xff\xd8\xff", errand(BUYER))
    request = {"line_id": line_id, "reason": "wrong_item", "description": "Not it.", "photos": (uploaded.evidence_id,)}
    cases = house.door.refund_cases
    case_id = cases.submit(SubmitRequest(**request), errand(BUYER)).stream_id
    cases.handle(case_id, command, errand(SELLER))
    return case_id


def test_production_delivers_through_what_is_set(installation, production):
    """A refund and a label leave the house over HTTP, and the cases are told what came of it."""
    payments, carriers = StripeAtHome(), ShippingAtHome()
    with serving(payments) as provider, serving(carriers) as service:
        for name, value in {
            "PAYMENTS_URL": provider,
            "PAYMENTS_KEY": PAYMENTS_KEY,
            "SHIPPING_URL": service,
            "SHIPPING_KEY": SHIPPING_KEY,
        }.items():
            installation.setenv(f"DIRECTSERVICE_{name}", value)
        with open_house(read_settings()) as house:
            enrolled(house)
            refunded = approved(house, ApproveWithoutReturn(), "l-1")
            returned = approved(house, ApproveWithReturn(), "l-2")
            Engine(house.engine, house.reader, projections(standard_policies()), Event()).catch_up()
            with delivering(house, StopRequest(), beat=SOON):
                assert wait_until(lambda: topic(house, refunded) == "refund.submitted.v1")
                assert wait_until(lambda: topic(house, returned) == "refund.return_label_issued.v1")
    assert [label["tracking"]["number"] for label in carriers.labels.values()] == ["SH000001"]
    assert [refund["amount"] for refund in payments.refunds] == [4590]
