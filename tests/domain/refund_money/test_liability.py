"""Tax, commission and shared liability: exact to the cent, and a part never costs more than the whole."""

from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.money import Money, total
from domain.posting import Account, Item
from domain.refund import events as e
from domain.refund.case import Case
from domain.refund.charge import shares_of
from domain.refund.charges import charge_of, full_amount
from domain.refund.commands import (
    AcceptOffer,
    ApproveWithoutReturn,
    DecideFullRefund,
    DecidePartialRefund,
    Liability,
    OfferPartialRefund,
)
from domain.refund.situation import Context, Situation
from domain.vocabulary import Party, Reason, Route, Status
from tests.domain.refund_money.books import MONDAY, TAKEN_OVER, TAXED, books, granted, granted_in_part
from tests.dsl import done, given, opened
from tests.trade import REQUESTED_AT, SUPPORT, berlin, eur, order_line, policy

NO_CREDIT = policy(money={"credit_commission": False})


def test_tax_is_reversed_by_the_platform_and_the_commission_credited_to_the_seller():
    story = given(opened(), done(ApproveWithoutReturn(), at=MONDAY), line=TAXED)
    assert books(story) == {
        "seller": -4590 + 400,
        "platform": -400,
        "platform_tax": -731,
        "buyer_refunds": 5321,
    }


def test_the_commission_is_credited_as_an_entry_of_its_own():
    story = given(opened(), done(ApproveWithoutReturn(), at=MONDAY), line=TAXED)
    entries = [(entry.item, entry.amount) for entry in story.events[-1].posting.entries]
    assert (Item.PRICE_AND_SHIPPING, eur("-45.90")) in entries
    assert (Item.COMMISSION, eur("4.00")) in entries


def test_the_policy_may_keep_the_commission():
    story = given(opened(), done(ApproveWithoutReturn(), at=MONDAY), line=TAXED, policy=NO_CREDIT)
    assert books(story) == {"seller": -4590, "platform_tax": -731, "buyer_refunds": 5321}


def test_a_partial_refund_credits_the_commission_on_its_part_and_no_tax():
    offer = done(OfferPartialRefund(amount=eur("12.00")), at=MONDAY)
    story = given(opened(), offer, done(AcceptOffer(amount=eur("12.00"))), line=TAXED)
    assert books(story) == {"seller": -1200 + 105, "platform": -105, "buyer_refunds": 1200}


@pytest.mark.parametrize(
    ("liability", "borne"),
    [
        (Liability(seller=100), {"seller": -4590}),
        (Liability(platform=100), {"platform": -4590}),
        (Liability(carrier=100), {"carrier_claims": -4590}),
        (Liability(seller=50, platform=50), {"seller": -2295, "platform": -2295}),
        (Liability(seller=1, platform=2, carrier=97), {"seller": -46, "platform": -92, "carrier_claims": -4452}),
        (Liability(seller=33, platform=33, carrier=34), {"seller": -1515, "platform": -1515, "carrier_claims": -1560}),
    ],
)
def test_a_decision_charges_each_party_its_share(liability, borne):
    story = given(opened(), TAKEN_OVER, granted(liability))
    assert books(story) == {**borne, "buyer_refunds": 4590}


def test_of_a_shared_decision_the_seller_gets_the_commission_on_his_share():
    story = given(opened(), TAKEN_OVER, granted(Liability(seller=50, carrier=50)), line=TAXED)
    assert books(story) == {
        "seller": -2295 + 200,
        "platform": -200,
        "carrier_claims": -2295,
        "platform_tax": -731,
        "buyer_refunds": 5321,
    }


def test_a_partial_decision_is_shared_alike():
    story = given(opened(), TAKEN_OVER, granted_in_part("12.01", Liability(seller=50, platform=50)))
    assert books(story) == {"seller": -600, "platform": -601, "buyer_refunds": 1201}


percentages = (
    st.tuples(st.integers(0, 100), st.integers(0, 100))
    .map(sorted)
    .map(lambda cuts: Liability(seller=cuts[0], platform=cuts[1] - cuts[0], carrier=100 - cuts[1]))
)
minors = st.integers(0, 10**7)


@for_all(minors, percentages)
def test_shares_are_the_whole_and_within_a_unit_of_exact(minor, liability):
    shares = shares_of(Money(minor=minor, currency="EUR"), liability)
    assert total(list(shares.values()), "EUR").minor == minor
    for party, share in shares.items():
        assert abs(share.minor - minor * liability.shares[party] / 100) <= 1
        assert share.minor >= 0
        assert liability.shares[party] or not share


@for_all(minors, minors, percentages)
def test_who_bears_more_in_all_bears_no_less_in_his_share(one, other, liability):
    low, high = (
        shares_of(Money(minor=minor, currency="EUR"), liability)[Party.SELLER] for minor in sorted((one, other))
    )
    assert low <= high


def decided(line, command, event):
    """What this decision on this line posts."""
    case = Case(
        id=UUID(int=1),
        attempt=1,
        status=Status.SUPPORT_REVIEW,
        route=Route.SELLER,
        reason=Reason.DEFECTIVE,
        line=line,
        policy="standard@1",
        opened_at=berlin(REQUESTED_AT),
    )
    context = Context(actor=SUPPORT, now=berlin(MONDAY), happened_at=berlin(MONDAY), policy=policy())
    return charge_of(Situation(case, command, context), event), full_amount(case)


lines = st.tuples(st.integers(2, 10**6), st.integers(0, 10**5), st.integers(0, 10**5), st.integers(0, 100)).map(
    lambda it: order_line(
        price=Money(minor=it[0], currency="EUR"),
        shipping=Money(minor=it[1], currency="EUR"),
        tax=Money(minor=it[2], currency="EUR"),
        commission=Money(minor=it[0] * it[3] // 100, currency="EUR"),
    )
)


@for_all(lines, percentages, st.integers(1, 10**6))
def test_a_part_never_costs_the_seller_more_than_the_whole(line, liability, wanted):
    full_command = DecideFullRefund(grounds="All.", liability=liability)
    full, limit = decided(line, full_command, e.FullRefundDecided)
    part = Money(minor=1 + wanted % (limit.minor - 1), currency="EUR")
    part_command = DecidePartialRefund(grounds="Some.", amount=part, liability=liability)
    partial, _ = decided(line, part_command, e.PartialRefundDecided)
    assert partial.posting.minor_on(Account.SELLER) >= full.posting.minor_on(Account.SELLER)
    assert full.posting.minor_on(Account.SELLER) <= 0


@for_all(lines, percentages)
def test_the_buyer_gets_what_he_paid_and_only_the_platform_bears_tax(line, liability):
    charge, _ = decided(line, DecideFullRefund(grounds="All.", liability=liability), e.FullRefundDecided)
    assert charge.refund == line.paid
    assert charge.posting.minor_on(Account.BUYER_REFUNDS) == line.paid.minor
    assert charge.posting.minor_on(Account.PLATFORM_TAX) == -line.tax.minor
    assert {entry.account for entry in charge.posting.entries if entry.item is Item.TAX} <= {Account.PLATFORM_TAX}
