"""The shape of the seller's guide for one reason, in every language (SPEC §12)."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shape import Shape
from domain.language import Words
from domain.refund.commands import Purpose
from domain.refund.guidance import Look, Step


class GuidedCheck(Shape):
    """One thing to check first."""

    look_at: Look
    text: Words
    compare_with: tuple[Look, ...]


class GuidedStep(Shape):
    """What is asked of the buyer, or sent to him, before a rejection."""

    step: Step
    purpose: Purpose = Field(description="Which purpose the message or evidence has")
    when: Words
    text: Words


class GuidedAnswer(Shape):
    """Which answers are recommended when."""

    when: Words
    answers: tuple[str, ...] = Field(description="Names of actions", examples=[["approve-without-return"]])
    text: Words
    item_confirmed_first: bool = Field(description="The buyer confirms the replacement item first")


class Guide(Shape):
    """What the guide recommends to the seller for this reason."""

    principle: Words
    checks: tuple[GuidedCheck, ...]
    before_rejecting: tuple[GuidedStep, ...]
    recommended: tuple[GuidedAnswer, ...]
