"""Items that went back although their case had ended unpaid: the buyer has neither item nor money (SPEC §13)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from domain.refund import events as e
from domain.refund.commands import ReportReturnDelivered
from domain.vocabulary import Outcome, ReturnState

ENDED_UNPAID = frozenset({Outcome.RETURN_NOT_SHIPPED, Outcome.WITHDRAWN, Outcome.DENIED})
"""Ends after which nobody waits for the return that is scanned."""


def goes_back_unpaid(event: e.CaseEvent) -> bool:
    """Whether the event is the first scan of such a return."""
    return isinstance(event, e.ReturnScanRecorded) and event.outcome in ENDED_UNPAID


def went_back(told: Iterable[e.CaseEvent]) -> ReturnState | None:
    """How far the item came, by all that its line's cases were told, the oldest case first.

    None where it did not go back, or was sent to the buyer again.
    """
    return reduce(_gone, told, None)


def _gone(so_far: ReturnState | None, event: e.CaseEvent) -> ReturnState | None:
    if isinstance(event, e.ReturnScanRecorded) and goes_back_unpaid(event):
        return ReturnState.DELIVERED if event.delivered else ReturnState.SCANNED
    if isinstance(event, e.RequestDeniedItemSentBack):
        return None
    return ReturnState.DELIVERED if so_far and _arrived(event) else so_far


def _arrived(event: e.CaseEvent) -> bool:
    """A delivery that came after the scan only added to the history."""
    return isinstance(event, e.OutsideFactRecorded) and event.fact == ReportReturnDelivered.__name__
