"""A seller's rule answers what he would have answered by hand, and nothing that he could not (decision 0029)."""

from hypothesis import assume, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.money import Money
from domain.refund.commands import ApproveWithoutReturn
from domain.refund.unasked import answered_by_rule
from domain.refusals import Refused
from domain.seller.rules import REFUNDABLE, RuleRef, SellerRule, SellerRules
from tests.stage import DomainStage
from tests.strategies import worlds
from tests.trade import BUYER, SELLER, request

CURRENCIES = ("EUR", "EUR", "EUR", "CHF")


@st.composite
def rules(draw, cost):
    """Some rules, up to amounts around what the refund costs."""
    return [
        SellerRule(
            rule_id=f"rule-{number}",
            version=draw(st.integers(1, 3)),
            reasons=draw(st.frozensets(st.sampled_from(sorted(REFUNDABLE)), min_size=1)),
            up_to=Money(minor=max(1, cost + draw(st.integers(-2, 2))), currency=draw(st.sampled_from(CURRENCIES))),
            is_live=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 4)))
    ]


def kept(rules):
    by_id = SellerRules()
    for rule in rules:
        by_id = by_id.with_rule(rule)
    return by_id


def by_hand(stage):
    """What the seller's own approval would have recorded; None where he could not approve."""
    try:
        (event,) = stage.carry_out(ApproveWithoutReturn(), SELLER)
    except Refused:
        return None
    return event


def first_that_covers(rules, reason, line):
    cost = line.price.minor + line.shipping.minor
    return next(
        (
            RuleRef(rule_id=rule.rule_id, version=rule.version)
            for rule in rules
            if rule.is_live and reason in rule.reasons
            and rule.up_to.currency == line.price.currency and rule.up_to.minor >= cost
        ),
        None,
    )  # fmt: skip


@for_all(worlds(), st.data())
@settings(max_examples=300)
def test_a_rule_answers_as_the_seller_would_have_by_hand(world, data):
    reason, surroundings = world
    stage = DomainStage(**surroundings)
    try:
        (opening,) = stage.carry_out(request(reason), BUYER)
    except Refused:
        assume(False)
    line = surroundings["line"]
    his = data.draw(rules(line.price.minor + line.shipping.minor))
    rule, approval = first_that_covers(his, reason, line), by_hand(stage.branch())
    answered = answered_by_rule(opening, kept(his), stage.policy, stage.now)
    expected = approval.model_copy(update={"seller_rule": rule}) if rule and approval else None
    assert answered == expected
