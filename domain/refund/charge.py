"""What an event does with money, and how an amount is cut among those who bear it (SPEC §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.money import Money
from domain.posting import Account, Entry, Item, Posting
from domain.refund.commands import Liability
from domain.refund.situation import Situation
from domain.vocabulary import Party

ACCOUNT_OF = {
    Party.SELLER: Account.SELLER,
    Party.PLATFORM: Account.PLATFORM,
    Party.CARRIER: Account.CARRIER_CLAIMS,
}


@dataclass(frozen=True, slots=True)
class Charge:
    """What an event does with money: what becomes due to the buyer, and the posting."""

    refund: Money | None
    posting: Posting | None


Rule = Callable[[Situation], Charge]
NOTHING = Charge(None, None)


def shares_of(amount: Money, liability: Liability) -> dict[Party, Money]:
    """``amount`` borne by the liable parties, to the exact minor unit.

    The seller's part is cut first and rounded on its own, half a unit in his favour: so it never falls when the
    amount rises, and a part refunded never costs him more than the whole.
    """
    rest, sellers = amount.allocate([liability.platform + liability.carrier, liability.seller])
    platforms, carriers = rest.allocate([liability.platform, liability.carrier])
    return {Party.SELLER: sellers, Party.PLATFORM: platforms, Party.CARRIER: carriers}


def borne(amount: Money, item: Item, liability: Liability) -> list[Entry]:
    """One entry for each liable party."""
    return [
        Entry(account=ACCOUNT_OF[party], item=item, amount=-part)
        for party, part in shares_of(amount, liability).items()
        if part
    ]
