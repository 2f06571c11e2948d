"""Amounts are exact, of one currency, and never made of floats (SPEC §2)."""

import json

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.currencies import known_currencies, minor_digits
from domain.language import Locale
from domain.money import LARGEST_MINOR, LARGEST_SUM_MINOR, CurrencyMismatchError, Money, ToldMoney, total

NBSP = "\N{NO-BREAK SPACE}"
currencies = st.sampled_from(sorted(known_currencies()))
minors = st.integers(-LARGEST_MINOR, LARGEST_MINOR)
amounts = st.builds(Money, minor=minors, currency=currencies)


def eur(minor):
    return Money(minor=minor, currency="EUR")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("45.90", "EUR", 4590),
        ("45.9", "EUR", 4590),
        ("45.900", "EUR", 4590),
        ("45", "EUR", 4500),
        ("-0.01", "EUR", -1),
        ("+45.90", "EUR", 4590),
        ("0", "EUR", 0),
        ("1234", "JPY", 1234),
        ("1234.0", "JPY", 1234),
        ("1.234", "BHD", 1234),
        ("12.50", "RSD", 1250),  # the para is gone from shops, not from ISO 4217
        ("1.5", "IQD", 1500),
        ("99999999999.99", "EUR", 9_999_999_999_999),
    ],
)
def test_a_decimal_amount_becomes_minor_units(text, currency, minor):
    assert Money.from_decimal(text, currency) == Money(minor=minor, currency=currency)


@pytest.mark.parametrize(
    "text", ["", " 1", "1,50", "1.234,50", "1e3", "++1", ".5", "5.", "1_000", "٤٥", "NaN", "Infinity"]
)
def test_what_is_no_amount_is_refused_by_its_text(text):
    with pytest.raises(ValueError, match="is not an amount"):
        Money.from_decimal(text, "EUR")


@pytest.mark.parametrize(("text", "currency"), [("0.005", "EUR"), ("0.5", "JPY"), ("0.0001", "BHD")])
def test_an_amount_finer_than_the_minor_unit_is_refused_not_rounded(text, currency):
    with pytest.raises(ValueError, match=f"'{text}' is finer than the minor unit of {currency}"):
        Money.from_decimal(text, currency)


@given(amounts)
def test_an_amount_reads_as_it_is_written(amount):
    number, _, currency = str(amount).partition(" ")
    assert Money.from_decimal(number, currency) == amount


@pytest.mark.parametrize("code", ["EURO", "eur", "EU", "ZZZ", "XAU", 3 * "X", "XTS", ""])
def test_only_currencies_of_iso_4217_are_money(code):
    with pytest.raises(ValidationError):
        Money(minor=1, currency=code)


@pytest.mark.parametrize("code", ["EUR", "USD", "BRL", "XOF", "DEM"])
def test_present_and_past_currencies_are_known(code):
    assert Money(minor=1, currency=code).currency == code


@pytest.mark.parametrize(("code", "digits"), [("EUR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("IQD", 3), ("RSD", 2)])
def test_minor_units_are_the_standards(code, digits):
    assert minor_digits(code) == digits


def test_where_babel_has_more_digits_than_two_or_none_on_purpose_the_standard_agrees():
    finer = {code for code in known_currencies() if get_currency_precision(code) > 2}
    assert {code: minor_digits(code) for code in finer} == {code: get_currency_precision(code) for code in finer}
    unlike = {code for code in known_currencies() if minor_digits(code) < 2 and get_currency_precision(code) != 0}
    assert not unlike


@pytest.mark.parametrize("minor", [1.0, "1", True, None, LARGEST_SUM_MINOR + 1, -LARGEST_SUM_MINOR - 1])
def test_minor_units_are_whole_numbers_within_reason(minor):
    with pytest.raises(ValidationError):
        Money(minor=minor, currency="EUR")


def test_a_float_in_json_is_no_amount():
    with pytest.raises(ValidationError):
        Money.model_validate_json(json.dumps({"minor": 45.9, "currency": "EUR"}))


@given(minors.filter(lambda minor: abs(minor) < LARGEST_MINOR // 2), st.integers(-1000, 1000))
def test_amounts_add_subtract_and_compare_like_their_minor_units(one, other):
    assert eur(one) + eur(other) == eur(one + other)
    assert eur(one) - eur(other) == eur(one - other)
    assert -eur(one) == eur(-one)
    assert (eur(one) < eur(other)) is (one < other)
    assert (eur(one) <= eur(other)) is (one <= other)
    assert bool(eur(one)) is (one != 0)


def test_amounts_of_two_currencies_never_meet():
    yen = Money(minor=1, currency="JPY")
    for meeting in (lambda: eur(1) + yen, lambda: eur(1) - yen, lambda: eur(1) < yen, lambda: eur(1) <= yen):
        with pytest.raises(CurrencyMismatchError, match="EUR and JPY do not add or compare"):
            meeting()
    assert eur(1) != yen


def test_a_total_of_nothing_is_zero():
    assert total([], "EUR") == Money.zero("EUR")
    assert total([eur(1), eur(2)], "EUR") == eur(3)


@pytest.mark.parametrize(
    ("amount", "german", "english"),
    [
        (eur(4590), f"45,90{NBSP}€", "€45.90"),
        (eur(-123456), f"-1.234,56{NBSP}€", "-€1,234.56"),
        (Money(minor=1234, currency="JPY"), f"1.234{NBSP}¥", "¥1,234"),
        (Money(minor=5, currency="BHD"), f"0,005{NBSP}BHD", "BHD0.005"),
        (Money(minor=1250, currency="RSD"), f"12,50{NBSP}RSD", "RSD12.50"),
    ],
)
def test_readers_see_amounts_as_their_language_writes_them(amount, german, english):
    assert amount.shown_in(Locale.GERMAN) == german
    assert amount.shown_in(Locale.ENGLISH) == english


def test_the_largest_amount_is_a_hundred_billion_units_of_two_digits():
    largest = Money.from_decimal("100000000000.00", "EUR")
    told = TypeAdapter(ToldMoney).validate_python
    assert told(largest).minor == LARGEST_MINOR
    assert told(-largest) == -largest
    for beyond in (largest + eur(1), -largest - eur(1)):
        with pytest.raises(ValidationError, match=f"minor\n.*than or equal to -?{LARGEST_MINOR} "):
            told(beyond)


def test_what_was_told_adds_up_to_more_than_anybody_may_tell():
    assert (eur(LARGEST_MINOR) + eur(LARGEST_MINOR)).minor == 2 * LARGEST_MINOR


def test_several_amounts_are_added_at_once():
    cents = [Money(minor=minor, currency="EUR") for minor in (4000, 590, -1)]
    assert Money.sum(*cents) == Money(minor=4589, currency="EUR")
    assert Money.sum(cents[0]) == cents[0]


@pytest.mark.parametrize(("first", "second"), [("EUR", "USD"), ("USD", "EUR")])
def test_two_currencies_never_add_up_in_either_order(first, second):
    with pytest.raises(CurrencyMismatchError):
        Money.sum(Money(minor=1, currency=first), Money(minor=1, currency=second))
