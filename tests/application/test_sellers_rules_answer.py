"""A request that a rule of the seller's covers is refunded as it is made, in his name, by the rule in its version."""

import pytest

from domain.refund.commands import HandToSeller
from domain.seller.account import SellerProfile
from domain.seller.rules import RuleRef, RuleTerms
from domain.vocabulary import Reason, RefundState, Status
from store import streams
from store.application import Ground
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT, eur, order_line


@pytest.fixture(autouse=True)
def sold(service):
    service.sold(order_line(), order_line("o-1-2", price=eur("60.00")))


def keep(service, up_to="50.00", rule_id="small"):
    terms = RuleTerms(reasons={Reason.ITEM_MISSING}, up_to=eur(up_to))
    service.door.accounts.keep_rule(SELLER.id, rule_id, terms, service.errand(SELLER))


def test_the_refund_is_due_at_once_and_the_history_names_seller_and_rule(service):
    keep(service)
    errand = service.errand(BUYER)
    case_id = service.submit(errand=errand)
    case = service.case(case_id)
    assert (case.status, case.refund, case.refund_due) == (Status.REFUND_PENDING, RefundState.REQUESTED, eur("45.90"))
    assert (case.seller_charged, case.held) == (eur("45.90"), eur("0.00"))
    asked, approved = service.door.log.history(case_id)
    assert approved.payload.seller_rule == RuleRef(rule_id="small", version=1)
    assert approved.cause.actor == SELLER
    assert approved.cause.command_id == streams.rule_command(case_id, "small", 1)
    assert approved.cause.correlation_id == asked.cause.correlation_id


def test_asked_again_under_the_same_id_the_answer_is_the_same(service):
    keep(service)
    command, errand = service.request(), service.errand(BUYER)
    first = service.door.refund_cases.submit(command, errand)
    again = service.door.refund_cases.submit(command, errand)
    assert (first.version, again.version, again.repeated) == (2, 2, True)


@pytest.mark.parametrize(
    ("line_id", "reason"),
    [("o-1-2", Reason.ITEM_MISSING), ("o-1-1", Reason.WRONG_ITEM)],
    ids=["a cent too much", "another reason"],
)
def test_what_no_rule_covers_waits_for_the_seller(service, line_id, reason):
    keep(service)
    assert service.case(service.submit(line_id, reason)).status is Status.AWAITING_SELLER


def test_the_rule_that_stood_when_the_request_was_made_answers(service):
    keep(service)
    keep(service, up_to="70.00")
    case_id = service.submit("o-1-2")
    assert service.door.log.history(case_id)[-1].payload.seller_rule.version == 2
    service.door.accounts.end_rule(SELLER.id, "small", service.errand(SELLER))
    assert service.case(service.submit("o-1-1")).status is Status.AWAITING_SELLER


def test_a_buyer_under_review_goes_to_support_whatever_the_rules_say(service):
    keep(service)
    service.door.accounts.put_under_review(BUYER.id, Ground(ground="Many."), service.errand(SUPPORT))
    case_id = service.submit()
    assert service.case(case_id).status is Status.SUPPORT_REVIEW
    service.handle(case_id, HandToSeller(), SUPPORT)
    assert service.case(case_id).status is Status.AWAITING_SELLER, "what support hands over is for a person to answer"


def test_a_seller_who_left_the_programme_has_no_rules_that_answer(service):
    keep(service)
    profile = SellerProfile(enrolled=False)
    service.door.accounts.record_profile(SELLER.id, profile, service.errand(MARKETPLACE))
    assert service.case(service.submit()).status is Status.SUPPORT_REVIEW


def test_a_line_that_cost_nothing_is_the_sellers_to_answer(service):
    keep(service)
    service.sold(order_line("o-1-3", price=eur("0.00"), shipping=eur("0.00")))
    assert service.case(service.submit("o-1-3")).status is Status.AWAITING_SELLER


def test_a_preview_does_not_tell_what_a_seller_pays_unasked(service):
    keep(service)
    receipt = service.door.refund_cases.submit(service.request(), service.errand(BUYER, preview=True))
    assert [event.topic for event in receipt.events if event.originator_id == receipt.stream_id] == [
        "refund.requested.v1"
    ]
