"""Postings: what an event does to the books, double-entry, recorded with the event (SPEC §5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.messages import Value
from domain.money import Money


class Account(StrEnum):
    """The chart of accounts. A positive amount is owed to, or earned by, the account's holder."""

    SELLER = "seller"
    BUYER_REFUNDS = "buyer_refunds"
    PLATFORM = "platform"
    PLATFORM_TAX = "platform_tax"
    CARRIER_CLAIMS = "carrier_claims"
    CARRIER_LABELS = "carrier_labels"
    PAYMENTS = "payments"
    SALES = "sales"


CHART: dict[Account, str] = {
    Account.SELLER: "A seller's balance, a ledger of its own for each seller and currency.",
    Account.BUYER_REFUNDS: "Refunds owed to buyers and not yet settled.",
    Account.PLATFORM: "What the platform bears or gains.",
    Account.PLATFORM_TAX: "Tax that the platform reverses.",
    Account.CARRIER_CLAIMS: "What carriers bear.",
    Account.CARRIER_LABELS: "Return labels owed to carriers.",
    Account.PAYMENTS: "Money that left through the payment provider.",
    Account.SALES: "The counter account of proceeds and payouts that the marketplace posts.",
}
"""What each account is for."""


class Item(StrEnum):
    """What an entry is for."""

    PRICE_AND_SHIPPING = "price_and_shipping"
    PARTIAL_AMOUNT = "partial_amount"
    RETURN_LABEL = "return_label"
    """The cost of a used label, passed on to whoever is liable."""
    CARRIER_BILL = "carrier_bill"
    """The same cost as the platform owes it to the carrier, whoever is liable."""
    TAX = "tax"
    COMMISSION = "commission"
    REFUND = "refund"
    SALE_PROCEEDS = "sale_proceeds"
    PAYOUT = "payout"
    CORRECTION = "correction"


class ChargeRule(StrEnum):
    """Which rule an amount comes from; the labels hold the sentence that says it to whoever is charged."""

    FULL_REFUND = "full_refund"
    FULL_REFUND_AFTER_RETURN = "full_refund_after_return"
    PARTIAL_REFUND = "partial_refund"
    REFUND_SETTLED = "refund_settled"
    REFUND_UNDONE = "refund_undone"
    APPEAL_UPHELD = "appeal_upheld"
    RETURN_LABEL_BORNE = "return_label_borne"
    SALE_CANCELLED = "sale_cancelled"
    STRAY_REFUND = "stray_refund"
    PAID_BY_CHARGEBACK = "paid_by_chargeback"
    CHARGEBACK_REVERSED = "chargeback_reversed"
    SALE_PROCEEDS = "sale_proceeds"
    PAYOUT = "payout"
    CORRECTION = "correction"


class Entry(Value):
    """One signed amount on one account."""

    account: Account
    item: Item
    amount: Money


class Posting(Value):
    """The entries of one event, in one currency; they sum to zero."""

    rule: ChargeRule
    entries: Annotated[tuple[Entry, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _is_balanced(self) -> Self:
        if len({entry.amount.currency for entry in self.entries}) != 1:
            raise ValueError("the entries of a posting are in one currency")
        if sum(entry.amount.minor for entry in self.entries) != 0:
            raise ValueError("the entries of a posting sum to zero")
        return self

    @property
    def currency(self) -> str:
        return self.entries[0].amount.currency

    def minor_on(self, account: Account) -> int:
        """The change of one account, in minor units."""
        return sum(entry.amount.minor for entry in self.entries if entry.account is account)

    def standing(self) -> Iterator[Entry]:
        """What stands after all entries, one for each account and item, zeros left out."""
        minors: Counter[tuple[Account, Item]] = Counter()
        for entry in self.entries:
            minors[entry.account, entry.item] += entry.amount.minor
        for (account, item), minor in minors.items():
            if minor:
                yield Entry(account=account, item=item, amount=Money(minor=minor, currency=self.currency))

    def joined(self, later: Posting) -> Posting:
        """Both postings as one, under this one's rule."""
        return Posting(rule=self.rule, entries=self.entries + later.entries)

    def undone(self) -> Posting | None:
        """The posting that takes this one back; None if nothing stands.

        What has left the house stays: a carrier's bill, and a refund that reached the buyer beside what he was owed.
        """
        taken_back = tuple(
            Entry(account=entry.account, item=entry.item, amount=-entry.amount)
            for entry in self.standing()
            if entry.item is not Item.CARRIER_BILL
            and (entry.item is not Item.REFUND or entry.account is Account.BUYER_REFUNDS)
        )
        return Posting(rule=ChargeRule.REFUND_UNDONE, entries=taken_back) if taken_back else None


class HoldReason(StrEnum):
    """Why an amount of the seller's balance is held, or no longer."""

    CASE_OPEN = "case_open"
    CHARGED = "charged"
    CASE_CLOSED = "case_closed"
    SELLER_RELIEVED = "seller_relieved"


class HoldChange(Value):
    """A change of what is held; a hold is no charge."""

    amount: Money
    """Positive when placed, negative when released."""
    reason: HoldReason
