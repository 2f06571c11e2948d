"""What a cancellation does with money: all that was paid goes back, the sale is reversed, nothing more (SPEC §4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from domain.cancellation import events as e
from domain.cancellation.situation import Situation
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.payout import left_with_provider
from domain.posting import Account, ChargeRule, Entry, Item, Posting

Charge: TypeAlias = Callable[[Situation], Posting | None]


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

    def posting(situation: Situation) -> Posting | None:
        due = situation.cancellation.refund_due
        if due is None:
            return None
        return _all_of_it(rule, source, target, due)

    return posting


def _all_of_it(rule: ChargeRule, source: Account, target: Account, amount: Money) -> Posting:
    return Posting(rule=rule, entries=(_entry(source, Item.REFUND, -amount), _entry(target, Item.REFUND, amount)))


def _lost_elsewhere(situation: Situation) -> Posting | None:
    """What the provider paid for another matter of the line, the platform loses."""
    left = left_with_provider(situation.command, situation.role)
    return _all_of_it(ChargeRule.STRAY_REFUND, Account.PLATFORM, Account.PAYMENTS, left) if left else None


def _paid_elsewhere(situation: Situation) -> Posting | None:
    """What was due is paid; what another refund took less or more than that is the platform's."""
    due, left = situation.cancellation.refund_due, left_with_provider(situation.command, situation.role)
    if due is None or left is None or left == due:
        return PAID_OUT(situation)
    entries = (
        _entry(Account.BUYER_REFUNDS, Item.REFUND, -due),
        _entry(Account.PLATFORM, Item.REFUND, due - left),
        _entry(Account.PAYMENTS, Item.REFUND, left),
    )
    return Posting(rule=ChargeRule.REFUND_SETTLED, entries=entries)


def _loss_made_good(situation: Situation) -> Posting | None:
    """The bank had paid beside a refund that settled after all, and now no longer has.

    A refund made elsewhere beside it was never booked; it stands where the bank's money stood.
    """
    cancellation = situation.cancellation
    return LOSS_RETURNED(situation) if cancellation.bank_paid and cancellation.attempts_settled else None


PAID_OUT = _moved(ChargeRule.REFUND_SETTLED, Account.BUYER_REFUNDS, Account.PAYMENTS)
PAID_BY_THE_BANK = _moved(ChargeRule.PAID_BY_CHARGEBACK, Account.BUYER_REFUNDS, Account.PAYMENTS)
STRAYED = _moved(ChargeRule.STRAY_REFUND, Account.PLATFORM, Account.PAYMENTS)
"""Money reached the buyer that nobody owed him any more: the platform's loss, for it to get back."""
DUE_AGAIN = _moved(ChargeRule.CHARGEBACK_REVERSED, Account.PAYMENTS, Account.BUYER_REFUNDS)
"""What the bank had paid is owed to the buyer once more."""
LOSS_RETURNED = _moved(ChargeRule.CHARGEBACK_REVERSED, Account.PAYMENTS, Account.PLATFORM)

CHARGES: dict[type[e.CancellationEvent], Charge] = {
    e.CancellationAccepted: lambda situation: _sale_reversed(situation.cancellation.line),
    e.RefundSettled: PAID_OUT,
    e.RefundPaidOtherwise: PAID_OUT,
    e.RefundPaidElsewhere: _paid_elsewhere,
    e.RefundedElsewhere: _lost_elsewhere,
    e.OutsideRefundRecorded: _lost_elsewhere,
    e.RefundSupersededByChargeback: PAID_BY_THE_BANK,
    e.RefundLeftToChargeback: PAID_BY_THE_BANK,
    e.StrayRefundSettled: STRAYED,
    e.RefundDueAfterReversal: DUE_AGAIN,
    e.ChargebackReversed: _loss_made_good,
}
"""Every other event moves no money."""


def posting_of(situation: Situation, event: type[e.CancellationEvent]) -> Posting | None:
    """What ``event`` posts in this situation."""
    charge = CHARGES.get(event)
    return charge(situation) if charge else None
