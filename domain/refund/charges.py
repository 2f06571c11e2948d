"""The charges table: what each event makes due to the buyer and who bears it, exactly the source's table (SPEC §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.money import Money
from domain.posting import Account, ChargeRule, Entry, Item, Posting
from domain.refund import events as e
from domain.refund.case import Case
from domain.refund.commands import AcceptOffer, DecidePartialRefund, Liability, ReportReturnLabelIssued
from domain.refund.situation import Situation
from domain.vocabulary import Party, RefundState, ReturnState, ReviewCause, Status

SELLER_ALONE = Liability(seller=100)
ACCOUNT_OF = {
    Party.SELLER: Account.SELLER,
    Party.PLATFORM: Account.PLATFORM,
    Party.CARRIER: Account.CARRIER_CLAIMS,
}
UNSCANNED = frozenset({ReturnState.OPEN, ReturnState.VOID})
USED = frozenset({ReturnState.SCANNED, ReturnState.DELIVERED, ReturnState.DISPUTED})


@dataclass(frozen=True, slots=True)
class Charge:
    """What an event does with money: what becomes due to the buyer, and the posting."""

    refund: Money | None
    posting: Posting | None


Rule = Callable[[Situation], Charge]
NOTHING = Charge(None, None)


def full_amount(case: Case) -> Money:
    """What a full refund costs the seller: price + shipping; tax is the platform's (SPEC §5)."""
    return case.line.price + case.line.shipping


# Who bears how much


def _liability(situation: Situation) -> Liability:
    """The decision's own, else the one that support decided before, else the seller alone."""
    return getattr(situation.command, "liability", None) or situation.case.liability or SELLER_ALONE


def shares_of(amount: Money, liability: Liability) -> dict[Party, Money]:
    """``amount`` borne by the liable parties, to the exact minor unit.

    The seller's part is cut first and rounded on its own, half a unit in his favour: so it never falls when the
    amount rises, and a part refunded never costs him more than the whole.
    """
    rest, sellers = amount.allocate([liability.platform + liability.carrier, liability.seller])
    platforms, carriers = rest.allocate([liability.platform, liability.carrier])
    return {Party.SELLER: sellers, Party.PLATFORM: platforms, Party.CARRIER: carriers}


def _borne(amount: Money, item: Item, liability: Liability) -> list[Entry]:
    return [
        Entry(account=ACCOUNT_OF[party], item=item, amount=-part)
        for party, part in shares_of(amount, liability).items()
        if part
    ]


def _commission_credit(situation: Situation, amount: Money, liability: Liability) -> list[Entry]:
    """The commission on the part of the sale that the seller gives back, credited to him (SPEC §5, knob)."""
    case, full = situation.case, full_amount(situation.case)
    if case.line.commission is None or not full or not situation.context.policy.money.credit_commission:
        return []
    given_back = shares_of(amount, liability)[Party.SELLER]
    credit, _ = case.line.commission.allocate([given_back.minor, (full - given_back).minor])
    if not credit:
        return []
    return [
        Entry(account=Account.SELLER, item=Item.COMMISSION, amount=credit),
        Entry(account=Account.PLATFORM, item=Item.COMMISSION, amount=-credit),
    ]


def _owed_to_buyer(amount: Money) -> Entry:
    return Entry(account=Account.BUYER_REFUNDS, item=Item.REFUND, amount=amount)


# The return label


def _label_scanned(situation: Situation) -> Charge:
    """The first scan uses the label, or this case's share of it."""
    share, case = situation.context.label_share, situation.case
    if case.return_state not in UNSCANNED:
        return NOTHING
    return _label_borne(case.return_label_cost if share is None else share)


def _label_learned(situation: Situation) -> Charge:
    """A label that is known only now, and was used already."""
    case, command = situation.case, situation.command
    assert isinstance(command, ReportReturnLabelIssued)  # noqa: S101 -- the table pairs them
    return _label_borne(command.cost) if case.return_was_scanned and case.return_label_cost is None else NOTHING


def _label_borne(cost: Money | None) -> Charge:
    """The carrier is owed for the label, and the platform bears it until someone is liable."""
    if not cost:
        return NOTHING
    entries = (
        Entry(account=Account.PLATFORM, item=Item.CARRIER_BILL, amount=-cost),
        Entry(account=Account.CARRIER_LABELS, item=Item.CARRIER_BILL, amount=cost),
    )
    return Charge(None, Posting(rule=ChargeRule.RETURN_LABEL_BORNE, entries=entries))


def _is_lost(case: Case) -> bool:
    """The parcel was handed in and support looks for it in vain: nothing came back."""
    waits_in_vain = case.status is Status.SUPPORT_REVIEW and case.review_cause is ReviewCause.RETURN_LOST
    return waits_in_vain and case.return_state is ReturnState.SCANNED


def _is_after_return(case: Case) -> bool:
    """The item came back or is on its way: a label that is unused, void or lost is never the seller's (SPEC §5)."""
    return case.return_state in USED and not _is_lost(case)


