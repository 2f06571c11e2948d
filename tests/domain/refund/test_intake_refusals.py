"""What is refused at the door, and with which rule (SPEC §3)."""

import pytest

from domain.actors import Actor, Role
from domain.refund.events import RefundRequested
from domain.refusals import NotAllowedNow, NotYourMove, RuleBroken, Unknown
from domain.vocabulary import Reason
from tests.dsl import given, opened
from tests.trade import (
    BUYER,
    CARRIER,
    MARKETPLACE,
    PAYMENTS,
    SELLER,
    SUPPORT,
    giveaway_line,
    order_line,
    photo,
    policy,
    request,
)

WITH_PHOTOS = [Reason.NOT_AS_DESCRIBED, Reason.WRONG_ITEM, Reason.DEFECTIVE]


def test_a_foreign_order_is_as_unknown_as_none():
    stranger = Actor(role=Role.BUYER, id="b-2")
    given().when(request(), by=stranger).then_refused(Unknown, "unknown_order_line", line_id="o-1-1")


@pytest.mark.parametrize("actor", [SELLER, CARRIER, PAYMENTS, MARKETPLACE], ids=str)
def test_only_the_buyer_and_support_for_him_ask_for_a_refund(actor):
    given().when(request(), by=actor).then_refused(NotYourMove, "not_your_move")


def test_a_change_of_mind_is_not_covered():
    given().when(request(Reason.CHANGE_OF_MIND), by=BUYER).then_refused(RuleBroken, "change_of_mind_not_covered")


def test_a_cancelled_line_is_refused():
    given(line=order_line(cancelled=True)).when(request(), by=BUYER).then_refused(RuleBroken, "line_cancelled")
    given(sale_cancelled=True).when(request(), by=BUYER).then_refused(RuleBroken, "line_cancelled")


@pytest.mark.parametrize("reason", WITH_PHOTOS)
def test_a_photo_is_required_where_the_fault_can_be_seen(reason):
    story = given().when(request(reason, photos=()), by=BUYER)
    story.then_refused(RuleBroken, "photo_required", at_least=1)


@pytest.mark.parametrize("reason", [Reason.ITEM_MISSING, Reason.OTHER])
def test_no_photo_is_required_of_what_is_not_there(reason):
    assert given().when(request(reason, photos=()), by=BUYER).refusal is None


def test_which_reasons_need_a_photo_is_the_policys():
    strict = policy(filing={"photos_required_for": ["item_missing"]})
    given(policy=strict).when(request(photos=()), by=BUYER).then(RefundRequested)
    story = given(policy=strict).when(request(Reason.ITEM_MISSING), by=BUYER)
    story.then_refused(RuleBroken, "photo_required")


def test_a_photo_that_was_never_uploaded_is_refused():
    story = given()
    story.stage.unknown_uploads = frozenset({photo(9)})
    story.when(request(photos=(photo(9),)), by=BUYER)
    story.then_refused(RuleBroken, "evidence_unknown", evidence_id=str(photo(9)))


@pytest.mark.parametrize("override", ["photos_waived", "window_overridden"])
def test_only_support_waives_and_overrides(override):
    given().when(request(**{override: True}), by=BUYER).then_refused(NotYourMove, "support_overrides")


def test_a_second_request_while_one_is_open_is_refused_and_names_it():
    story = given(opened())
    first = str(story.case.id)
    for reason in (Reason.WRONG_ITEM, Reason.DEFECTIVE):
        story.when(request(reason), by=BUYER).then_refused(NotAllowedNow, "active_case", case_id=first)


def test_a_request_beside_an_open_cancellation_is_refused():
    given(cancellation_open=True).when(request(), by=BUYER).then_refused(NotAllowedNow, "open_cancellation")


def test_a_giveaway_that_did_not_come_is_a_matter_of_giveaways_only():
    given().when(request(Reason.GIVEAWAY_NOT_RECEIVED), by=BUYER).then_refused(RuleBroken, "giveaways_only")
    given(line=giveaway_line()).when(request(Reason.GIVEAWAY_NOT_RECEIVED), by=BUYER).then(RefundRequested)


def test_even_support_cannot_file_for_a_change_of_mind():
    given().when(request(Reason.CHANGE_OF_MIND), by=SUPPORT).then_refused(RuleBroken, "change_of_mind_not_covered")
