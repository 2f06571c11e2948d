"""What a command must bring where the table allows it: the rules on its content (SPEC §§3 to 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from uuid import UUID

from domain.action import Need
from domain.messages import Command, words_of
from domain.money import Money
from domain.refund import commands as c
from domain.refund.case import Case
from domain.refund.charges import full_amount
from domain.refund.situation import Situation
from domain.refusals import RuleBroken
from domain.vocabulary import DisputeReason, Reason

WHOLE = 100


def evidence_named(command: Command) -> tuple[UUID, ...]:
    """The uploads a command names, in order."""
    return tuple(item for field in _evidence_fields(type(command)) for item in getattr(command, field))


@cache
def _evidence_fields(command: type[Command]) -> tuple[str, ...]:
    return tuple(field for field in ("photos", "evidence", "evidence_considered") if field in command.model_fields)


def check(situation: Situation) -> None:
    """Raise RuleBroken for the first rule that the command breaks."""
    command = situation.command
    if command is None:
        return
    evidence_is_known(command, situation.context.evidence or {})
    for requirement in REQUIREMENTS.get(type(command), ()):
        requirement(situation, command)


def evidence_is_known(command: Command, uploads: Mapping[UUID, object]) -> None:
    """Raise RuleBroken for the first upload it names that this party never made."""
    for item in evidence_named(command):
        if item not in uploads:
            raise RuleBroken(
                "evidence_unknown", f"no upload {item} of this party; upload it first", evidence_id=str(item)
            )


def _same_currency(case: Case, amount: Money) -> None:
    currency = case.line.price.currency
    if amount.currency != currency:
        raise RuleBroken(
            "currency_mismatch",
            f"the line was sold in {currency}, not {amount.currency}",
            expected=currency,
            given=amount.currency,
        )


def _partial_amount(situation: Situation, command: c.OfferPartialRefund) -> None:
    case, full = situation.case, full_amount(situation.case)
    _same_currency(case, command.amount)
    if not 0 < command.amount.minor < full.minor:
        raise RuleBroken(
            "partial_below_full",
            f"a partial refund is above zero and below {full}, not {command.amount}; refund in full instead",
            above_minor=0,
            below_minor=full.minor,
            given_minor=command.amount.minor,
        )


def _above_the_offer(situation: Situation, command: c.RaiseOffer) -> None:
    offer = situation.case.offer
    if offer is not None and command.amount <= offer:
        raise RuleBroken(
            "offer_only_rises",
            f"the offer stands at {offer}; {command.amount} is not above it",
            offer_minor=offer.minor,
            given_minor=command.amount.minor,
        )


def _names_the_offer(situation: Situation, command: c.AcceptOffer) -> None:
    offer = situation.case.offer
    if command.amount != offer:
        raise RuleBroken(
            "offer_changed",
            f"the offer stands at {offer}, not {command.amount}",
            offer_minor=offer.minor if offer else None,
            given_minor=command.amount.minor,
        )


def _lacks_return_address(situation: Situation) -> bool:
    return situation.case.is_returnable and situation.context.return_address is None


def _lacks_address_to_open(situation: Situation) -> bool:
    case = situation.case
    return case.return_address is None and not case.return_was_scanned and _lacks_return_address(situation)


LACKS_ADDRESS: dict[type[Command], Callable[[Situation], bool]] = {
    c.ApproveWithReturn: _lacks_return_address,
    c.OfferPartialRefund: _lacks_return_address,
    c.DecideRefundOnReturn: _lacks_address_to_open,
}
"""The commands that need the seller's return address, and when it is missing (SPEC §2)."""


def need_of(command: type[Command], situation: Situation) -> Need | None:
    """What has to be done elsewhere before such a command is possible at all; None when nothing has."""
    lacks_address = LACKS_ADDRESS.get(command)
    return Need.RETURN_ADDRESS if lacks_address and lacks_address(situation) else None


def _return_address(situation: Situation, command: Command) -> None:
    need = need_of(type(command), situation)
    if need is not None:
        raise RuleBroken(need, "the seller has no return address; he chooses one in his settings first")


def _agreed_item(situation: Situation, command: c.PromiseReplacement) -> None:
    case = situation.case
    if command.different_item is None:
        return
    proposed = words_of(case.proposed_item)
    if command.different_item != proposed or case.item_agreed is not True:
        raise RuleBroken(
            "replacement_item_agreed",
            "a different item is proposed first and needs the buyer's yes",
            proposed=proposed,
            agreed=case.item_agreed,
        )


def _late_rejection_has_tracking(situation: Situation, command: c.Reject) -> None:
    if situation.case.reason is Reason.LATE_NOT_SHIPPED and command.tracking is None:
        raise RuleBroken("tracking_required", "a late order is rejected only with the tracking that shows it moving")


def _dispute_has_photo(situation: Situation, command: c.DisputeReturn) -> None:
    if command.reason is not DisputeReason.NOT_RECEIVED and not command.evidence:
        raise RuleBroken("dispute_photo_required", "a dispute needs a photo, unless nothing was received")


def _something_added(situation: Situation, command: c.AddEvidence) -> None:
    if not command.evidence and not command.links:
        raise RuleBroken("evidence_required", "name at least one upload or link")


def _new_evidence(situation: Situation, command: c.Appeal) -> None:
    if not set(command.evidence) - situation.case.evidence:
        raise RuleBroken("new_evidence_required", "an appeal needs evidence that support has not seen")


def _whole_liability(situation: Situation, command: c.Grant) -> None:
    shares = command.liability.shares
    if sum(shares.values()) != WHOLE:
        raise RuleBroken(
            "liability_is_whole", f"the shares sum to 100, not {sum(shares.values())}", shares=dict(shares)
        )
    if situation.case.fraud_suspected and command.liability.seller:
        raise RuleBroken("seller_relieved", "after a take-over for fraud the seller is never charged")


def _sound_amount(case: Case, amount: Money, *, least: int) -> None:
    _same_currency(case, amount)
    if amount.minor < least:
        raise RuleBroken(
            "amount_too_small",
            f"an amount of at least {least} minor unit(s) is expected, not {amount}",
            at_least_minor=least,
            given_minor=amount.minor,
        )


def _sound_label_cost(situation: Situation, command: c.EnterReplacementTracking) -> None:
    if command.label_cost is not None:
        _sound_amount(situation.case, command.label_cost, least=0)


def _sound_cost(situation: Situation, command: c.ReportReturnLabelIssued) -> None:
    _sound_amount(situation.case, command.cost, least=0)


def _sound_refund(situation: Situation, command: c.ReportRefundElsewhere) -> None:
    _sound_amount(situation.case, command.amount, least=1)


REQUIREMENTS: dict[type[Command], tuple[Callable[..., None], ...]] = {
    c.AcceptOffer: (_names_the_offer,),
    c.ApproveWithReturn: (_return_address,),
    c.OfferPartialRefund: (_partial_amount, _return_address),
    c.RaiseOffer: (_partial_amount, _above_the_offer),
    c.PromiseReplacement: (_agreed_item,),
    c.EnterReplacementTracking: (_sound_label_cost,),
    c.Reject: (_late_rejection_has_tracking,),
    c.DisputeReturn: (_dispute_has_photo,),
    c.Appeal: (_new_evidence,),
    c.AddEvidence: (_something_added,),
    c.DecideFullRefund: (_whole_liability,),
    c.DecidePartialRefund: (_whole_liability, _partial_amount),
    c.DecideRefundOnReturn: (_whole_liability, _return_address),
    c.ReportReturnLabelIssued: (_sound_cost,),
    c.ReportRefundElsewhere: (_sound_refund,),
}
