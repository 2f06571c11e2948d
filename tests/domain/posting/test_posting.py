"""A posting is double-entry: balanced, in one currency, and what is taken back is what stands (SPEC §5)."""

import pytest
from pydantic import ValidationError

from domain.money import Money
from domain.posting import Account, ChargeRule, Entry, Item, Posting
from tests.trade import eur


def posting(*entries, rule=ChargeRule.FULL_REFUND):
    """A posting of (account, item, amount) triples."""
    made = tuple(Entry(account=account, item=item, amount=amount) for account, item, amount in entries)
    return Posting(rule=rule, entries=made)


CHARGE = posting(
    (Account.SELLER, Item.PRICE_AND_SHIPPING, eur("-45.90")),
    (Account.BUYER_REFUNDS, Item.REFUND, eur("45.90")),
)
BILL = posting(
    (Account.PLATFORM, Item.CARRIER_BILL, eur("-4.49")),
    (Account.CARRIER_LABELS, Item.CARRIER_BILL, eur("4.49")),
    rule=ChargeRule.RETURN_LABEL_BORNE,
)


def test_entries_that_do_not_sum_to_zero_are_no_posting():
    with pytest.raises(ValidationError, match="the entries of a posting sum to zero"):
        posting(
            (Account.SELLER, Item.REFUND, eur("-45.90")),
            (Account.BUYER_REFUNDS, Item.REFUND, eur("45.91")),
        )


def test_entries_of_two_currencies_are_no_posting():
    with pytest.raises(ValidationError, match="the entries of a posting are in one currency"):
        posting(
            (Account.SELLER, Item.REFUND, eur("-0.01")),
            (Account.BUYER_REFUNDS, Item.REFUND, Money(minor=1, currency="USD")),
        )


@pytest.mark.parametrize("entries", [(), ((Account.SELLER, Item.REFUND, eur("0.00")),)])
def test_nothing_and_one_side_alone_are_no_posting(entries):
    with pytest.raises(ValidationError):
        posting(*entries)


def test_each_account_shows_its_own_change():
    assert CHARGE.minor_on(Account.SELLER) == -4590
    assert CHARGE.minor_on(Account.BUYER_REFUNDS) == 4590
    assert CHARGE.minor_on(Account.PLATFORM) == 0
    assert CHARGE.currency == "EUR"


def test_joined_postings_keep_the_first_ones_rule_and_all_entries():
    both = CHARGE.joined(BILL)
    assert both.rule is ChargeRule.FULL_REFUND
    assert both.entries == CHARGE.entries + BILL.entries


def test_what_is_taken_back_no_longer_stands():
    undone = CHARGE.undone()
    assert undone.rule is ChargeRule.REFUND_UNDONE
    assert list(CHARGE.joined(undone).standing()) == []


def test_a_carriers_bill_is_never_taken_back():
    assert list(BILL.joined(CHARGE).undone().standing()) == list(CHARGE.undone().standing())
    assert BILL.undone() is None


def test_nothing_is_taken_back_twice():
    assert CHARGE.joined(CHARGE.undone()).undone() is None
