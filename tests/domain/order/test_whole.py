"""An order told whole: its shipping is shared once, and no line of which something was asked changes its share."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.money import Money, total
from domain.order.line import OrderLine
from domain.order.whole import WholeOrder
from tests.trade import eur, order_line


def line(number, price="10.00", **changes):
    return order_line(**{"line_id": f"o-1-{number}", "price": eur(price), "shipping": eur("0.00"), **changes})


def shares(order, known=()):
    return [facts.shipping for facts in order.shared({it.facts.line_id: it for it in known})]


def asked_of(facts):
    return OrderLine(facts=facts, cases=(UUID(int=1),))


def test_the_orders_shipping_is_shared_by_price_in_the_order_of_the_lines_ids():
    order = WholeOrder(shipping=eur("1.00"), lines=(line(3), line(1), line(2)))
    assert shares(order) == [eur("0.33"), eur("0.34"), eur("0.33")]
    assert shares(WholeOrder(shipping=eur("5.90"), lines=(line(1, "40.00"), line(2)))) == [eur("4.72"), eur("1.18")]


def test_nothing_else_of_a_line_is_changed():
    told = line(1, title="Lens")
    assert WholeOrder(shipping=eur("5.90"), lines=(told,)).shared({}) == [
        told.model_copy(update={"shipping": eur("5.90")})
    ]


@pytest.mark.parametrize("asked", ["cases", "cancellations"])
def test_a_line_of_which_something_was_asked_keeps_its_share_and_the_others_share_the_rest(asked):
    order = WholeOrder(shipping=eur("6.00"), lines=(line(1), line(2), line(3)))
    judged = OrderLine(facts=line(1, shipping=eur("4.00")), **{asked: (UUID(int=1),)})
    untouched = OrderLine(facts=line(2, shipping=eur("2.00")))
    assert shares(order, [judged, untouched]) == [eur("4.00"), eur("1.00"), eur("1.00")]


def test_where_the_shares_that_stand_are_more_than_the_shipping_the_others_bear_none():
    order = WholeOrder(shipping=eur("3.00"), lines=(line(1), line(2)))
    assert shares(order, [asked_of(line(1, shipping=eur("4.00")))]) == [eur("4.00"), eur("0.00")]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=8), st.data())
def test_told_again_with_other_prices_the_lines_bear_the_shipping_exactly(shipping, prices, data):
    order = WholeOrder(
        shipping=Money(minor=shipping, currency="EUR"),
        lines=tuple(line(number, price=f"{minor / 100:.2f}") for number, minor in enumerate(prices)),
    )
    first = order.shared({})
    known = [asked_of(facts) if data.draw(st.booleans()) else OrderLine(facts=facts) for facts in first]
    again = order.model_copy(update={"lines": tuple(reversed(order.lines))})
    after = again.shared({it.facts.line_id: it for it in known})
    assert total([facts.shipping for facts in after], "EUR") == order.shipping


@pytest.mark.parametrize(
    ("shipping", "lines", "says"),
    [
        ("5.90", [], "at least 1"),
        ("5.90", [line(1), line(2, order_id="o-2")], "of one order and one buyer"),
        ("5.90", [line(1), line(2, buyer_id="b-2")], "of one order and one buyer"),
        ("5.90", [line(1), line(1)], "each line is told once"),
        ("5.90", [line(1, shipping=eur("1.00"))], "told once, with the order"),
        ("-0.01", [line(1)], "never negative"),
        ("99999999990.01", [line(1)], "at most 10000000000000 minor units"),
    ],
)
def test_what_is_no_whole_order_is_refused(shipping, lines, says):
    with pytest.raises(ValidationError, match=says):
        WholeOrder(shipping=eur(shipping), lines=tuple(lines))


def test_an_order_is_in_one_currency():
    with pytest.raises(ValidationError, match="in one currency"):
        WholeOrder(shipping=Money(minor=590, currency="USD"), lines=(line(1),))
