"""What a return label costs whom: booked when its parcel uses it, passed on by the refund (SPEC §5)."""

from __future__ import annotations

from domain.money import Money
from domain.posting import Account, ChargeRule, Entry, Item, Posting
from domain.refund.case import Case
from domain.refund.charge import NOTHING, Charge, borne
from domain.refund.commands import Liability, ReportReturnLabelIssued
from domain.refund.situation import Situation
from domain.vocabulary import ReturnState, ReviewCause, Status


def label_scanned(situation: Situation) -> Charge:
    """The first scan uses the label, or this case's share of it."""
    share, case = situation.context.label_share, situation.case
    if case.return_was_scanned:
        return NOTHING
    return _label_borne(case.return_label_cost if share is None else share)


def label_learned(situation: Situation) -> Charge:
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


def is_after_return(case: Case) -> bool:
    """The item came back or is on its way: a label that is unused, void or lost is never the seller's (SPEC §5)."""
    return case.item_gone_back and not _is_lost(case)


def label_passed_on(case: Case, liability: Liability) -> list[Entry]:
    """The label's cost from the platform, which bears it since the scan, to whoever else is liable."""
    cost = case.return_label_cost
    if cost is None or not is_after_return(case):
        return []
    passed = [entry for entry in borne(cost, Item.RETURN_LABEL, liability) if entry.account is not Account.PLATFORM]
    return [
        *passed,
        *(Entry(account=Account.PLATFORM, item=Item.RETURN_LABEL, amount=-entry.amount) for entry in passed),
    ]
