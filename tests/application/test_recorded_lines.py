"""Order lines are read for backtests with all their cases, and with where their sellers' returns went at any time."""

from uuid import uuid4

import pytest

from domain.actors import Actor, Role
from domain.backtest import compare
from domain.buyer.standing import BuyerPutUnderReview
from domain.policy import standard_policies
from domain.refund.commands import (
    ApproveWithoutReturn,
    ApproveWithReturn,
    DeclineOffer,
    OfferPartialRefund,
    Reject,
    Withdraw,
)
from domain.seller.account import SellerProfile
from domain.seller.rules import RuleTerms
from domain.vocabulary import Reason
from store import recorded_lines
from store.application import ChosenAddress
from store.envelope import Draft
from store.failures import Unavailable
from store.log import Append, Tip
from tests.service import BUYER, HOME, MARKETPLACE, SELLER, SUPPORT, eur, order_line

POLICIES = standard_policies()


def lines(service):
    return list(service.door.recorded_lines.all())


def test_a_line_comes_with_all_its_cases_and_a_line_without_any_does_not_come(service, monkeypatch):
    monkeypatch.setattr(recorded_lines, "AT_ONCE", 2)
    service.sold(*(order_line(f"o-1-{number}") for number in range(1, 7)))
    cases = {number: [service.submit(f"o-1-{number}")] for number in (5, 1, 3)}
    service.handle(cases[5][0], Withdraw(), BUYER)
    cases[5].append(service.submit("o-1-5"))
    cases[2] = [service.submit("o-1-2")]
    assert [[case.id for case in line.cases] for line in lines(service)] == list(cases.values())


def test_every_case_comes_out_as_it_was_recorded(service):
    service.sold(*(order_line(f"o-1-{number}") for number in range(1, 4)))
    approved, returned, rejected = (service.submit(f"o-1-{number}", Reason.WRONG_ITEM) for number in range(1, 4))
    service.later(hours=1)
    service.handle(approved, ApproveWithoutReturn(), SELLER)
    service.handle(returned, ApproveWithReturn(), SELLER)
    service.handle(rejected, Reject(code="shown_in_listing", text="See the second photo."), SELLER)
    found = [
        finding
        for line in lines(service)
        for finding in compare(line, POLICIES.current, POLICIES.__getitem__, service.now)
    ]
    assert [finding.case_id for finding in found] == [approved, returned, rejected]
    assert {(finding.is_comparable, finding.differences) for finding in found} == {(True, ())}
    assert [finding.recorded.word for finding in found] == [
        "open: refund_pending",
        "open: awaiting_return",
        "open: rejected",
    ]


def test_where_returns_went_is_known_for_every_moment(service):
    begun = service.now
    service.sold()
    service.submit()
    service.later(days=1)
    elsewhere = HOME.model_copy(update={"street": "Hafenstr. 2"})
    service.door.accounts.record_address(SELLER.id, "port", elsewhere, service.errand(SELLER))
    service.door.accounts.choose_return_address(SELLER.id, ChosenAddress(address_id="port"), service.errand(SELLER))
    (line,) = lines(service)
    streets = [line.address_at(at) for at in (begun, service.now)]
    assert ["Ringstr. 1" in streets[0].text, "Hafenstr. 2" in streets[1].text] == [True, True]


def test_a_seller_who_never_chose_an_address_has_none(service):
    homeless = Actor(role=Role.SELLER, id="s-9")
    service.door.accounts.record_profile(homeless.id, SellerProfile(enrolled=True), service.errand(MARKETPLACE))
    service.sold(order_line(seller_id=homeless.id))
    service.submit()
    (line,) = lines(service)
    assert line.address_at(service.now) is None


def test_a_log_of_which_something_is_still_being_written_is_not_read_in_part(service, engine, monkeypatch):
    monkeypatch.setattr("store.reader.PATIENCE", 0.0)
    service.sold()
    late = Draft(BuyerPutUnderReview(buyer_id="b-9", ground="Five cameras."), service.now, None)
    with engine.begin() as unfinished:
        begun = Append(Tip(uuid4()), [(late, service.errand(SUPPORT).cause(service.now))])
        service.door.log.append([begun], conn=unfinished)
        service.submit()
        with pytest.raises(Unavailable, match="still being written"):
            lines(service)
    assert len(lines(service)) == 1


def test_what_a_seller_s_rule_answered_comes_out_as_it_was_recorded(service):
    terms = RuleTerms(reasons={Reason.ITEM_MISSING}, up_to=eur("50.00"))
    service.door.accounts.keep_rule(SELLER.id, "small", terms, service.errand(SELLER))
    service.sold()
    service.submit()
    (line,) = lines(service)
    (finding,) = compare(line, POLICIES.current, POLICIES.__getitem__, service.now)
    assert (finding.recorded.word, finding.is_comparable, finding.differences) == ("open: refund_pending", True, ())


def test_what_persons_wrote_who_are_forgotten_is_not_needed(service):
    service.sold()
    case_id = service.submit(reason=Reason.WRONG_ITEM)
    service.handle(case_id, OfferPartialRefund(amount=eur("12.00")), SELLER)
    service.handle(case_id, DeclineOffer(), BUYER)
    for person in (f"buyer:{BUYER.id}", f"seller:{SELLER.id}"):
        service.vault.forget(person)
    (line,) = lines(service)
    (finding,) = compare(line, POLICIES.current, POLICIES.__getitem__, service.now)
    assert (finding.recorded.word, finding.is_comparable, finding.differences) == ("open: awaiting_return", True, ())
