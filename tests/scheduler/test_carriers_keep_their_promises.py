"""What the port to the carriers promises, kept by the real adapter and by the local twin alike."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.refund.commands import ReportReturnLabelIssued
from scheduler.adapters.asking import Service
from scheduler.adapters.shipping_service import ShippingService
from scheduler.ports.carriers import LabelOrder
from scheduler.ports.trouble import NoAnswer, RefusedForGood
from scheduler.twins.carriers import LocalCarrier
from tests.scheduler.serving import serving
from tests.scheduler.shipping_at_home import KEY, ShippingAtHome
from tests.service import BUYER, CARRIER, HOME


@contextmanager
def shipping(answer, key=KEY):
    with serving(answer) as address:
        service = Service("the shipping service", address, key, patience=timedelta(seconds=60))
        try:
            yield ShippingService(service)
        finally:
            service.close()


class OfTwin:
    def __init__(self, house):
        self._house = house
        self.carriers = LocalCarrier(house.engine, house.reports, house.clock, serves={"DE"})

    def hand_in(self, order):
        """A scan finds the case once the courier has told it of its label."""
        label = self.carriers.issue(order)
        told = ReportReturnLabelIssued(happened_at=label.issued_at, tracking=label.tracking, cost=label.cost)
        self._house.reports.take(order.case_id, told, CARRIER, "issued")
        self.carriers.hand_in(order.case_id)

    def void(self):
        return [row.number for row in self._house.labels() if row.voided_at]

    def issued(self):
        return [row.number for row in self._house.labels()]


class OfShipping:
    def __init__(self, at_home, carriers):
        self._at_home = at_home
        self.carriers = carriers

    def hand_in(self, order):
        self._at_home.on_their_way.add(str(order.key))

    def void(self):
        return [label["tracking"]["number"] for label in self._at_home.labels.values() if label["void"]]

    def issued(self):
        return [label["tracking"]["number"] for label in self._at_home.labels.values()]


@pytest.fixture(params=["twin", "shipping service"])
def outside(request, house):
    if request.param == "twin":
        yield OfTwin(house)
        return
    at_home = ShippingAtHome()
    with shipping(at_home) as carriers:
        yield OfShipping(at_home, carriers)


@pytest.fixture
def order(house):
    return ordered(house.return_approved())


def ordered(case_id, *, country="DE"):
    address = HOME.model_copy(update={"country": country})
    return LabelOrder(
        key=uuid4(),
        case_id=case_id,
        order_id="o-1",
        buyer_id=BUYER.id,
        to=address.model_dump_json(exclude_none=True),
        currency="EUR",
    )


def test_a_label_is_issued_with_its_number_and_cost(outside, order):
    label = outside.carriers.issue(order)
    assert (label.cost.minor, label.cost.currency) == (449, "EUR")
    assert label.issued_at.tzinfo is not None
    assert outside.issued() == [label.tracking.number]
    assert label.document.endswith(label.tracking.number)


def test_the_same_key_has_the_same_label_also_once_it_is_void(outside, order):
    first = outside.carriers.issue(order)
    assert outside.carriers.issue(order) == first
    outside.carriers.void(order.key)
    assert outside.carriers.issue(order) == first
    assert outside.void() == outside.issued() == [first.tracking.number]


def test_another_key_is_another_label(outside, order):
    outside.carriers.issue(order)
    outside.carriers.issue(ordered(order.case_id))
    assert len(set(outside.issued())) == 2


def test_a_void_label_stays_void(outside, order):
    outside.carriers.issue(order)
    outside.carriers.void(order.key)
    outside.carriers.void(order.key)
    assert len(outside.void()) == 1


def test_voiding_what_was_never_issued_changes_nothing(outside):
    outside.carriers.void(UUID(int=9))
    assert outside.issued() == []


def test_a_label_whose_parcel_is_on_its_way_is_not_voided(outside, order):
    outside.carriers.issue(order)
    outside.hand_in(order)
    with pytest.raises(RefusedForGood, match="already on its way"):
        outside.carriers.void(order.key)
    assert outside.void() == []


def test_an_address_that_nobody_serves_is_refused_in_words(outside, order):
    with pytest.raises(RefusedForGood, match="AT"):
        outside.carriers.issue(ordered(order.case_id, country="AT"))
    assert outside.issued() == []


# What is the real adapter's alone


def test_the_service_is_told_what_it_needs_and_no_more(order):
    at_home = ShippingAtHome()
    with shipping(at_home) as carriers:
        carriers.issue(order)
    assert at_home.orders == [
        {
            "case_id": str(order.case_id),
            "order_id": "o-1",
            "buyer_id": BUYER.id,
            "to": HOME.model_dump(exclude_none=True),
            "currency": "EUR",
        }
    ]


def test_a_lost_answer_is_no_answer_and_asking_again_issues_one_label(order):
    at_home = ShippingAtHome()
    at_home.loses_the_next_answer = True
    with shipping(at_home) as carriers:
        with pytest.raises(NoAnswer):
            carriers.issue(order)
        carriers.issue(order)
    assert len(at_home.labels) == 1


def test_an_address_that_leads_elsewhere_voids_nothing_silently(order):
    with shipping(lambda _: (404, {"detail": "no such route"})) as carriers, pytest.raises(NoAnswer):
        carriers.void(order.key)


@pytest.mark.parametrize(
    "told",
    [
        {"tracking": {"carrier": "DHL", "number": "1"}, "cost": {"minor": 4.5, "currency": "EUR"}},
        {"tracking": {"carrier": "DHL"}, "cost": {"minor": 450, "currency": "EUR"}},
        {"tracking": {"carrier": "DHL", "number": "1"}, "cost": {"minor": 450, "currency": "euro"}},
    ],
)
def test_a_label_that_cannot_be_read_is_no_answer(order, told):
    with shipping(lambda _: (200, {"issued_at": "2026-03-09T09:00:00Z", **told})) as carriers, pytest.raises(NoAnswer):
        carriers.issue(order)
