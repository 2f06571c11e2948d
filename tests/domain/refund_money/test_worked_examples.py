"""The amounts of SPEC §11, to the cent, and the source's table of charges literally."""

import pytest

from domain.posting import ChargeRule
from domain.refund import events as e
from domain.refund.actions import available_actions
from domain.refund.commands import (
    AcceptOffer,
    Appeal,
    ApproveWithoutReturn,
    ConfirmReturn,
    Escalate,
    OfferPartialRefund,
    UpholdAppeal,
)
from domain.vocabulary import Outcome, Reason, Status
from tests.domain.refund_money.books import (
    LABEL,
    LABEL_ISSUED,
    MONDAY,
    PAID,
    REJECTED,
    RETURN_APPROVED,
    RETURNED,
    TAXED,
    books,
    granted,
    rules,
    sellers,
)
from tests.dsl import done, given, opened, silence
from tests.trade import SELLER, eur, photo, unshipped_line

APPEALED = done(Appeal(text="The video shows it.", evidence=(photo(7),)))


def test_a_refund_without_return_costs_price_and_shipping_when_the_seller_accepts():
    story = given(opened()).at(MONDAY).when(ApproveWithoutReturn()).then(e.RefundApproved, refund=eur("45.90"))
    assert books(story) == {"seller": -4590, "buyer_refunds": 4590}
    assert rules(story) == [ChargeRule.FULL_REFUND]


def test_a_refund_after_return_costs_the_label_too_when_the_return_is_confirmed():
    story = given(opened(), *RETURNED)
    assert sellers(story) == 0
    story.when(ConfirmReturn()).then(e.ReturnConfirmed, refund=eur("45.90"))
    assert sellers(story) == -5039
    assert rules(story) == [ChargeRule.RETURN_LABEL_BORNE, ChargeRule.FULL_REFUND_AFTER_RETURN]


def test_or_48_hours_after_delivery_whichever_is_first():
    story = given(opened(), *RETURNED).due("2026-03-18 00:00").when_nobody_acts()
    story.then(e.ReturnConfirmedBySilence, refund=eur("45.90"))
    assert sellers(story) == -5039


def test_a_partial_refund_costs_its_amount_when_the_buyer_accepts():
    story = given(opened(), done(OfferPartialRefund(amount=eur("12.00")), at=MONDAY))
    assert books(story) == {}
    story.when(AcceptOffer(amount=eur("12.00"))).then(e.OfferAccepted, refund=eur("12.00"))
    assert books(story) == {"seller": -1200, "buyer_refunds": 1200}
    assert rules(story) == [ChargeRule.PARTIAL_REFUND]


def test_an_offer_ignored_and_an_item_not_sent_cost_nobody_anything():
    story = given(opened(), done(OfferPartialRefund(amount=eur("12.00")), at=MONDAY), silence(), silence())
    story.stands(Status.CLOSED, Outcome.RETURN_NOT_SHIPPED)
    assert books(story) == {}


@pytest.mark.parametrize("ending", [(REJECTED, silence()), (RETURN_APPROVED, LABEL_ISSUED, silence())])
def test_rejections_that_stand_and_labels_that_are_not_used_cost_nothing(ending):
    assert books(given(opened(), *ending)) == {}


def test_a_rejection_that_support_overrules_costs_at_its_decision():
    story = given(opened(), REJECTED, done(Escalate()))
    assert books(story) == {}
    granted()(story)
    assert sellers(story) == -4590


def test_an_upheld_appeal_credits_the_seller_at_the_platforms_cost_and_the_buyer_keeps_his_refund():
    story = given(opened(), REJECTED, done(Escalate()), granted(), *PAID, APPEALED)
    assert sellers(story) == -4590
    story.when(UpholdAppeal(grounds="The video shows it.")).then(e.AppealUpheld)
    assert books(story) == {"platform": -4590, "payments": 4590}
    assert rules(story)[-1] is ChargeRule.APPEAL_UPHELD


def test_the_sellers_silence_alone_costs_nothing():
    story = given(opened(), silence()).stands(Status.SUPPORT_REVIEW)
    assert books(story) == {}


def test_a_late_order_never_sent_costs_price_and_shipping():
    story = given(opened(Reason.LATE_NOT_SHIPPED), line=unshipped_line()).at(MONDAY).when(ApproveWithoutReturn())
    assert sellers(story) == -4590


def test_what_is_settled_leaves_through_the_payment_provider():
    story = given(opened(), done(ApproveWithoutReturn(), at=MONDAY), *PAID)
    assert books(story) == {"seller": -4590, "payments": 4590}
    assert rules(story) == [ChargeRule.FULL_REFUND, ChargeRule.REFUND_SETTLED]


@pytest.mark.parametrize("line", [None, TAXED])
def test_what_an_approval_on_return_is_said_to_cost_is_what_it_costs_once_the_label_is_known(line):
    story = given(opened(), line=line)
    said = costs(story)
    for chapter in RETURNED:
        chapter(story)
    story.when(ConfirmReturn())
    assert sellers(story) == -(said["approve-with-return"] + LABEL).minor


def costs(story):
    """What each choice is said to cost the seller beforehand, by its name."""
    actions = available_actions(story.case, story.stage.context(SELLER))
    return {action.name: action.cost.seller for action in actions if action.cost}
