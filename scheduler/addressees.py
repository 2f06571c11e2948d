"""Whom a mail goes to: the address, language and wishes as they stand when it is sent (SPEC §7.7)."""

from __future__ import annotations

from domain.actors import CLOCK, Role
from domain.order.facts import OrderLineFacts
from domain.refusals import Unknown
from scheduler.letters import Addressee
from store.application import DirectService


class Addressees:
    """Finds them."""

    def __init__(self, service: DirectService, support: Addressee | None) -> None:
        """``support`` is where the marketplace's agents read mails; None where they only look into the app."""
        self._service = service
        self._support = support

    def of(self, role: Role, line: OrderLineFacts) -> Addressee | None:
        """Who is mailed in this role; None for someone without an address, or whose data was erased."""
        if role is Role.SUPPORT:
            return self._support
        return self._buyer(line.buyer_id) if role is Role.BUYER else self._seller(line.seller_id)

    def _buyer(self, buyer_id: str) -> Addressee | None:
        account = self._service.contacts.buyer(buyer_id, CLOCK).account
        address, zone = account.profile.email, self._service.policies.current.calendar.zone
        if address is None:
            return None
        return Addressee(
            person=f"{Role.BUYER}:{buyer_id}",
            address=address,
            locale=account.profile.locale,
            zone=zone,
            mail=account.mail,
        )

    def _seller(self, seller_id: str) -> Addressee | None:
        try:
            account = self._service.accounts.seller(seller_id, CLOCK).account
        except Unknown:
            return None
        profile = account.profile
        if profile.email is None:
            return None
        return Addressee(
            person=f"{Role.SELLER}:{seller_id}",
            address=profile.email,
            locale=profile.locale,
            zone=profile.time_zone,
            mail=account.mail,
        )
