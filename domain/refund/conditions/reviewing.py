"""Conditions on support's review: what the seller may still do, and whether fraud is suspected (SPEC §4)."""

from __future__ import annotations

from domain.refund.case import Case
from domain.refund.condition import of_case, of_situation
from domain.refund.conditions.replacing import UNDER_WAY
from domain.refund.situation import Situation
from domain.vocabulary import ReplacementState, ReturnState, ReviewCause, Route

HANDABLE = frozenset({ReviewCause.INTAKE, ReviewCause.SILENCE, ReviewCause.TAKEN_OVER})


@of_case
def fraud_not_suspected(case: Case) -> bool:
    """Fraud is not suspected."""
    return not case.fraud_suspected


@of_case
def came_to_seller(case: Case) -> bool:
    """The case came to the seller, at once or handed over."""
    return case.route is Route.SELLER


@of_case
def no_replacement_under_way(case: Case) -> bool:
    """No replacement is under way."""
    return case.replacement not in UNDER_WAY


@of_case
def untouched(case: Case) -> bool:
    """Support has the case before anything was returned, promised, decided or declined."""
    return (
        case.return_state is ReturnState.NONE
        and case.replacement is ReplacementState.NONE
        and case.review_cause in HANDABLE
    )


@of_situation
def hand_over_left(situation: Situation) -> bool:
    """The seller has not been handed the case as often as the policy allows."""
    return situation.case.hand_overs < situation.context.policy.answers.hand_overs
