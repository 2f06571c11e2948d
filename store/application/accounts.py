"""Sellers and buyers on the write side: profiles, addresses, and whether a buyer is under review (SPEC §§2 and 3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.actors import Actor, Role
from domain.buyer import standing as buyer
from domain.buyer.standing import BuyerStanding
from domain.messages import Event, Identifier, Line, Value
from domain.refusals import Unknown
from domain.seller import account as seller
from domain.seller import rules
from domain.seller.account import Address, SellerAccount, SellerProfile
from domain.seller.rules import RuleTerms, SellerRules
from store import streams
from store.application.account_desk import AccountDesk, Decide, only
from store.application.errand import Errand, Receipt
from store.envelope import Envelope


class ChosenAddress(Value):
    """Which of a seller's addresses returns go to."""

    address_id: Identifier


class EndedRule(Value):
    """Which of a seller's rules ends."""

    rule_id: Identifier


class Ground(Value):
    """Why support suspects a buyer, or no longer does."""

    ground: Line


@dataclass(frozen=True, slots=True)
class SellerRecord:
    """A seller's account with the version of the stream that tells it."""

    account: SellerAccount
    version: int


class Accounts(AccountDesk):
    """Records what is said of sellers and buyers."""

    def seller(self, seller_id: str, actor: Actor) -> SellerRecord:
        """The seller as he stands. Raises Unknown, also when another seller asks."""
        history = self._log.history(streams.seller(seller_id))
        account = self._parties.seller_of(history)
        if account is None or (actor.role is Role.SELLER and actor.id != seller_id):
            raise unknown_seller(seller_id)
        return SellerRecord(account, len(history))

    def buyer(self, buyer_id: str) -> BuyerStanding:
        """The buyer as he stands; one nobody has spoken of is not under review."""
        return self._parties.buyer_of(self._log.history(streams.buyer(buyer_id)))

    def record_profile(self, seller_id: str, profile: SellerProfile, errand: Errand) -> Receipt:
        """Record what the marketplace says of a seller; an unknown one is created."""
        only(errand, Role.MARKETPLACE)

        def decide(history: Sequence[Envelope]) -> list[Event]:
            return seller.record_profile(self._parties.seller_of(history), seller_id, profile)

        return self._write(streams.seller(seller_id), profile, errand, decide)

    def record_address(self, seller_id: str, address_id: str, address: Address, errand: Errand) -> Receipt:
        """Add an address to the seller's account, or replace the one of this id."""
        decide = self._on_account(seller_id, errand, lambda it: seller.record_address(it, address_id, address))
        return self._write(streams.seller(seller_id), address, errand, decide, part=address_id)

    def choose_return_address(self, seller_id: str, chosen: ChosenAddress, errand: Errand) -> Receipt:
        """Returns approved from now on go to this address. Raises Unknown for an id the account does not have."""
        decide = self._on_account(seller_id, errand, lambda it: seller.choose_return_address(it, chosen.address_id))
        return self._write(streams.seller(seller_id), chosen, errand, decide)

    def rules(self, seller_id: str, actor: Actor) -> SellerRules:
        """The seller's rules. Raises Unknown as ``seller`` does."""
        self.seller(seller_id, actor)
        return self._parties.rules_of(self._log.history(streams.seller(seller_id)))

    def keep_rule(self, seller_id: str, rule_id: str, terms: RuleTerms, errand: Errand) -> Receipt:
        """Make a rule, or change the one of this id. Requests made from now on are answered by it."""
        decide = self._on_rules(seller_id, errand, lambda it: rules.keep_rule(it, rule_id, terms))
        return self._write(streams.seller(seller_id), terms, errand, decide, part=f"rule/{rule_id}")

    def end_rule(self, seller_id: str, rule_id: str, errand: Errand) -> Receipt:
        """End a rule. Raises Unknown for one there never was."""
        decide = self._on_rules(seller_id, errand, lambda it: rules.end_rule(it, rule_id))
        return self._write(streams.seller(seller_id), EndedRule(rule_id=rule_id), errand, decide)

    def put_under_review(self, buyer_id: str, ground: Ground, errand: Errand) -> Receipt:
        """New requests of this buyer go to support from now on."""
        only(errand, Role.SUPPORT)

        def decide(history: Sequence[Envelope]) -> list[Event]:
            return buyer.put_under_review(self._parties.buyer_of(history), buyer_id, ground.ground)

        return self._write(streams.buyer(buyer_id), ground, errand, decide, part="put-under-review")

    def lift_review(self, buyer_id: str, ground: Ground, errand: Errand) -> Receipt:
        """New requests of this buyer are routed as usual again."""
        only(errand, Role.SUPPORT)

        def decide(history: Sequence[Envelope]) -> list[Event]:
            return buyer.lift_review(self._parties.buyer_of(history), buyer_id, ground.ground)

        return self._write(streams.buyer(buyer_id), ground, errand, decide, part="lift-review")

    def _on_account(self, seller_id: str, errand: Errand, change: Callable[[SellerAccount], list[Event]]) -> Decide:
        """A decision on a known account, for the seller himself or the marketplace."""
        only(errand, Role.SELLER, Role.MARKETPLACE)

        def decide(history: Sequence[Envelope]) -> list[Event]:
            account = self._parties.seller_of(history)
            foreign = errand.actor.role is Role.SELLER and errand.actor.id != seller_id
            if account is None or foreign:
                raise unknown_seller(seller_id)
            return change(account)

        return decide

    def _on_rules(self, seller_id: str, errand: Errand, change: Callable[[SellerRules], list[Event]]) -> Decide:
        """A decision on the rules of a known seller, his alone: they answer in his name."""
        only(errand, Role.SELLER)
        known = self._on_account(seller_id, errand, lambda _: [])
        return lambda history: known(history) + change(self._parties.rules_of(history))


def unknown_seller(seller_id: str) -> Unknown:
    """The refusal for a seller who does not exist, or is another than the one who asks."""
    return Unknown("unknown_seller", f"no seller {seller_id}", seller_id=seller_id)
