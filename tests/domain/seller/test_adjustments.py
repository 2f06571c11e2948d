"""What the marketplace posts on a seller's account sums to zero, or is refused with its numbers (SPEC §5)."""

from datetime import timedelta

import pytest

from domain.money import Money, total
from domain.posting import Account, ChargeRule, Item
from domain.refusals import RuleBroken
from domain.seller.adjustments import (
    CorrectionPosted,
    PayoutPosted,
    PostCorrection,
    PostPayout,
    PostProceeds,
    ProceedsPosted,
    adjust,
)
from tests.trade import berlin, eur, order_line

NOW = berlin("2026-03-06T18:00")
DOLLAR = Money(minor=100, currency="USD")


def proceeds(**changes):
    return PostProceeds(**{"happened_at": NOW, "amount": eur("45.90"), **changes})


def payout(**changes):
    return PostPayout(**{"happened_at": NOW, "amount": eur("20.00"), **changes})


def correction(**changes):
    return PostCorrection(**{"happened_at": NOW, "amount": eur("-1.00"), "ground": "Booked twice.", **changes})


def posted(adjustment, line=None):
    return adjust("s-1", "ref-1", adjustment, NOW, line)


def on_accounts(event):
    return {(entry.account, entry.item): entry.amount for entry in event.posting.entries}


def test_proceeds_credit_the_seller_less_the_commission():
    event = posted(proceeds(commission=eur("4.00"), line_id="o-1-1"), order_line())
    assert isinstance(event, ProceedsPosted)
    assert (event.seller_id, event.reference, event.line_id) == ("s-1", "ref-1", "o-1-1")
    assert event.posting.rule is ChargeRule.SALE_PROCEEDS
    assert on_accounts(event) == {
        (Account.SELLER, Item.SALE_PROCEEDS): eur("45.90"),
        (Account.SALES, Item.SALE_PROCEEDS): eur("-45.90"),
        (Account.SELLER, Item.COMMISSION): eur("-4.00"),
        (Account.PLATFORM, Item.COMMISSION): eur("4.00"),
    }


@pytest.mark.parametrize(("commission", "credited"), [("0.00", "45.90"), ("45.90", "0.00")])
def test_the_commission_may_be_nothing_or_all_of_it(commission, credited):
    entries = posted(proceeds(commission=eur(commission))).posting.entries
    assert total([entry.amount for entry in entries if entry.account is Account.SELLER], "EUR") == eur(credited)


def test_a_payout_takes_from_the_balance():
    event = posted(payout())
    assert isinstance(event, PayoutPosted)
    assert on_accounts(event) == {
        (Account.SELLER, Item.PAYOUT): eur("-20.00"),
        (Account.SALES, Item.PAYOUT): eur("20.00"),
    }


@pytest.mark.parametrize("amount", ["-1.00", "1.00"])
def test_a_correction_goes_either_way_at_the_platforms_cost_and_says_why(amount):
    event = posted(correction(amount=eur(amount)))
    assert isinstance(event, CorrectionPosted)
    assert event.ground == "Booked twice."
    assert on_accounts(event)[Account.SELLER, Item.CORRECTION] == eur(amount)
    assert on_accounts(event)[Account.PLATFORM, Item.CORRECTION] == -eur(amount)


@pytest.mark.parametrize(
    ("adjustment", "rule"),
    [
        (proceeds(amount=eur("0.00")), "adjustment_amount"),
        (proceeds(amount=eur("-1.00")), "adjustment_amount"),
        (payout(amount=eur("-1.00")), "adjustment_amount"),
        (correction(amount=eur("0.00")), "adjustment_amount"),
        (proceeds(commission=eur("46.00")), "commission_within_proceeds"),
        (proceeds(commission=eur("-0.01")), "commission_within_proceeds"),
        (proceeds(commission=DOLLAR), "currency_mismatch"),
        (proceeds(amount=DOLLAR, line_id="o-1-1"), "currency_mismatch"),
        (payout(happened_at=NOW + timedelta(seconds=1)), "not_happened_yet"),
    ],
)
def test_what_cannot_be_posted_is_refused_by_its_rule(adjustment, rule):
    with pytest.raises(RuleBroken) as refused:
        posted(adjustment, order_line() if getattr(adjustment, "line_id", None) else None)
    assert refused.value.rule == rule


def test_the_proceeds_of_anothers_sale_are_refused():
    with pytest.raises(RuleBroken, match="not of seller s-1"):
        posted(proceeds(line_id="o-1-1"), order_line(seller_id="s-2"))
