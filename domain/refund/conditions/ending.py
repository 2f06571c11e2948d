"""Conditions on taking a request back and on what may follow the end of a case (SPEC §4)."""

from __future__ import annotations

from domain.business_time import due
from domain.refund.case import Case
from domain.refund.condition import of_case, of_situation
from domain.refund.conditions.replacing import UNDER_WAY
from domain.refund.situation import Situation
from domain.vocabulary import Outcome

REOPENABLE = frozenset(
    {
        Outcome.REJECTED,
        Outcome.DENIED,
        Outcome.REPLACED,
        Outcome.RETURN_NOT_SHIPPED,
        Outcome.SUPERSEDED_BY_CHARGEBACK,
    }
)


@of_case
def no_parcel_scanned(case: Case) -> bool:
    """No returned item and no replacement is scanned."""
    return not case.item_gone_back and case.replacement not in UNDER_WAY


@of_case
def decision_charges_seller(case: Case) -> bool:
    """Support's decision charges the seller."""
    return case.decided_by_support and case.seller_charged.minor > 0


@of_case
def not_appealed(case: Case) -> bool:
    """The seller has not appealed yet."""
    return not case.appealed


@of_situation
def in_appeal_window(situation: Situation) -> bool:
    """The case closed within the appeal window."""
    closed_at, context = situation.case.closed_at, situation.context
    if closed_at is None:
        return False
    return context.now < due(closed_at, context.policy.windows.appeal, context.policy.calendar).at


@of_case
def ended_unpaid(case: Case) -> bool:
    """The case ended without a refund or a withdrawal, and no chargeback is open."""
    return case.outcome in REOPENABLE and _is_unpaid(case)


@of_case
def left_unpaid(case: Case) -> bool:
    """The case ended without a refund, and no chargeback is open."""
    return case.outcome in REOPENABLE | {Outcome.WITHDRAWN} and _is_unpaid(case)


def _is_unpaid(case: Case) -> bool:
    return case.refunds_made == 0 and not case.chargeback


@of_situation
def item_went_back(situation: Situation) -> bool:
    """The item went back after a case had ended without a refund, and another request followed."""
    return situation.context.went_back is not None


no_item_went_back = item_went_back.otherwise("no_item_went_back", "no item went back after a case had ended unpaid")


@of_case
def no_successor(case: Case) -> bool:
    """No later case was opened on the line."""
    return case.successor is None


@of_situation
def line_is_free(situation: Situation) -> bool:
    """No cancellation of the line is open or ended its sale, and no other case of it was refunded."""
    return not situation.context.line_taken
