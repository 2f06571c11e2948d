"""The named conditions of the transitions table; in each group of rows at most one can hold."""

from __future__ import annotations

from collections.abc import Callable

from domain.cancellation.cancellation import Cancellation
from domain.cancellation.situation import Situation, attempt_told
from domain.payout import ReportRefundElsewhere
from domain.table import Condition
from domain.vocabulary import RefundState


def _of_request(test: Callable[[Cancellation], bool]) -> Condition[Situation]:
    return Condition.told_by(test, lambda situation: test(situation.cancellation))


def _of_situation(test: Callable[[Situation], bool]) -> Condition[Situation]:
    return Condition.told_by(test, test)


@_of_request
def something_paid(cancellation: Cancellation) -> bool:
    """Something was paid for the line."""
    return cancellation.line.paid.minor > 0


nothing_paid = something_paid.otherwise("nothing_paid", "nothing was paid for the line")


@_of_request
def sale_cancelled(cancellation: Cancellation) -> bool:
    """The sale was cancelled."""
    return cancellation.is_granted


@_of_request
def refund_waiting(cancellation: Cancellation) -> bool:
    """The refund is requested and not submitted yet."""
    return cancellation.refund is RefundState.REQUESTED


@_of_request
def refund_submitted(cancellation: Cancellation) -> bool:
    """The refund is submitted."""
    return cancellation.refund is RefundState.SUBMITTED


@_of_situation
def told_first(situation: Situation) -> bool:
    """The marketplace has not told of that refund before."""
    command = situation.command
    known = situation.cancellation.refunds_elsewhere
    return not (isinstance(command, ReportRefundElsewhere) and command.reference in known)


@_of_situation
def of_this_attempt(situation: Situation) -> bool:
    """The report is about the attempt that is under way."""
    return attempt_told(situation) == situation.cancellation.refunds_requested


@_of_situation
def settlement_is_news(situation: Situation) -> bool:
    """That attempt was made, and nobody has said yet that it settled."""
    cancellation, attempt = situation.cancellation, attempt_told(situation)
    return 0 < attempt <= cancellation.refunds_requested and attempt not in cancellation.attempts_settled


@_of_request
def paid_beside(cancellation: Cancellation) -> bool:
    """The buyer got money in another way meanwhile."""
    return cancellation.refunds_made > 0


nothing_paid_beside = paid_beside.otherwise("nothing_paid_beside", "the buyer got no money in another way")


@_of_request
def chargeback_open(cancellation: Cancellation) -> bool:
    """A chargeback is open."""
    return cancellation.chargeback


no_chargeback = chargeback_open.otherwise("no_chargeback", "no chargeback is open")


@_of_request
def bank_paid_for_it(cancellation: Cancellation) -> bool:
    """The chargeback paid what was due for the cancelled sale, and nothing else did."""
    return cancellation.bank_paid and not cancellation.refunds_made


bank_owed_nothing = bank_paid_for_it.otherwise(
    "bank_owed_nothing", "nothing was due that the chargeback paid, or the buyer got it in another way as well"
)
