"""Shares of an amount: exact, fair, and the same every time (SPEC §5)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money, total

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)
amounts = st.integers(-(10**10), 10**10).map(lambda minor: Money(minor=minor, currency="EUR"))


def minors(amount, shares):
    return [part.minor for part in Money(minor=amount, currency="EUR").allocate(shares)]


@pytest.mark.parametrize(
    ("amount", "shares", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),  # equal remainders: in order
        (101, [1, 1, 1], [34, 34, 33]),
        (590, [4000, 1000], [472, 118]),
        (100, [2, 1], [67, 33]),
        (1, [1, 99], [0, 1]),  # the largest remainder gets the odd unit
        (10, [5, 2], [7, 3]),  # the largest remainder, not the largest share
        (-100, [1, 1, 1], [-34, -33, -33]),
        (-1, [1, 1], [-1, 0]),
        (5, [0, 1], [0, 5]),
        (5, [0, 0], [3, 2]),  # nothing to go by: equal
        (0, [3, 4], [0, 0]),
        (7, [5], [7]),
    ],
)
def test_odd_units_go_where_the_remainder_is_largest(amount, shares, parts):
    assert minors(amount, shares) == parts


@given(amounts, weights)
def test_the_parts_are_the_whole(amount, shares):
    assert total(amount.allocate(shares), "EUR") == amount


@given(amounts, weights.filter(any))
def test_no_part_is_a_whole_unit_away_from_its_exact_share(amount, shares):
    for part, share in zip(amount.allocate(shares), shares, strict=True):
        exact = Fraction(amount.minor * share, sum(shares))
        assert abs(part.minor - exact) < 1
        assert share or not part


@given(amounts, weights)
def test_giving_back_mirrors_giving(amount, shares):
    assert [-part for part in amount.allocate(shares)] == (-amount).allocate(shares)


@given(amounts, weights, st.integers(1, 1000))
def test_only_the_proportion_counts(amount, shares, factor):
    assert amount.allocate(shares) == amount.allocate([share * factor for share in shares])


@pytest.mark.parametrize("shares", [[], [1, -1]])
def test_nothing_is_shared_over_nobody_or_less_than_nothing(shares):
    with pytest.raises(ValueError, match="at least one weight, none negative"):
        minors(1, shares)
