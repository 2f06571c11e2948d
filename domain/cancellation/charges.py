"""What a cancellation does with money: all that was paid goes back, the sale is reversed, nothing more (SPEC §4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from domain.cancellation import events as e
from domain.cancellation.cancellation import Cancellation
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.posting import Account, ChargeRule, Entry, Item, Posting

Charge: TypeAlias = Callable[[Cancellation], Posting | None]


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


def _moved(rule: ChargeRule, source: Account, target: Account) -> Charge:
    """What was due to the buyer goes from one account to the other; nothing where nothing was due."""

    def posting(cancellation: Cancellation) -> Posting | None:
        due = cancellation.refund_due
        if due is None:
            return None
        entries = (_entry(source, Item.REFUND, -due), _entry(target, Item.REFUND, due))
        return Posting(rule=rule, entries=entries)

    return posting


def _loss_made_good(cancellation: Cancellation) -> Posting | None:
    """The bank had paid beside a refund that settled after all, and now no longer has.

    A refund made elsewhere beside it was never booked; it stands where the bank's money stood.
    """
    return LOSS_RETURNED(cancellation) if cancellation.bank_paid and cancellation.attempts_settled else None


PAID_OUT = _moved(ChargeRule.REFUND_SETTLED, Account.BUYER_REFUNDS, Account.PAYMENTS)
PAID_BY_THE_BANK = _moved(ChargeRule.PAID_BY_CHARGEBACK, Account.BUYER_REFUNDS, Account.PAYMENTS)
STRAYED = _moved(ChargeRule.STRAY_REFUND, Account.PLATFORM, Account.PAYMENTS)
"""Money reached the buyer that nobody owed him any more: the platform's loss, for it to get back."""
DUE_AGAIN = _moved(ChargeRule.CHARGEBACK_REVERSED, Account.PAYMENTS, Account.BUYER_REFUNDS)
"""What the bank had paid is owed to the buyer once more."""
LOSS_RETURNED = _moved(ChargeRule.CHARGEBACK_REVERSED, Account.PAYMENTS, Account.PLATFORM)

CHARGES: dict[type[e.CancellationEvent], Charge] = {
    e.CancellationAccepted: lambda cancellation: _sale_reversed(cancellation.line),
    e.RefundSettled: PAID_OUT,
    e.RefundPaidOtherwise: PAID_OUT,
    e.RefundPaidElsewhere: PAID_OUT,
    e.RefundSupersededByChargeback: PAID_BY_THE_BANK,
    e.RefundLeftToChargeback: PAID_BY_THE_BANK,
    e.StrayRefundSettled: STRAYED,
    e.RefundDueAfterReversal: DUE_AGAIN,
    e.ChargebackReversed: _loss_made_good,
}
"""Every other event moves no money."""


def posting_of(cancellation: Cancellation, event: type[e.CancellationEvent]) -> Posting | None:
    """What ``event`` posts."""
    charge = CHARGES.get(event)
    return charge(cancellation) if charge else None
