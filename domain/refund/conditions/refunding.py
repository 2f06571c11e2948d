"""Conditions on the buyer's refund and on what his bank does beside it (SPEC §§4 and 5)."""

from __future__ import annotations

from domain.refund.case import Case
from domain.refund.commands import RefundReport
from domain.refund.condition import of_case, of_situation
from domain.refund.situation import Situation
from domain.vocabulary import RefundState


@of_case
def unpaid(case: Case) -> bool:
    """No refund was asked for yet."""
    return case.refund is RefundState.NONE


refund_begun = unpaid.otherwise("refund_begun", "a refund was asked for before")


@of_case
def refund_waiting(case: Case) -> bool:
    """The refund is requested and not submitted yet."""
    return case.refund is RefundState.REQUESTED


@of_case
def refund_submitted(case: Case) -> bool:
    """The refund is submitted."""
    return case.refund is RefundState.SUBMITTED


@of_situation
def of_this_attempt(situation: Situation) -> bool:
    """The report is about the attempt that is under way."""
    command = situation.command
    told = command.attempt if isinstance(command, RefundReport) else None
    return told in {None, situation.case.refunds_requested}


@of_case
def refund_failed(case: Case) -> bool:
    """The refund failed for good."""
    return case.refund is RefundState.FAILED


@of_case
def chargeback_open(case: Case) -> bool:
    """A chargeback is open."""
    return case.chargeback


no_chargeback = chargeback_open.otherwise("no_chargeback", "no chargeback is open")
