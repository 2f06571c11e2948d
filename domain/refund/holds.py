"""Holds: how much of a seller's balance an open case keeps aside, and why no longer (SPEC §5). A hold is no charge."""

from __future__ import annotations

from functools import lru_cache

from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.policy import Policy
from domain.posting import HoldChange, HoldReason
from domain.refund import events as e
from domain.refund.case import is_returnable
from domain.refund.commands import ReportReturnLabelIssued
from domain.refund.situation import Situation
from domain.vocabulary import Reason, RefundState, Route, Status

NO_LONGER_OPEN = frozenset({Status.CLOSED, Status.APPEAL_REVIEW})


def exposure(reason: Reason, line: OrderLineFacts, policy: Policy, label: Money | None = None) -> Money:
    """The most a case can cost its seller: price, shipping and, where an item can come back, the return label.

    The label counts with its cost once it is issued, and never with less than the policy's estimate.
    """
    if not is_returnable(reason, line):
        return line.price + line.shipping
    estimate = _estimate(policy.money.return_label_estimate_minor, line.price.currency)
    return Money.sum(line.price, line.shipping, label if label is not None and estimate < label else estimate)


@lru_cache(maxsize=256)  # the same for every case of a currency
def _estimate(minor: int, currency: str) -> Money:
    return Money(minor=minor, currency=currency)


def hold_change(situation: Situation, event: type[e.CaseEvent], to: Status) -> HoldChange | None:
    """What changes of the hold when ``event`` leads to ``to``; None when it stays, or the policy holds nothing."""
    if not situation.context.policy.money.hold_exposure:
        return None
    wanted, reason = _wanted(situation, event, to)
    held = situation.case.held
    change = wanted - held if held else wanted
    return HoldChange(amount=change, reason=reason) if change else None


def _wanted(situation: Situation, event: type[e.CaseEvent], to: Status) -> tuple[Money, HoldReason]:
    """What is to be held after ``event``, and the reason for that."""
    case = situation.case
    nothing = Money.zero(case.line.price.currency)
    if case.fraud_suspected or event is e.TakenOverForFraud:
        return nothing, HoldReason.SELLER_RELIEVED
    if to in NO_LONGER_OPEN or not case.is_refundable:
        return nothing, HoldReason.CASE_CLOSED
    if to is Status.REFUND_PENDING or case.refund is not RefundState.NONE:
        return nothing, HoldReason.CHARGED
    liability = situation.liability
    if liability is not None and not liability.seller:
        return nothing, HoldReason.SELLER_RELIEVED
    if case.route is Route.SELLER or event is e.HandedToSeller or liability is not None:
        label = _label_cost(situation, event)
        return exposure(case.reason, case.line, situation.context.policy, label), HoldReason.CASE_OPEN
    return nothing, HoldReason.CASE_OPEN


def _label_cost(situation: Situation, event: type[e.CaseEvent]) -> Money | None:
    """What the label costs this case from ``event`` on: its own cost, or its share where it serves several."""
    command, case, share = situation.command, situation.case, situation.context.label_share
    if issubclass(event, e.LabelUse) and share is not None:
        return share
    if isinstance(command, ReportReturnLabelIssued) and event is not e.OutsideFactRecorded and not case.label_is_booked:
        return command.cost
    return case.return_label_cost
