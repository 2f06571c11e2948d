"""Conditions on the seller's answer: what his silence leads to, offers, and the proposal of another item (SPEC §4)."""

from __future__ import annotations

from domain.policy import OnSilence
from domain.refund.case import Case
from domain.refund.charges import full_amount
from domain.refund.condition import of_case, of_situation
from domain.refund.situation import Situation


def _on_silence(situation: Situation) -> OnSilence:
    """The knobs escalate where nothing was paid, nothing can be returned or no return address stands (SPEC §13)."""
    knob = situation.context.policy.answers.on_seller_silence
    case = situation.case
    if knob is OnSilence.AUTO_REFUND and case.is_refundable:
        return knob
    if knob is OnSilence.AUTO_APPROVE_RETURN and case.is_returnable and situation.context.return_address:
        return knob
    return OnSilence.ESCALATE


@of_situation
def silence_escalates(situation: Situation) -> bool:
    """The policy sends the seller's silence to support."""
    return _on_silence(situation) is OnSilence.ESCALATE


@of_situation
def silence_refunds(situation: Situation) -> bool:
    """The policy refunds on the seller's silence."""
    return _on_silence(situation) is OnSilence.AUTO_REFUND


@of_situation
def silence_approves_return(situation: Situation) -> bool:
    """The policy approves the return on the seller's silence."""
    return _on_silence(situation) is OnSilence.AUTO_APPROVE_RETURN


@of_situation
def raise_left(situation: Situation) -> bool:
    """The offer has not been raised as often as the policy allows."""
    return situation.case.offer_raises < situation.context.policy.answers.offer_raises


@of_case
def room_above_offer(case: Case) -> bool:
    """There is room between the offer and the full amount."""
    return case.offer is not None and case.offer.minor + 1 < full_amount(case).minor


@of_case
def item_proposed(case: Case) -> bool:
    """A different item is proposed and not answered yet."""
    return case.proposed_item is not None and case.item_agreed is None
