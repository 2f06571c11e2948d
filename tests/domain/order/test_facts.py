"""What the marketplace says of an order line, and what cannot be so (SPEC §2)."""

import json

import pytest
from pydantic import ValidationError

from domain.money import LARGEST_MINOR, Money
from domain.order.facts import Listing, OrderLineFacts
from domain.vocabulary import ListingKind
from tests.trade import berlin, eur, order_line


def test_the_buyer_paid_price_shipping_and_tax():
    assert order_line(tax=eur("7.31")).paid == eur("53.21")


@pytest.mark.parametrize("name", ["price", "shipping", "tax", "commission"])
def test_no_amount_is_negative(name):
    with pytest.raises(ValidationError, match="price, shipping, tax and commission are never negative"):
        order_line(**{name: eur("-0.01")})


@pytest.mark.parametrize("name", ["shipping", "tax", "commission"])
def test_all_amounts_are_in_one_currency(name):
    with pytest.raises(ValidationError, match="price, shipping, tax and commission are in one currency"):
        order_line(**{name: Money(minor=1, currency="USD")})


def test_the_commission_is_at_most_the_price():
    assert order_line(commission=eur("40.00")).commission == eur("40.00")
    with pytest.raises(ValidationError, match="the commission is not above the price"):
        order_line(commission=eur("40.01"))


def test_everything_paid_together_is_an_amount_too():
    with pytest.raises(ValidationError, match="price, shipping and tax are together at most"):
        order_line(price=Money(minor=LARGEST_MINOR, currency="EUR"))
    assert order_line(price=Money(minor=LARGEST_MINOR - 590, currency="EUR")).paid.minor == LARGEST_MINOR


@pytest.mark.parametrize("edge", ["1970-01-01T00:00:00Z", "2199-12-31T23:59:59Z"])
def test_a_moment_of_the_trade_lies_from_1970_to_before_2200(edge):
    assert order_line(purchased_at=edge, shipped_at=None, delivered_at=None).purchased_at.year in {1970, 2199}


@pytest.mark.parametrize("beyond", ["1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z"])
def test_a_moment_outside_of_that_is_refused(beyond):
    with pytest.raises(ValidationError, match="an instant lies from 1970 to before 2200"):
        order_line(purchased_at=beyond, shipped_at=None, delivered_at=None)


@pytest.mark.parametrize("name", ["shipped_at", "delivered_at"])
def test_a_parcel_never_moves_before_it_was_bought(name):
    with pytest.raises(ValidationError, match=f"{name} is not before purchased_at"):
        order_line(**{name: berlin("2026-03-02 09:59")})
    assert order_line(**{name: berlin("2026-03-02 10:00")}).purchased_at == berlin("2026-03-02 10:00")


def test_a_delivery_scan_stands_in_for_a_missing_acceptance_scan():
    assert order_line().scanned_at == berlin("2026-03-03 10:00")
    assert order_line(shipped_at=None).scanned_at == berlin("2026-03-05 10:00")
    assert order_line(shipped_at=None, delivered_at=None).scanned_at is None


@pytest.mark.parametrize(
    ("kind", "openable", "consumable"),
    [
        (ListingKind.STANDARD, False, False),
        (ListingKind.STANDARD, True, True),
        (ListingKind.GIVEAWAY, False, False),
        (ListingKind.BREAK, False, True),
        (ListingKind.MYSTERY, False, True),
        (ListingKind.PULL_GAME, False, True),
    ],
)
def test_consumables_are_break_games_and_whatever_opens(kind, openable, consumable):
    assert order_line(listing_kind=kind, openable=openable).is_consumable is consumable


@pytest.mark.parametrize("written", ["sports_cards", "Sports Cards", " SPORTS-cards ", "sports / cards"])
def test_a_category_is_the_same_however_it_is_written(written):
    assert order_line(category=written).category == "sports_cards"


@pytest.mark.parametrize("written", ["", "--", "x" * 101, 7])
def test_a_category_has_a_name(written):
    with pytest.raises(ValidationError):
        order_line(category=written)


def test_a_category_keeps_its_letters():
    assert order_line(category="Münzen & Medaillen").category == "münzen_medaillen"


@pytest.mark.parametrize("strict", [True, False])
def test_a_listing_is_read_from_json_however_strictly(strict):
    told = order_line().model_dump(mode="json") | {"listing": {"photos": ["https://shop.example/1"]}}
    read = OrderLineFacts.model_validate_json(json.dumps(told), strict=strict)
    assert read.listing == Listing(photos=("https://shop.example/1",))
    with pytest.raises(ValidationError, match=r"listing\.photos\.0"):
        OrderLineFacts.model_validate_json(json.dumps(told | {"listing": {"photos": [1]}}), strict=strict)
