"""Which outside facts follow from what a case did, and what each of them follows from."""

from __future__ import annotations

from collections.abc import Callable

from domain.messages import Command
from domain.payout import attempt_told
from domain.refund import commands as c
from domain.refund.case import Case
from domain.vocabulary import ReplacementState


def _return_is_open(case: Case, _: Command) -> bool:
    return case.return_opened_at is not None


def _replacement_is_sent(case: Case, _: Command) -> bool:
    return case.replacement is not ReplacementState.NONE


def _attempt_is_made(case: Case, command: Command) -> bool:
    return case.amount_of(attempt_told(command, case.refunds_requested)) is not None


REACTIONS: dict[type[Command], Callable[[Case, Command], bool]] = {
    c.ReportReturnLabelIssued: _return_is_open,
    c.ReportReturnLabelFailed: _return_is_open,
    c.ReportReturnAccepted: _return_is_open,
    c.ReportReturnDelivered: _return_is_open,
    c.ReportReplacementAccepted: _replacement_is_sent,
    c.ReportReplacementDelivered: _replacement_is_sent,
    c.ReportRefundSubmitted: _attempt_is_made,
    c.ReportRefundSettled: _attempt_is_made,
    c.ReportRefundAttemptFailed: _attempt_is_made,
    c.ReportRefundFailed: _attempt_is_made,
}
"""Facts that follow from what the case did, and what that is; all others come whatever it does."""


def follows(case: Case, command: Command) -> bool:
    """Whether this is a fact that can follow from what the case has done."""
    test = REACTIONS.get(type(command))
    return test is not None and test(case, command)
