"""The seller's guide beside a case, its recommendations named like the actions that follow them (SPEC §7.2)."""

from __future__ import annotations

from functools import cache

from api.presenting.disclosure import Audience
from api.schemas.guidance import Guide, GuidedAnswer, GuidedCheck, GuidedStep
from domain.action import action_name
from domain.refund.case import Case
from domain.refund.guidance import Recommendation
from domain.refund.guidance_entries import GUIDE
from domain.vocabulary import Reason

READERS = frozenset({Audience.SELLER, Audience.STAFF})


def guide(case: Case, audience: Audience) -> Guide | None:
    """The entry of the case's reason; None for those who do not answer, and where the guide has none."""
    return guide_for(case.reason) if audience in READERS and case.reason in GUIDE else None


@cache
def guide_for(reason: Reason) -> Guide:
    """What the guide says of a reason that it has an entry for."""
    entry = GUIDE[reason]
    return Guide(
        principle=entry.principle,
        checks=tuple(GuidedCheck.model_validate(check, from_attributes=True) for check in entry.checks),
        before_rejecting=tuple(
            GuidedStep.model_validate(step, from_attributes=True) for step in entry.before_rejecting
        ),
        recommended=tuple(map(_answer, entry.recommended)),
    )


def _answer(recommendation: Recommendation) -> GuidedAnswer:
    return GuidedAnswer(
        when=recommendation.when,
        answers=tuple(map(action_name, recommendation.answers)),
        text=recommendation.text,
        item_confirmed_first=recommendation.item_confirmed_first,
    )
