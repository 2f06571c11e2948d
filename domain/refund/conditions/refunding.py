"""Conditions on the buyer's refund and on what his bank does beside it (SPEC §§4 and 5)."""

from __future__ import annotations

from domain.refund.case import Case
from domain.refund.condition import of_case, of_situation
from domain.refund.situation import Situation, attempt_told
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
    return attempt_told(situation) == situation.case.refunds_requested


@of_situation
def settlement_is_news(situation: Situation) -> bool:
    """That attempt was made, and nobody has said yet that it settled."""
    case, attempt = situation.case, attempt_told(situation)
    return 0 < attempt <= case.refunds_requested and attempt not in case.attempts_settled


@of_situation
def settlement_ends_it(situation: Situation) -> bool:
    """The attempt under way settled, or an earlier one before this one was submitted."""
    return of_this_attempt(situation) or (refund_waiting(situation) and settlement_is_news(situation))


stray_settlement = (
    settlement_is_news & settlement_ends_it.otherwise("another_is_submitted", "another attempt is submitted already")
)  # fmt: skip


@of_case
def refund_failed(case: Case) -> bool:
    """The refund failed for good."""
    return case.refund is RefundState.FAILED


@of_case
def chargeback_open(case: Case) -> bool:
    """A chargeback is open."""
    return case.chargeback


no_chargeback = chargeback_open.otherwise("no_chargeback", "no chargeback is open")
