"""Both positions of the knobs that no other test turns: silence, and a market's holidays (SPEC §§4, 6 and 13)."""

import pytest

from domain.refund.events import SellerSilent, SilenceApprovedReturn, SilenceRefunded
from domain.vocabulary import DIRECT, RETURNABLE, Reason, Status
from tests.dsl import given, opened
from tests.trade import ENROLLED, HOMELESS, berlin, eur, line_for, order_line, policy, unshipped_line

REFUND = policy(answers={"on_seller_silence": "auto_refund"})
RETURN = policy(answers={"on_seller_silence": "auto_approve_return"})


def silent(reason, knob, **world):
    return given(opened(reason), policy=knob, **{"line": line_for(reason), **world}).when_nobody_acts()


@pytest.mark.parametrize("reason", sorted(DIRECT))
def test_silence_goes_to_support_and_charges_nothing(reason):
    given(opened(reason), line=line_for(reason)).when_nobody_acts().then(SellerSilent, posting=None)


@pytest.mark.parametrize("reason", sorted(DIRECT - {Reason.GIVEAWAY_NOT_RECEIVED}))
def test_silence_refunds_if_the_policy_says_so(reason):
    story = silent(reason, REFUND).then(SilenceRefunded, refund=eur("45.90")).stands(Status.REFUND_PENDING)
    assert story.case.seller_charged == eur("45.90")


@pytest.mark.parametrize("reason", sorted(RETURNABLE))
def test_silence_approves_the_return_if_the_policy_says_so(reason):
    story = silent(reason, RETURN).then(SilenceApprovedReturn, posting=None).stands(Status.AWAITING_RETURN)
    story.due("2026-03-17 18:00")
    assert story.case.return_address == ENROLLED.return_address


@pytest.mark.parametrize(
    ("reason", "knob", "world"),
    [
        (Reason.GIVEAWAY_NOT_RECEIVED, REFUND, {}),
        (Reason.LATE_NOT_SHIPPED, REFUND, {"line": unshipped_line(price=eur("0.00"), shipping=eur("0.00"))}),
        (Reason.ITEM_MISSING, RETURN, {}),
        (Reason.LATE_NOT_SHIPPED, RETURN, {}),
        (Reason.WRONG_ITEM, RETURN, {"seller": HOMELESS}),
        (Reason.WRONG_ITEM, RETURN, {"line": order_line(price=eur("0.00"), shipping=eur("0.00"))}),
    ],
    ids=["giveaway", "nothing paid", "item missing", "late", "no return address", "free item"],
)
def test_where_the_knob_cannot_be_followed_silence_goes_to_support(reason, knob, world):
    silent(reason, knob, **world).then(SellerSilent).stands(Status.SUPPORT_REVIEW)


@pytest.mark.parametrize(
    ("market", "end"),
    [(None, "2026-04-06 12:00"), ("DE", "2026-04-08 12:00"), ("FR", "2026-04-07 12:00")],
)
def test_holidays_are_off_unless_a_markets_calendar_is_on(market, end):
    over_easter = policy(calendar={"market": market})
    line = unshipped_line(purchased_at=berlin("2026-03-20 10:00"))
    given(opened(at="2026-04-02 12:00"), line=line, policy=over_easter).due(end)


def test_a_policy_in_another_zone_counts_that_zones_days():
    in_new_york = policy(calendar={"zone": "America/New_York"})
    given(opened(at="2026-03-06 18:00"), policy=in_new_york).due("2026-03-10 17:00")  # summer time began there
