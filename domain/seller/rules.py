"""A seller's rules: requests he refunds without being asked, by reason and up to an amount, each rule versioned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from domain.messages import Event, Identifier, Value
from domain.money import Money, ToldMoney
from domain.refusals import RuleBroken, Unknown
from domain.vocabulary import DIRECT, Reason

MOST_RULES = 20
"""Rules a seller keeps at a time."""
REFUNDABLE = DIRECT - {Reason.GIVEAWAY_NOT_RECEIVED}
"""The reasons that a rule may refund for: a giveaway was not paid for."""


class RuleTerms(Value):
    """When a request is refunded in full, without return, in the seller's name."""

    reasons: Annotated[frozenset[Reason], Field(min_length=1)]
    up_to: ToldMoney
    """The most that the refund may cost the seller: price and shipping of the line."""


class RuleRef(Value):
    """A rule as it stood: its id and its version."""

    rule_id: Identifier
    version: int


class SellerRuleKept(Event):
    """The seller made a rule, or changed one: its next version."""

    topic: ClassVar[str] = "seller.rule_kept.v1"
    rule_id: Identifier
    version: int
    reasons: tuple[Reason, ...]
    up_to: Money


class SellerRuleEnded(Event):
    """The seller ended a rule; what it answered stands."""

    topic: ClassVar[str] = "seller.rule_ended.v1"
    rule_id: Identifier
    version: int


@dataclass(frozen=True, slots=True)
class SellerRule:
    """One rule in its newest version."""

    rule_id: str
    version: int
    reasons: frozenset[Reason]
    up_to: Money
    is_live: bool = True

    @property
    def ref(self) -> RuleRef:
        return RuleRef(rule_id=self.rule_id, version=self.version)

    def covers(self, reason: Reason, cost: Money) -> bool:
        """Whether it refunds a request for this reason that costs the seller so much."""
        fits = cost.currency == self.up_to.currency and cost <= self.up_to
        return self.is_live and reason in self.reasons and fits


@dataclass(frozen=True, slots=True)
class SellerRules:
    """All rules that a seller ever made, in the order in which he first did."""

    by_id: Mapping[str, SellerRule] = field(default_factory=lambda: MappingProxyType({}))

    def covering(self, reason: Reason, cost: Money) -> SellerRule | None:
        """The first rule that refunds such a request; None when it is the seller's to answer."""
        return next((rule for rule in self.by_id.values() if rule.covers(reason, cost)), None)

    def with_rule(self, rule: SellerRule) -> SellerRules:
        return SellerRules(MappingProxyType({**self.by_id, rule.rule_id: rule}))


def keep_rule(rules: SellerRules, rule_id: str, terms: RuleTerms) -> list[Event]:
    """The events of making or changing a rule: none when it stands so already. Raises RuleBroken."""
    known = rules.by_id.get(rule_id)
    if known and known.is_live and (known.reasons, known.up_to) == (terms.reasons, terms.up_to):
        return []
    _sound(terms)
    if sum(rule.is_live for rule in rules.by_id.values()) >= MOST_RULES and not (known and known.is_live):
        raise RuleBroken(
            "too_many_rules", f"a seller keeps at most {MOST_RULES} rules; end one of them", at_most=MOST_RULES
        )
    version = known.version + 1 if known else 1
    reasons = tuple(sorted(terms.reasons))
    return [SellerRuleKept(rule_id=rule_id, version=version, reasons=reasons, up_to=terms.up_to)]


def end_rule(rules: SellerRules, rule_id: str) -> list[Event]:
    """The events of ending a rule: none when it has ended already. Raises Unknown for one there never was."""
    known = rules.by_id.get(rule_id)
    if known is None:
        raise Unknown("unknown_rule", f"the seller has no rule {rule_id}", rule_id=rule_id)
    return [SellerRuleEnded(rule_id=rule_id, version=known.version)] if known.is_live else []


def _sound(terms: RuleTerms) -> None:
    others = sorted(terms.reasons - REFUNDABLE)
    if others:
        raise RuleBroken(
            "rule_reasons",
            f"a rule refunds for {', '.join(sorted(REFUNDABLE))}, not for {', '.join(others)}",
            refused=others,
        )
    if terms.up_to.minor <= 0:
        raise RuleBroken("rule_amount", f"a rule refunds up to an amount above zero, not {terms.up_to}")


@singledispatch
def evolve(event: Event, rules: SellerRules) -> SellerRules:
    """The rules after one of the seller's events; events of no meaning here leave them as they were."""
    return rules


@evolve.register
def _(event: SellerRuleKept, rules: SellerRules) -> SellerRules:
    return rules.with_rule(SellerRule(event.rule_id, event.version, frozenset(event.reasons), event.up_to))


@evolve.register
def _(event: SellerRuleEnded, rules: SellerRules) -> SellerRules:
    known = rules.by_id.get(event.rule_id)
    if known is None:
        return rules
    return rules.with_rule(SellerRule(known.rule_id, known.version, known.reasons, known.up_to, is_live=False))
