"""Conditions on the item's way back: what is scanned, and whether the case still waits for it (SPEC §4)."""

from __future__ import annotations

from domain.refund.case import Case
from domain.refund.commands import FactCommand
from domain.refund.condition import of_case, of_situation
from domain.refund.situation import Situation
from domain.vocabulary import Outcome, RefundState, ReplacementState, ReturnState, ReviewCause

UNSCANNED = frozenset({ReturnState.OPEN, ReturnState.VOID})


@of_case
def return_opened(case: Case) -> bool:
    """A return was opened."""
    return case.return_state is not ReturnState.NONE


@of_case
def return_unscanned(case: Case) -> bool:
    """A return was opened and is not scanned yet."""
    return case.return_state in UNSCANNED


@of_case
def return_undelivered(case: Case) -> bool:
    """A return was opened and is not delivered yet."""
    return case.return_state in UNSCANNED or case.return_state is ReturnState.SCANNED


@of_case
def return_found(case: Case) -> bool:
    """Support has the case only because the parcel seemed lost, and the buyer got nothing meanwhile."""
    looked_for = case.review_cause is ReviewCause.RETURN_LOST
    nothing_paid = case.refund is RefundState.NONE and case.refunds_made == 0
    return looked_for and nothing_paid and not case.fraud_suspected


return_not_looked_for = return_found.otherwise(
    "return_not_looked_for", "support has the case for another reason, or the buyer got money meanwhile"
)


@of_situation
def window_lapsed(situation: Situation) -> bool:
    """The case ended because the return was not shipped, and nothing has taken its place."""
    case = situation.case
    return (
        case.outcome is Outcome.RETURN_NOT_SHIPPED
        and case.return_state is ReturnState.VOID
        and not case.chargeback
        and case.successor is None
        and not situation.context.line_taken
        and case.refunds_made == 0
    )


otherwise_ended = window_lapsed.otherwise("otherwise_ended", "the case ended otherwise, or something took its place")


@of_situation
def scanned_in_window(situation: Situation) -> bool:
    """The scan is dated inside the return window."""
    lapsed, command = situation.case.return_lapsed_at, situation.command
    return lapsed is None or not isinstance(command, FactCommand) or command.happened_at < lapsed


scanned_after_window = scanned_in_window.otherwise("scanned_after_window", "the scan is dated after the return window")


@of_case
def can_still_return(case: Case) -> bool:
    """The item is not on its way back and no replacement has arrived."""
    return not case.return_was_scanned and case.replacement is not ReplacementState.DELIVERED


@of_case
def return_under_way(case: Case) -> bool:
    """The item is on its way back."""
    return case.return_state is ReturnState.SCANNED


@of_case
def return_arrived(case: Case) -> bool:
    """The item has arrived at the seller."""
    return case.return_state is ReturnState.DELIVERED


@of_case
def item_gone_back(case: Case) -> bool:
    """The item has gone back."""
    return case.item_gone_back


item_with_buyer = item_gone_back.otherwise("item_with_buyer", "the item has not gone back")