def _label_passed_on(case: Case, liability: Liability) -> list[Entry]:
    """The label's cost from the platform, which bears it since the scan, to whoever else is liable."""
    cost = case.return_label_cost
    if cost is None or not _is_after_return(case):
        return []
    borne = [entry for entry in _borne(cost, Item.RETURN_LABEL, liability) if entry.account is not Account.PLATFORM]
    return [
        *borne,
        *(Entry(account=Account.PLATFORM, item=Item.RETURN_LABEL, amount=-entry.amount) for entry in borne),
    ]


# The refund


def _full(situation: Situation) -> Charge:
    """Everything paid goes back; a label that was used is borne like the rest."""
    case, liability = situation.case, _liability(situation)
    line, full = case.line, full_amount(case)
    entries = [
        *_borne(full, Item.PRICE_AND_SHIPPING, liability),
        *([Entry(account=Account.PLATFORM_TAX, item=Item.TAX, amount=-line.tax)] if line.tax else []),
        _owed_to_buyer(line.paid),
        *_commission_credit(situation, full, liability),
        *_label_passed_on(case, liability),
    ]
    rule = ChargeRule.FULL_REFUND_AFTER_RETURN if _is_after_return(case) else ChargeRule.FULL_REFUND
    return Charge(refund=line.paid, posting=Posting(rule=rule, entries=tuple(entries)))


def _partial(situation: Situation) -> Charge:
    """The partial amount, and nothing else."""
    command = situation.command
    assert isinstance(command, AcceptOffer | DecidePartialRefund)  # noqa: S101 -- the table pairs them
    liability = _liability(situation)
    entries = [
        *_borne(command.amount, Item.PARTIAL_AMOUNT, liability),
        _owed_to_buyer(command.amount),
        *_commission_credit(situation, command.amount, liability),
    ]
    return Charge(refund=command.amount, posting=Posting(rule=ChargeRule.PARTIAL_REFUND, entries=tuple(entries)))


def _settled(situation: Situation) -> Charge:
    """The refund has reached the buyer."""
    owed = situation.case.refund_due
    if owed is None:
        return NOTHING
    entries = (
        _owed_to_buyer(-owed),
        Entry(account=Account.PAYMENTS, item=Item.REFUND, amount=owed),
    )
    return Charge(None, Posting(rule=ChargeRule.REFUND_SETTLED, entries=entries))


def _strayed(situation: Situation) -> Charge:
    """Money reached the buyer that nobody owed him any more: the platform's loss, for it to get back."""
    amount = situation.case.refund_due
    if amount is None:
        return NOTHING
    entries = (
        Entry(account=Account.PLATFORM, item=Item.REFUND, amount=-amount),
        Entry(account=Account.PAYMENTS, item=Item.REFUND, amount=amount),
    )
    return Charge(None, Posting(rule=ChargeRule.STRAY_REFUND, entries=entries))


def _undone(situation: Situation) -> Charge:
    """Nothing is refunded after all: whatever was charged is credited back."""
    standing = situation.case.posting
    return Charge(None, standing.undone() if standing else None)


def _elsewhere(situation: Situation) -> Charge:
    """Another way paid the buyer: a failed refund is settled by it, one not submitted yet is undone."""
    failed = situation.case.refund is RefundState.FAILED
    return _settled(situation) if failed else _undone(situation)


def _credited(situation: Situation) -> Charge:
    """The appeal succeeded: the seller stands as if never charged, at the platform's cost; the buyer keeps his refund.

    Item by item, so that a commission credited with the charge is the platform's again.
    """
    posting = situation.case.posting
    standing = [entry for entry in posting.standing() if entry.account is Account.SELLER] if posting else []
    entries = tuple(
        entry.model_copy(update={"account": account, "amount": amount})
        for entry in standing
        for account, amount in ((Account.SELLER, -entry.amount), (Account.PLATFORM, entry.amount))
    )
    return Charge(None, Posting(rule=ChargeRule.APPEAL_UPHELD, entries=entries) if entries else None)


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
    e.StrayRefundSettled: _strayed,
    e.SupersededByChargeback: _undone,
    e.RefundSupersededByChargeback: _undone,
    e.RefundedElsewhere: _elsewhere,
    e.AppealUpheld: _credited,
    e.ReturnLabelRecorded: _label_learned,
    e.ReturnAccepted: _label_scanned,
    e.ReturnDelivered: _label_scanned,
    e.ReturnReinstated: _label_scanned,
    e.ReturnReinstatedDelivered: _label_scanned,
    e.LateReturnToSupport: _label_scanned,
    e.ReturnArrivedDuringReview: _label_scanned,
    e.ReturnCrossedReplacement: _label_scanned,
    e.ReturnScanRecorded: _label_scanned,
}
"""Every other event moves no money."""


def charge_of(situation: Situation, event: type[e.CaseEvent]) -> Charge:
    """What ``event`` makes due and posts in this situation."""
    rule = CHARGES.get(event)
    return rule(situation) if rule else NOTHING
