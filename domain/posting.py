"""Postings: what an event does to the books, double-entry, recorded with the event (SPEC §5)."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from domain.messages import Value
from domain.money import Money


class Account(StrEnum):
    """The chart of accounts. A positive amount is owed to, or earned by, the account's holder."""

    SELLER = "seller"
    """The seller's balance."""
    BUYER_REFUNDS = "buyer_refunds"
    """Refunds owed to buyers and not yet settled."""
    PLATFORM = "platform"
    """What the platform bears or gains."""
    PLATFORM_TAX = "platform_tax"
    """Tax that the platform reverses."""
    CARRIER_CLAIMS = "carrier_claims"
    """What carriers bear."""
    CARRIER_LABELS = "carrier_labels"
    """Return labels owed to carriers."""
    PAYMENTS = "payments"
    """Money that left through the payment provider."""
    SALES = "sales"
    """The counter account of proceeds and payouts that the marketplace posts."""


class Item(StrEnum):
    """What an entry is for."""

    PRICE_AND_SHIPPING = "price_and_shipping"
    PARTIAL_AMOUNT = "partial_amount"
    RETURN_LABEL = "return_label"
    TAX = "tax"
    COMMISSION = "commission"
    REFUND = "refund"


class ChargeRule(StrEnum):
    """Which row of the charges table an amount comes from."""

    FULL_REFUND = "full_refund"
    FULL_REFUND_AFTER_RETURN = "full_refund_after_return"
    PARTIAL_REFUND = "partial_refund"
    REFUND_SETTLED = "refund_settled"
    REFUND_UNDONE = "refund_undone"
    APPEAL_UPHELD = "appeal_upheld"
    RETURN_LABEL_BORNE = "return_label_borne"


class Entry(Value):
    """One signed amount on one account."""

    account: Account
    item: Item
    amount: Money


class Posting(Value):
    """The entries of one event; they sum to zero."""

    rule: ChargeRule
    entries: tuple[Entry, ...]

    @model_validator(mode="after")
    def _sums_to_zero(self) -> Self:
        if sum(entry.amount.minor for entry in self.entries) != 0:
            raise ValueError("the entries of a posting sum to zero")
        return self

    def minor_on(self, account: Account) -> int:
        """The change of one account, in minor units."""
        return sum(entry.amount.minor for entry in self.entries if entry.account is account)

    def joined(self, later: Posting) -> Posting:
        """Both postings as one, under this one's rule."""
        return Posting(rule=self.rule, entries=self.entries + later.entries)

    def undone(self) -> Posting:
        """The posting that takes this one back."""
        entries = tuple(entry.model_copy(update={"amount": -entry.amount}) for entry in self.entries)
        return Posting(rule=ChargeRule.REFUND_UNDONE, entries=entries)


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
