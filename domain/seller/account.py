"""One seller's account: what the marketplace and the seller himself say of him, and what follows (SPEC §2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from domain.business_time import ZoneName
from domain.language import Locale
from domain.mail_preferences import EVERY_MAIL, MailPreferences, MailPreferencesChosen
from domain.messages import Event, Identifier, Line, Personal, Value
from domain.refusals import RuleBroken, Unknown

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
MOST_ADDRESSES = 50


class Address(Value):
    """A postal address as its owner wrote it."""

    name: Line
    street: Line
    postal_code: Line
    city: Line
    country: CountryCode


class SellerProfile(Value):
    """What the marketplace says of a seller; each report replaces the one before."""

    enrolled: bool = False
    locale: Locale = Locale.ENGLISH
    email: Email | None = None
    time_zone: ZoneName = "Europe/Berlin"


class SellerProfileRecorded(Event):
    """The marketplace reported a seller, or an order named one for the first time (then not enrolled)."""

    topic: ClassVar[str] = "seller.profile_recorded.v1"
    seller_id: Identifier
    enrolled: bool
    locale: Locale
    time_zone: ZoneName
    email: Personal | None = None


class SellerAddressRecorded(Event):
    """An address was added to the account, or one of the same id was replaced."""

    topic: ClassVar[str] = "seller.address_recorded.v1"
    address_id: Identifier
    address: Personal
    """The address as JSON."""


class ReturnAddressChosen(Event):
    """Returns approved from now on go to this address; those already approved keep theirs."""

    topic: ClassVar[str] = "seller.return_address_chosen.v1"
    address_id: Identifier


@dataclass(frozen=True, slots=True)
class SellerAccount:
    """A seller as he stands."""

    id: str
    profile: SellerProfile
    addresses: tuple[tuple[str, Personal], ...] = ()
    return_address_id: str | None = None
    mail: MailPreferences = EVERY_MAIL
    """What he wants no mail of."""

    @property
    def return_address(self) -> Personal | None:
        """Where returns go; None when none is chosen, or its owner's data was erased."""
        chosen = dict(self.addresses).get(self.return_address_id or "")
        return chosen if chosen and chosen.text is not None else None


def record_profile(account: SellerAccount | None, seller_id: str, profile: SellerProfile) -> list[Event]:
    """The events of a report: none when nothing changed."""
    if account is not None and account.profile == profile:
        return []
    email = Personal.of(f"seller:{seller_id}", profile.email) if profile.email else None
    return [
        SellerProfileRecorded(
            seller_id=seller_id,
            enrolled=profile.enrolled,
            locale=profile.locale,
            time_zone=profile.time_zone,
            email=email,
        )
    ]


def record_address(account: SellerAccount, address_id: str, address: Address) -> list[Event]:
    """The events of adding or replacing an address: none when nothing changed.

    Replacing the return address moves the returns approved from now on. Raises RuleBroken for one address too many.
    """
    personal = Personal.of(f"seller:{account.id}", address.model_dump_json())
    known = dict(account.addresses)
    if known.get(address_id) == personal:
        return []
    if address_id not in known and len(known) >= MOST_ADDRESSES:
        raise RuleBroken(
            "too_many_addresses",
            f"an account keeps at most {MOST_ADDRESSES} addresses; replace one of them",
            at_most=MOST_ADDRESSES,
        )
    return [SellerAddressRecorded(address_id=address_id, address=personal)]


def choose_return_address(account: SellerAccount, address_id: str) -> list[Event]:
    """The events of choosing an address: none when it is chosen already. Raises Unknown for an unknown id."""
    if address_id not in dict(account.addresses):
        raise Unknown("unknown_address", f"seller {account.id} has no address {address_id}", address_id=address_id)
    if account.return_address_id == address_id:
        return []
    return [ReturnAddressChosen(address_id=address_id)]


@singledispatch
def evolve(event: Event, account: SellerAccount | None) -> SellerAccount | None:
    """The account after one of its events; events of no meaning here leave it as it was."""
    return account


@evolve.register
def _(event: SellerProfileRecorded, account: SellerAccount | None) -> SellerAccount:
    profile = SellerProfile(
        enrolled=event.enrolled,
        locale=event.locale,
        time_zone=event.time_zone,
        email=event.email.text if event.email else None,
    )
    if account is None:
        return SellerAccount(id=event.seller_id, profile=profile)
    return replace(account, profile=profile)


@evolve.register
def _(event: SellerAddressRecorded, account: SellerAccount | None) -> SellerAccount | None:
    if account is None:
        return None
    kept = {**dict(account.addresses), event.address_id: event.address}
    return replace(account, addresses=tuple(kept.items()))


@evolve.register
def _(event: ReturnAddressChosen, account: SellerAccount | None) -> SellerAccount | None:
    return account and replace(account, return_address_id=event.address_id)


@evolve.register
def _(event: MailPreferencesChosen, account: SellerAccount | None) -> SellerAccount | None:
    return account and replace(account, mail=MailPreferences(muted=frozenset(event.muted)))
