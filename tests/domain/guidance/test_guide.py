"""The seller's guide says for each reason what the source says, and recommends only what he can do (SPEC §12)."""

from dataclasses import fields, is_dataclass

import pytest

from domain.language import Words
from domain.refund import commands as c
from domain.refund.actions import available_actions
from domain.refund.commands import Purpose
from domain.refund.guidance import Look, Step
from domain.refund.guidance_entries import GUIDE
from domain.vocabulary import DIRECT, Reason, Status
from tests.dsl import given, opened
from tests.trade import SELLER, line_for


def all_words(part):
    """Every text of a part of the guide."""
    if isinstance(part, Words):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from all_words(each)
    elif is_dataclass(part):
        for field in fields(part):
            yield from all_words(getattr(part, field.name))


def recommended(reason):
    return {answer for recommendation in GUIDE[reason].recommended for answer in recommendation.answers}


def test_each_reason_that_sellers_answer_has_an_entry():
    assert set(GUIDE) == DIRECT


@pytest.mark.parametrize("reason", sorted(DIRECT))
def test_an_entry_says_in_both_languages_what_to_check_and_what_is_recommended(reason):
    guidance = GUIDE[reason]
    assert guidance.checks
    assert guidance.recommended
    for words in all_words(guidance):
        assert words.de != words.en


@pytest.mark.parametrize("reason", sorted(DIRECT))
def test_each_recommended_answer_is_possible_while_the_seller_is_awaited(reason):
    story = given(opened(reason), line=line_for(reason)).stands(Status.AWAITING_SELLER)
    possible = {action.command for action in available_actions(story.case, story.stage.context(SELLER))}
    assert recommended(reason) <= possible


@pytest.mark.parametrize("reason", sorted(DIRECT))
def test_an_item_that_is_confirmed_first_can_be_proposed(reason):
    for recommendation in GUIDE[reason].recommended:
        if recommendation.item_confirmed_first:
            assert c.PromiseReplacement in recommendation.answers
            story = given(opened(reason), line=line_for(reason)).when(c.ProposeReplacementItem(item="The blue one"))
            assert story.refusal is None


@pytest.mark.parametrize(
    ("reason", "answers"),
    [
        (Reason.NOT_AS_DESCRIBED, {c.OfferPartialRefund, c.ApproveWithoutReturn, c.ApproveWithReturn, c.Reject}),
        (Reason.DEFECTIVE, {c.OfferPartialRefund, c.ApproveWithoutReturn, c.ApproveWithReturn, c.Reject}),
        (Reason.ITEM_MISSING, {c.ApproveWithoutReturn, c.PromiseReplacement, c.Reject}),
        (Reason.WRONG_ITEM, {c.ApproveWithoutReturn, c.ApproveWithReturn, c.PromiseReplacement}),
        (Reason.GIVEAWAY_NOT_RECEIVED, {c.MarkAsShipped, c.PromiseReplacement}),
        (Reason.LATE_NOT_SHIPPED, {c.ApproveWithoutReturn, c.Reject}),
    ],
)
def test_the_answers_are_the_sources(reason, answers):
    assert recommended(reason) == answers


def test_a_faulty_condition_is_checked_against_everything_that_was_shown():
    (check,) = GUIDE[Reason.NOT_AS_DESCRIBED].checks
    assert check.look_at is Look.BUYER_PHOTOS
    assert check.compare_with == (Look.VIDEO_RECEIPT, Look.LISTING_PHOTOS, Look.LISTING_DESCRIPTION)


def test_before_a_rejection_the_vague_are_asked_and_the_shown_is_sent():
    steps = [(step.step, step.purpose) for step in GUIDE[Reason.NOT_AS_DESCRIBED].before_rejecting]
    assert steps == [(Step.ASK, Purpose.QUESTION), (Step.SEND, Purpose.SHOWN_IN_STREAM)]
    assert [step.purpose for step in GUIDE[Reason.ITEM_MISSING].before_rejecting] == [Purpose.PROOF_OF_PACKING]
    assert [step.purpose for step in GUIDE[Reason.LATE_NOT_SHIPPED].before_rejecting] == [Purpose.TRACKING]


def test_a_defective_item_is_treated_like_one_not_as_described():
    defective, other = GUIDE[Reason.DEFECTIVE], GUIDE[Reason.NOT_AS_DESCRIBED]
    assert (defective.checks, defective.recommended) == (other.checks, other.recommended)
    assert defective.before_rejecting == other.before_rejecting
    assert "defekt" in defective.principle.de
