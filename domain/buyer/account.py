"""One buyer's account: how he is reached, as the marketplace says and he himself chooses (SPEC §7.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import ClassVar

from domain.language import Locale
from domain.mail_preferences import EVERY_MAIL, MailPreferences, MailPreferencesChosen
from domain.messages import Event, Identifier, Personal, Value
from domain.seller.account import Email


class BuyerProfile(Value):
    """What the marketplace says of a buyer; each report replaces the one before."""

    locale: Locale = Locale.ENGLISH
    email: Email | None = None


UNTOLD = BuyerProfile()
"""What is known of a buyer whom the marketplace has not reported."""


class BuyerProfileRecorded(Event):
    """The marketplace reported a buyer."""

    topic: ClassVar[str] = "buyer.profile_recorded.v1"
    buyer_id: Identifier
    locale: Locale
    email: Personal | None = None


@dataclass(frozen=True, slots=True)
class BuyerAccount:
    """A buyer as he can be reached; one nobody has spoken of reads what the app shows him, in English."""

    profile: BuyerProfile = UNTOLD
    mail: MailPreferences = EVERY_MAIL


def record_profile(account: BuyerAccount, buyer_id: str, profile: BuyerProfile) -> list[Event]:
    """The events of a report: none when nothing changed."""
    if account.profile == profile:
        return []
    email = Personal.of(f"buyer:{buyer_id}", profile.email) if profile.email else None
    return [BuyerProfileRecorded(buyer_id=buyer_id, locale=profile.locale, email=email)]


@singledispatch
def evolve(event: Event, account: BuyerAccount) -> BuyerAccount:
    """The account after one of the buyer's events; events of no meaning here leave it as it was."""
    return account


@evolve.register
def _(event: BuyerProfileRecorded, account: BuyerAccount) -> BuyerAccount:
    email = event.email.text if event.email else None
    return replace(account, profile=BuyerProfile(locale=event.locale, email=email))


@evolve.register
def _(event: MailPreferencesChosen, account: BuyerAccount) -> BuyerAccount:
    return replace(account, mail=MailPreferences(muted=frozenset(event.muted)))
