"""The charges table: what each event makes due to the buyer and who bears it, exactly the source's table (SPEC §5)."""

from __future__ import annotations

from domain.money import Money
from domain.payout import left_with_provider
from domain.posting import Account, ChargeRule, Entry, Item, Posting
from domain.refund import events as e
from domain.refund.case import Case
from domain.refund.charge import NOTHING, Charge, Rule, borne, shares_of
from domain.refund.commands import AcceptOffer, DecidePartialRefund, Liability, ReportRefundSettled
from domain.refund.label_charges import is_after_return, label_learned, label_passed_on, label_scanned
from domain.refund.situation import Situation, amount_told
from domain.vocabulary import Party, RefundState

SELLER_ALONE = Liability(seller=100)


def full_amount(case: Case) -> Money:
    """What a full refund costs the seller: price + shipping; tax is the platform's (SPEC §5)."""
    return case.line.price + case.line.shipping


# Who bears how much


def _liability(situation: Situation) -> Liability:
    """As support decides or decided, else the seller alone."""
    return situation.liability or SELLER_ALONE


def _commission_credit(situation: Situation, amount: Money, liability: Liability) -> list[Entry]:
    """The commission on the part of the sale that the seller gives back, credited to him (SPEC §5, knob)."""
    case, full = situation.case, full_amount(situation.case)
    if case.line.commission is None or not situation.context.policy.money.credit_commission:
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


# The refund


def _full(situation: Situation) -> Charge:
    """Everything paid goes back; a label that was used is borne like the rest."""
    case, liability = situation.case, _liability(situation)
    line, full = case.line, full_amount(case)
    entries = [
        *borne(full, Item.PRICE_AND_SHIPPING, liability),
        *([Entry(account=Account.PLATFORM_TAX, item=Item.TAX, amount=-line.tax)] if line.tax else []),
        _owed_to_buyer(line.paid),
        *_commission_credit(situation, full, liability),
        *label_passed_on(case, liability),
    ]
    rule = ChargeRule.FULL_REFUND_AFTER_RETURN if is_after_return(case) else ChargeRule.FULL_REFUND
    return Charge(refund=line.paid, posting=Posting(rule=rule, entries=tuple(entries)))


def _partial(situation: Situation) -> Charge:
    """The partial amount, and nothing else."""
    command = situation.command
    assert isinstance(command, AcceptOffer | DecidePartialRefund)  # noqa: S101 -- the table pairs them
    liability = _liability(situation)
    entries = [
        *borne(command.amount, Item.PARTIAL_AMOUNT, liability),
        _owed_to_buyer(command.amount),
        *_commission_credit(situation, command.amount, liability),
    ]
    return Charge(refund=command.amount, posting=Posting(rule=ChargeRule.PARTIAL_REFUND, entries=tuple(entries)))


def _paid_out(situation: Situation) -> Money | None:
    """What the provider says that he paid; None where nobody but the marketplace says so."""
    settled = isinstance(situation.command, ReportRefundSettled)
    return amount_told(situation) if settled else left_with_provider(situation.command, situation.role)


def _settled(situation: Situation) -> Charge:
    """The refund has reached the buyer; what an earlier one paid beyond what is due now, the platform loses."""
    owed = situation.case.refund_due
    if owed is None:
        return NOTHING
    paid = _paid_out(situation)
    beyond = paid - owed if paid else None
    entries = (
        _owed_to_buyer(-owed),
        *([Entry(account=Account.PLATFORM, item=Item.REFUND, amount=-beyond)] if beyond else []),
        Entry(account=Account.PAYMENTS, item=Item.REFUND, amount=paid or owed),
    )
    return Charge(None, Posting(rule=ChargeRule.REFUND_SETTLED, entries=entries))


def _strayed(situation: Situation) -> Charge:
    """Money left that nobody owed the buyer any more: the platform's loss, for it to get back."""
    amount = _paid_out(situation)
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
    if situation.case.refund is RefundState.FAILED:
        return _settled(situation)
    undone, lost = _undone(situation).posting, _strayed(situation).posting
    return Charge(None, undone.joined(lost) if undone and lost else undone or lost)


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
    e.OutsideRefundRecorded: _strayed,
    e.AppealUpheld: _credited,
    e.ReturnLabelRecorded: label_learned,
    e.ReturnAccepted: label_scanned,
    e.ReturnDelivered: label_scanned,
    e.ReturnReinstated: label_scanned,
    e.ReturnReinstatedDelivered: label_scanned,
    e.LateReturnToSupport: label_scanned,
    e.ReturnArrivedDuringReview: label_scanned,
    e.ReturnCrossedReplacement: label_scanned,
    e.ReturnScanRecorded: label_scanned,
}
"""Every other event moves no money."""


def charge_of(situation: Situation, event: type[e.CaseEvent]) -> Charge:
    """What ``event`` makes due and posts in this situation."""
    rule = CHARGES.get(event)
    return rule(situation) if rule else NOTHING
