"""Conditions on the buyer's refund and on what his bank does beside it (SPEC §§4 and 5)."""

from __future__ import annotations

from domain.payout import ReportRefundElsewhere
from domain.refund.case import Case
from domain.refund.condition import of_case, of_situation
from domain.refund.situation import Situation, amount_told, attempt_told
from domain.vocabulary import RefundState

OWED = frozenset({RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.FAILED})


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
def settlement_pays_debt(situation: Situation) -> bool:
    """That attempt paid all that the buyer is still owed."""
    paid, due = amount_told(situation), situation.case.refund_due
    return situation.case.refund in OWED and paid is not None and due is not None and due <= paid


settlement_strays = settlement_pays_debt.otherwise(
    "settlement_strays", "nothing is owed, or more than that attempt paid"
)


@of_case
def paid_beside(case: Case) -> bool:
    """The buyer got money in another way meanwhile."""
    return case.refunds_made > 0


nothing_paid_beside = paid_beside.otherwise("nothing_paid_beside", "the buyer got no money in another way")


@of_situation
def told_first(situation: Situation) -> bool:
    """The marketplace has not told of that refund before."""
    command = situation.command
    known = situation.case.refunds_elsewhere
    return not (isinstance(command, ReportRefundElsewhere) and command.reference in known)


@of_case
def refund_failed(case: Case) -> bool:
    """The refund failed for good."""
    return case.refund is RefundState.FAILED


@of_case
def chargeback_open(case: Case) -> bool:
    """A chargeback is open."""
    return case.chargeback


no_chargeback = chargeback_open.otherwise("no_chargeback", "no chargeback is open")
