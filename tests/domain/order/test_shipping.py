"""Shipping paid once for several lines is shared by their prices, to the cent (SPEC §5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money, total
from domain.order.shipping import share_shipping
from tests.trade import eur


def test_shipping_follows_the_prices_and_the_odd_cent_the_largest_remainder():
    assert share_shipping(eur("5.90"), [eur("40.00"), eur("10.00")]) == [eur("4.72"), eur("1.18")]
    assert share_shipping(eur("1.00"), [eur("10.00")] * 3) == [eur("0.34"), eur("0.33"), eur("0.33")]


def test_a_free_line_bears_none_of_it_unless_all_are_free():
    assert share_shipping(eur("5.90"), [eur("0.00"), eur("10.00")]) == [eur("0.00"), eur("5.90")]
    assert share_shipping(eur("5.91"), [eur("0.00"), eur("0.00")]) == [eur("2.96"), eur("2.95")]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**7), min_size=1, max_size=20))
def test_the_lines_together_bear_exactly_the_orders_shipping(shipping, prices):
    order = Money(minor=shipping, currency="EUR")
    assert total(share_shipping(order, [Money(minor=price, currency="EUR") for price in prices]), "EUR") == order


def test_shipping_and_prices_are_in_one_currency():
    with pytest.raises(ValueError, match="the shipping is in EUR, and so are the prices of its lines"):
        share_shipping(eur("5.90"), [Money(minor=1, currency="USD")])
