"""How buyers and sellers are reached: what the marketplace says, and which mails they want (SPEC §7.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain import mail_preferences
from domain.actors import Actor, Role
from domain.buyer import account as buyer
from domain.buyer.account import BuyerAccount, BuyerProfile
from domain.mail_preferences import MailPreferences
from domain.messages import Event
from domain.refusals import Unknown
from store import streams
from store.application.account_desk import AccountDesk, only
from store.application.accounts import unknown_seller
from store.application.errand import Errand, Receipt
from store.envelope import Envelope


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """A buyer's account with the version of the stream that tells it."""

    account: BuyerAccount
    version: int


class Contacts(AccountDesk):
    """Records how people are reached."""

    def buyer(self, buyer_id: str, actor: Actor) -> BuyerRecord:
        """The buyer as he can be reached. Raises Unknown when another buyer asks."""
        _only_himself(actor, Role.BUYER, buyer_id, _unknown_buyer(buyer_id))
        history = self._log.history(streams.buyer(buyer_id))
        return BuyerRecord(self._parties.reach_of(history), len(history))

    def record_buyer(self, buyer_id: str, profile: BuyerProfile, errand: Errand) -> Receipt:
        """Record what the marketplace says of a buyer."""
        only(errand, Role.MARKETPLACE)

        def decide(history: Sequence[Envelope]) -> list[Event]:
            return buyer.record_profile(self._parties.reach_of(history), buyer_id, profile)

        return self._write(streams.buyer(buyer_id), profile, errand, decide)

    def choose_buyers_mails(self, buyer_id: str, chosen: MailPreferences, errand: Errand) -> Receipt:
        """The buyer is mailed of everything but this from now on. Raises Unknown for another buyer's."""
        only(errand, Role.BUYER, Role.MARKETPLACE)
        _only_himself(errand.actor, Role.BUYER, buyer_id, _unknown_buyer(buyer_id))

        def decide(history: Sequence[Envelope]) -> list[Event]:
            return mail_preferences.choose(self._parties.reach_of(history).mail, chosen)

        return self._write(streams.buyer(buyer_id), chosen, errand, decide)

    def choose_sellers_mails(self, seller_id: str, chosen: MailPreferences, errand: Errand) -> Receipt:
        """The seller is mailed of everything but this from now on. Raises Unknown for another's, or an unknown one."""
        only(errand, Role.SELLER, Role.MARKETPLACE)
        _only_himself(errand.actor, Role.SELLER, seller_id, unknown_seller(seller_id))

        def decide(history: Sequence[Envelope]) -> list[Event]:
            account = self._parties.seller_of(history)
            if account is None:
                raise unknown_seller(seller_id)
            return mail_preferences.choose(account.mail, chosen)

        return self._write(streams.seller(seller_id), chosen, errand, decide)


def _only_himself(actor: Actor, role: Role, person_id: str, otherwise: Unknown) -> None:
    if actor.role is role and actor.id != person_id:
        raise otherwise


def _unknown_buyer(buyer_id: str) -> Unknown:
    return Unknown("unknown_buyer", f"no buyer {buyer_id}", buyer_id=buyer_id)
