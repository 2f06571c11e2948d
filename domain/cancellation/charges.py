"""What a cancellation does with money: all that was paid goes back, the sale is reversed, nothing more (SPEC §4)."""

from __future__ import annotations

from collections.abc import Callable

from domain.cancellation import events as e
from domain.cancellation.cancellation import Cancellation
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.posting import Account, ChargeRule, Entry, Item, Posting
from domain.vocabulary import CancellationOutcome


def _entry(account: Account, item: Item, amount: Money) -> Entry:
    return Entry(account=account, item=item, amount=amount)


def _sale_reversed(line: OrderLineFacts) -> Posting:
    """The sale never was: its proceeds go back, the commission taken from them comes back, tax is the platform's."""
    entries = [
        _entry(Account.SELLER, Item.SALE_PROCEEDS, -(line.price + line.shipping)),
        _entry(Account.PLATFORM_TAX, Item.TAX, -line.tax),
        _entry(Account.BUYER_REFUNDS, Item.REFUND, line.paid),
    ]
    if line.commission is not None:
        entries += [
            _entry(Account.SELLER, Item.COMMISSION, line.commission),
            _entry(Account.PLATFORM, Item.COMMISSION, -line.commission),
        ]
    return Posting(rule=ChargeRule.SALE_CANCELLED, entries=tuple(entry for entry in entries if entry.amount))


def _paid_out(rule: ChargeRule) -> Callable[[Cancellation], Posting | None]:
    """The buyer has his money: what was owed to him is owed no more."""

    def posting(cancellation: Cancellation) -> Posting | None:
        owed = cancellation.refund_due
        if owed is None:
            return None
        entries = (
            _entry(Account.BUYER_REFUNDS, Item.REFUND, -owed),
            _entry(Account.PAYMENTS, Item.REFUND, owed),
        )
        return Posting(rule=rule, entries=entries)

    return posting


def _strayed(cancellation: Cancellation) -> Posting | None:
    """Money reached the buyer that nobody owed him any more: the platform's loss, for it to get back."""
    amount = cancellation.refund_due
    if amount is None:
        return None
    entries = (
        _entry(Account.PLATFORM, Item.REFUND, -amount),
        _entry(Account.PAYMENTS, Item.REFUND, amount),
    )
    return Posting(rule=ChargeRule.STRAY_REFUND, entries=entries)


def _due_again(cancellation: Cancellation) -> Posting | None:
    """What the bank had paid is owed to the buyer once more."""
    owed = cancellation.refund_due
    if owed is None:
        return None
    entries = (
        _entry(Account.PAYMENTS, Item.REFUND, -owed),
        _entry(Account.BUYER_REFUNDS, Item.REFUND, owed),
    )
    return Posting(rule=ChargeRule.CHARGEBACK_REVERSED, entries=entries)


def _loss_made_good(cancellation: Cancellation) -> Posting | None:
    """The bank had paid beside a refund that settled after all, and now no longer has."""
    owed, outcome = cancellation.refund_due, cancellation.outcome
    if owed is None or outcome is not CancellationOutcome.SUPERSEDED_BY_CHARGEBACK:
        return None
    entries = (
        _entry(Account.PAYMENTS, Item.REFUND, -owed),
        _entry(Account.PLATFORM, Item.REFUND, owed),
    )
    return Posting(rule=ChargeRule.CHARGEBACK_REVERSED, entries=entries)


CHARGES: dict[type[e.CancellationEvent], Callable[[Cancellation], Posting | None]] = {
    e.CancellationAccepted: lambda cancellation: _sale_reversed(cancellation.line),
    e.RefundSettled: _paid_out(ChargeRule.REFUND_SETTLED),
    e.RefundPaidOtherwise: _paid_out(ChargeRule.REFUND_SETTLED),
    e.RefundPaidElsewhere: _paid_out(ChargeRule.REFUND_SETTLED),
    e.RefundSupersededByChargeback: _paid_out(ChargeRule.PAID_BY_CHARGEBACK),
    e.RefundLeftToChargeback: _paid_out(ChargeRule.PAID_BY_CHARGEBACK),
    e.StrayRefundSettled: _strayed,
    e.RefundDueAfterReversal: _due_again,
    e.ChargebackReversed: _loss_made_good,
}
"""Every other event moves no money."""


def posting_of(cancellation: Cancellation, event: type[e.CancellationEvent]) -> Posting | None:
    """What ``event`` posts."""
    charge = CHARGES.get(event)
    return charge(cancellation) if charge else None
