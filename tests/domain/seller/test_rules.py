"""A seller's rules: versioned, few, sound, and covering what they say to the cent."""

from functools import reduce

import pytest

from domain.money import Money
from domain.refusals import RuleBroken, Unknown
from domain.seller.rules import (
    MOST_RULES,
    RuleTerms,
    SellerRuleEnded,
    SellerRuleKept,
    SellerRules,
    end_rule,
    evolve,
    keep_rule,
)
from domain.vocabulary import Reason
from tests.trade import eur

SMALL = RuleTerms(reasons={Reason.ITEM_MISSING, Reason.WRONG_ITEM}, up_to=eur("15.00"))
LARGER = SMALL.model_copy(update={"up_to": eur("20.00")})


def kept(terms, rule_id="small"):
    return lambda rules: keep_rule(rules, rule_id, terms)


def ended(rule_id="small"):
    return lambda rules: end_rule(rules, rule_id)


def told(*steps):
    """The rules after each step's events."""
    return reduce(lambda it, step: reduce(lambda so, event: evolve(event, so), step(it), it), steps, SellerRules())


def test_a_rule_begins_with_version_one_and_each_change_is_its_next():
    assert kept(SMALL)(SellerRules()) == [
        SellerRuleKept(rule_id="small", version=1, reasons=(Reason.ITEM_MISSING, Reason.WRONG_ITEM), up_to=eur("15.00"))
    ]
    assert told(kept(SMALL), kept(LARGER)).by_id["small"].version == 2


def test_what_stands_so_already_is_no_change():
    assert kept(SMALL)(told(kept(SMALL))) == []
    assert ended()(told(kept(SMALL), ended())) == []


def test_an_ended_rule_covers_nothing_and_made_anew_has_a_version_of_its_own():
    rules = told(kept(SMALL), ended())
    assert rules.covering(Reason.ITEM_MISSING, eur("1.00")) is None
    again = told(kept(SMALL), ended(), kept(SMALL))
    assert again.covering(Reason.ITEM_MISSING, eur("1.00")).version == 2
    assert ended()(told(kept(SMALL))) == [SellerRuleEnded(rule_id="small", version=1)]


@pytest.mark.parametrize(
    ("reason", "cost", "covered"),
    [
        (Reason.ITEM_MISSING, eur("15.00"), True),
        (Reason.ITEM_MISSING, eur("15.01"), False),
        (Reason.DEFECTIVE, eur("1.00"), False),
        (Reason.WRONG_ITEM, Money(minor=100, currency="USD"), False),
    ],
)
def test_a_rule_covers_its_reasons_up_to_its_amount_in_its_currency(reason, cost, covered):
    assert (told(kept(SMALL)).covering(reason, cost) is not None) == covered


def test_of_several_the_one_made_first_answers():
    rules = told(kept(SMALL), kept(LARGER, "larger"), kept(SMALL.model_copy(update={"up_to": eur("10.00")})))
    assert rules.covering(Reason.ITEM_MISSING, eur("5.00")).rule_id == "small"
    assert rules.covering(Reason.ITEM_MISSING, eur("12.00")).rule_id == "larger"


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        (RuleTerms(reasons={Reason.GIVEAWAY_NOT_RECEIVED}, up_to=eur("1.00")), "rule_reasons"),
        (RuleTerms(reasons={Reason.OTHER, Reason.ITEM_MISSING}, up_to=eur("1.00")), "rule_reasons"),
        (RuleTerms(reasons={Reason.ITEM_MISSING}, up_to=eur("0.00")), "rule_amount"),
    ],
)
def test_a_rule_that_could_never_answer_is_refused(terms, rule):
    with pytest.raises(RuleBroken) as refused:
        kept(terms)(SellerRules())
    assert refused.value.rule == rule


def test_there_are_only_so_many_rules_and_ended_ones_do_not_count():
    full = told(*(kept(SMALL, f"rule-{number}") for number in range(MOST_RULES)))
    with pytest.raises(RuleBroken, match=f"at most {MOST_RULES}"):
        kept(SMALL, "one-more")(full)
    assert kept(LARGER, "rule-0")(full)
    (event,) = ended("rule-0")(full)
    assert kept(SMALL, "one-more")(evolve(event, full))


def test_a_rule_there_never_was_cannot_end():
    with pytest.raises(Unknown):
        ended()(SellerRules())
