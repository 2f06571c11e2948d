"""The charges table: what each event makes due to the buyer and who bears it, exactly the source's table (SPEC §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.policy import Policy
from domain.posting import Account, ChargeRule, Entry, HoldChange, HoldReason, Item, Posting
from domain.refund import events as e
from domain.refund.case import Case
from domain.refund.commands import AcceptOffer, DecidePartialRefund, Liability
from domain.refund.situation import Situation
from domain.vocabulary import Party, RefundState, ReturnState, Route, Status

SELLER_ALONE = Liability(seller=100)
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


def full_amount(case: Case) -> Money:
    """What a full refund costs the seller: price + shipping; tax is the platform's (SPEC §5)."""
    return case.line.price + case.line.shipping


def _liability(situation: Situation) -> Liability:
    """The decision's own, else the one that support decided before, else the seller alone."""
    return getattr(situation.command, "liability", None) or situation.case.liability or SELLER_ALONE


def _shared(amount: Money, item: Item, liability: Liability) -> list[Entry]:
    """``amount`` borne by the liable parties, to the exact minor unit."""
    parts = amount.allocate(list(liability.shares.values()))
    return [
        Entry(account=ACCOUNT_OF[party], item=item, amount=-part)
        for party, part in zip(liability.shares, parts, strict=True)
        if part
    ]


def _commission_credit(situation: Situation, charged: Money, liability: Liability) -> list[Entry]:
    """The commission on the refunded part, credited to the seller as far as he bears the refund (SPEC §5, knob)."""
    case, full = situation.case, full_amount(situation.case)
    commission = case.line.commission
    if commission is None or not full.minor or not situation.context.policy.money.credit_commission:
        return []
    refunded = commission.allocate([charged.minor, full.minor - charged.minor])[0]
    sellers = refunded.allocate(list(liability.shares.values()))[0]
    if not sellers:
        return []
    return [
        Entry(account=Account.SELLER, item=Item.COMMISSION, amount=sellers),
        Entry(account=Account.PLATFORM, item=Item.COMMISSION, amount=-sellers),
    ]


def _owed_to_buyer(amount: Money) -> Entry:
    return Entry(account=Account.BUYER_REFUNDS, item=Item.REFUND, amount=amount)


def _full(situation: Situation) -> Charge:
    """Everything paid goes back; a label that was used is borne like the rest."""
    line, liability = situation.case.line, _liability(situation)
    entries = _shared(full_amount(situation.case), Item.PRICE_AND_SHIPPING, liability)
    if line.tax:
        entries.append(Entry(account=Account.PLATFORM_TAX, item=Item.TAX, amount=-line.tax))
    entries.append(_owed_to_buyer(line.paid))
    entries += _commission_credit(situation, full_amount(situation.case), liability)
    label = _used_label(situation.case)
    if label:
        entries += [
            *_shared(label, Item.RETURN_LABEL, liability),
            Entry(account=Account.CARRIER_LABELS, item=Item.RETURN_LABEL, amount=label),
        ]
    rule = ChargeRule.FULL_REFUND_AFTER_RETURN if label else ChargeRule.FULL_REFUND
    return Charge(refund=line.paid, posting=Posting(rule=rule, entries=tuple(entries)))


USED = frozenset({ReturnState.SCANNED, ReturnState.DELIVERED, ReturnState.DISPUTED})


def _used_label(case: Case) -> Money | None:
    """The label's cost once the parcel was scanned; an unused, void or lost label costs the seller nothing."""
    return case.return_label_cost if case.return_state in USED else None


def _partial(situation: Situation) -> Charge:
    """The partial amount, and nothing else."""
    command = situation.command
    assert isinstance(command, AcceptOffer | DecidePartialRefund)  # noqa: S101 -- the table pairs them
    liability = _liability(situation)
    entries = [
        *_shared(command.amount, Item.PARTIAL_AMOUNT, liability),
        _owed_to_buyer(command.amount),
        *_commission_credit(situation, command.amount, liability),
    ]
    return Charge(refund=command.amount, posting=Posting(rule=ChargeRule.PARTIAL_REFUND, entries=tuple(entries)))


