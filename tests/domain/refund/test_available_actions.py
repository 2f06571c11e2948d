"""What is offered is accepted, what is not offered is refused, and every refusal names its kind and rule (SPEC §4)."""

import pytest

from domain.action import Need
from domain.actors import Role
from domain.refund.actions import available_actions, possible_now
from domain.refund.commands import (
    ApproveWithReturn,
    DecideRefundOnReturn,
    Expire,
    FactCommand,
    OfferPartialRefund,
    RaiseOffer,
    SendMessage,
)
from domain.refund.decide import decide
from domain.refund.events import OutsideFactRecorded
from domain.refund.situation import Situation
from domain.refund.transitions import TABLE
from domain.refusals import NotAllowedNow, NotYourMove, Refused, RuleBroken
from domain.vocabulary import Reason, Status
from tests.dsl import ACTORS, done, given, opened, silence
from tests.trade import BUYER, HOMELESS, SELLER, eur, giveaway_line
from tests.valid import valid

PEOPLE = [role for role in Role if role.is_person]
A_FEW = 6
"""How many cases of one status stand for all of them where every actor tries every command."""


def answer(stage, kind, role):
    """The events, or the refusal, of this kind of command with valid content."""
    case, actor = stage.case_at(0), ACTORS[role]
    command = valid(kind, case, stage.now)
    try:
        return decide(case, command, stage.context(actor, command))
    except Refused as refusal:
        return refusal


@pytest.mark.parametrize("role", PEOPLE)
def test_an_offered_action_is_accepted_and_no_other(reached, role):
    for stage in reached[::3]:
        actions = available_actions(stage.case_at(0), stage.context(ACTORS[role]))
        needs = {action.command: action.needs for action in actions}
        for kind in (kind for kind, roles in TABLE.roles.items() if role in roles):
            answered = answer(stage, kind, role)
            if needs.get(kind):
                assert (type(answered), answered.rule, stage.seller) == (RuleBroken, needs[kind], HOMELESS), kind
            else:
                assert (kind in needs) == isinstance(answered, list), kind


def every_cell(reached):
    for status in Status:
        cases = [stage for stage in reached if stage.case_at(0).status is status]
        for stage in cases[:: max(1, len(cases) // A_FEW)]:
            for role in Role:
                for kind in TABLE.roles:
                    yield stage, status, role, kind


def test_every_actor_with_every_command_in_every_status_gets_the_answer_of_the_table(reached):
    for stage, status, role, kind in every_cell(reached):
        answered = answer(stage, kind, role)
        rows = TABLE.cell(status, role, kind)
        command = valid(kind, stage.case_at(0), stage.now)
        held = [row for row in rows if row.when(Situation(stage.case_at(0), command, stage.context(ACTORS[role])))]
        if role not in TABLE.roles[kind]:
            assert (type(answered), answered.rule) == (NotYourMove, "not_your_move")
        elif kind is Expire:
            assert answered == []  # nothing is due yet
        elif held and not isinstance(answered, RuleBroken):
            assert [type(event) for event in answered] == [held[0].event]
        elif issubclass(kind, FactCommand):
            assert [type(event) for event in answered] == [OutsideFactRecorded]
        elif not held:
            assert type(answered) is NotAllowedNow
            assert (answered.rule == "not_in_this_status") == (not rows)
            assert answered.rule in {"not_in_this_status", *(part.name for row in rows for part in row.when.parts)}
            assert answered.possible == tuple(possible_now(stage.case_at(0), stage.context(ACTORS[role])))


def test_a_refusal_says_in_a_sentence_what_is_missing():
    story = given(opened(), done(OfferPartialRefund(amount=eur("12.00"))), done(RaiseOffer(amount=eur("13.00"))))
    story.when(RaiseOffer(amount=eur("14.00"))).then_refused(NotAllowedNow, "raise_left")
    story.saying("RaiseOffer is possible only if the offer has not been raised as often as the policy allows")
    story.when(ApproveWithReturn()).then_refused(NotAllowedNow, "not_in_this_status", status=Status.OFFER_PENDING)
    story.saying("ApproveWithReturn is not possible while the case is offer_pending")


def test_a_refusal_names_only_what_does_not_hold():
    story = given(opened(Reason.GIVEAWAY_NOT_RECEIVED), silence(), line=giveaway_line())
    story.when(valid(DecideRefundOnReturn, story.case, story.stage.now)).then_refused(NotAllowedNow, "returnable")
    assert story.refusal.sentence == (
        "DecideRefundOnReturn is possible only if the buyer holds an item that he paid for and that can come back"
    )


def test_nothing_is_offered_once_a_deadline_has_passed_and_its_timeout_is_still_to_come():
    story = given(opened()).at("2026-03-10 18:00")
    for actor in (SELLER, BUYER):
        assert available_actions(story.case, story.stage.context(actor)) == []


def test_a_seller_without_a_return_address_is_told_beforehand_to_choose_one():
    story = given(opened(), seller=HOMELESS)
    actions = available_actions(story.case, story.stage.context(SELLER))
    assert {action.name: action.needs for action in actions if action.needs} == {
        "approve-with-return": Need.RETURN_ADDRESS,
        "offer-partial-refund": Need.RETURN_ADDRESS,
    }
    story.when(ApproveWithReturn()).then_refused(RuleBroken, "return_address_required")
    story.when(OfferPartialRefund(amount=eur("12.00"))).then_refused(RuleBroken, "return_address_required")
    story.may(
        SELLER, "approve-without-return", "approve-with-return", "offer-partial-refund", "promise-replacement",
        "reject", "propose-replacement-item", "ask-support-in", "send-message", "add-evidence",
    )  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if not role.is_person])
def test_only_people_are_offered_actions(role):
    story = given(opened())
    assert available_actions(story.case, story.stage.context(ACTORS[role])) == []


def test_words_are_offered_while_a_case_is_open():
    given(opened()).when(SendMessage(text="Which colour came?"), by=SELLER).stands(Status.AWAITING_SELLER)
