"""The named conditions of the transitions table; in each group of rows at most one can hold."""

from __future__ import annotations

from collections.abc import Callable

from domain.cancellation.cancellation import Cancellation
from domain.cancellation.situation import Situation
from domain.payout import RefundReport
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


@_of_request
def refund_on_its_way(cancellation: Cancellation) -> bool:
    """The refund is requested or submitted.

    The provider's word of its end may overtake our note that he took it.
    """
    return cancellation.refund in {RefundState.REQUESTED, RefundState.SUBMITTED}


@_of_situation
def of_this_attempt(situation: Situation) -> bool:
    """The report is about the attempt that is under way."""
    command = situation.command
    told = command.attempt if isinstance(command, RefundReport) else None
    return told in {None, situation.cancellation.refunds_requested}


@_of_request
def chargeback_open(cancellation: Cancellation) -> bool:
    """A chargeback is open."""
    return cancellation.chargeback


no_chargeback = chargeback_open.otherwise("no_chargeback", "no chargeback is open")