def _settled(situation: Situation) -> Charge:
    """The refund has left through the payment provider."""
    owed = situation.case.refund_due
    if owed is None:
        return Charge(None, None)
    entries = (
        Entry(account=Account.BUYER_REFUNDS, item=Item.REFUND, amount=-owed),
        Entry(account=Account.PAYMENTS, item=Item.REFUND, amount=owed),
    )
    return Charge(None, Posting(rule=ChargeRule.REFUND_SETTLED, entries=entries))


def _undone(situation: Situation) -> Charge:
    """Nothing is refunded after all: whatever was charged is credited back."""
    standing = situation.case.posting
    return Charge(None, standing.undone() if standing else None)


def _elsewhere(situation: Situation) -> Charge:
    """Another way paid the buyer: a failed refund is settled by it, one not submitted yet is undone."""
    failed = situation.case.refund is RefundState.FAILED
    return _settled(situation) if failed else _undone(situation)


def _credited(situation: Situation) -> Charge:
    """The appeal succeeded: the seller gets back what he bore, at the platform's cost; the buyer keeps his refund."""
    charged = situation.case.seller_charged
    entries = (
        Entry(account=Account.SELLER, item=Item.PRICE_AND_SHIPPING, amount=charged),
        Entry(account=Account.PLATFORM, item=Item.PRICE_AND_SHIPPING, amount=-charged),
    )
    return Charge(None, Posting(rule=ChargeRule.APPEAL_UPHELD, entries=entries))


CHARGES: dict[type[e.CaseEvent], Rule] = {
    e.RefundApproved: _full,
    e.SilenceRefunded: _full,
    e.SettledInFull: _full,
    e.ReturnConfirmed: _full,
    e.ReturnConfirmedBySilence: _full,
    e.FullRefundDecided: _full,
    e.OfferAccepted: _partial,
    e.PartialRefundDecided: _partial,
    e.RefundSettled: _settled,
    e.RefundPaidOtherwise: _settled,
    e.SupersededByChargeback: _undone,
    e.RefundSupersededByChargeback: _undone,
    e.RefundedElsewhere: _elsewhere,
    e.AppealUpheld: _credited,
}
"""Every other event moves no money."""


def charge_of(situation: Situation, event: type[e.CaseEvent]) -> Charge:
    """What ``event`` makes due and posts in this situation."""
    rule = CHARGES.get(event)
    return rule(situation) if rule else Charge(None, None)


def exposure(line: OrderLineFacts, policy: Policy) -> Money:
    """The most a case can cost its seller: price, shipping and a return label as the policy estimates it."""
    label = Money(minor=policy.money.return_label_estimate_minor, currency=line.price.currency)
    return line.price + line.shipping + label


def hold_change(situation: Situation, event: type[e.CaseEvent], to: Status) -> HoldChange | None:
    """The hold placed again when a case comes alive, or released once the seller is charged, the case ends,
    or he is relieved (SPEC §5).
    """
    case, policy = situation.case, situation.context.policy
    held = case.held is not None and case.held.minor > 0
    reason = _release_reason(event, to)
    if held and reason:
        return HoldChange(amount=-case.held, reason=reason)  # type: ignore[operator]  # held is set
    at_stake = policy.money.hold_exposure and case.route is Route.SELLER and not case.fraud_suspected
    revived = not case.is_open and to not in {Status.CLOSED, Status.APPEAL_REVIEW}
    if revived and at_stake and case.is_refundable:
        return HoldChange(amount=exposure(case.line, policy), reason=HoldReason.CASE_OPEN)
    return None


def _release_reason(event: type[e.CaseEvent], to: Status) -> HoldReason | None:
    if event is e.TakenOverForFraud:
        return HoldReason.SELLER_RELIEVED
    if to is Status.REFUND_PENDING:
        return HoldReason.CHARGED
    return HoldReason.CASE_CLOSED if to is Status.CLOSED else None
