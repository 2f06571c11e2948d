"""Where an item went back although its case had ended unpaid, support acts in the request that followed."""

import pytest

from domain.payout import ReportRefundElsewhere
from domain.refund.commands import (
    ApproveWithReturn,
    DecideFullRefund,
    Deny,
    Liability,
    Reopen,
    ReportReturnAccepted,
    ReportReturnDelivered,
    ReportReturnLabelIssued,
    Withdraw,
)
from domain.refusals import NotAllowedNow
from domain.vocabulary import Outcome, Reason, ReturnState, Status
from tests.service import BUYER, CARRIER, MARKETPLACE, SELLER, SUPPORT, eur, order_line

TRACKING = {"carrier": "DHL", "number": "JJD1"}
REOPEN = Reopen(ground="The seller has the item.")
REFUND = DecideFullRefund(grounds="He sent it in time.", liability=Liability(seller=100))


@pytest.fixture
def lapsed(service):
    """A return that counts as not shipped, since nobody had told of its scan."""
    service.sold(order_line())
    return unshipped(service)


def unshipped(service):
    case = returning(service)
    service.now = service.case(case).deadline.due_at
    service.door.overtake([case])
    return case


def returning(service):
    case = service.submit(reason=Reason.WRONG_ITEM)
    service.handle(case, ApproveWithReturn(), SELLER)
    issued = ReportReturnLabelIssued(happened_at=service.now, tracking=TRACKING, cost=eur("4.49"))
    service.handle(case, issued, CARRIER)
    return case


def withdrawn(service, case=None):
    later = case or service.submit(reason=Reason.WRONG_ITEM)
    service.handle(later, Withdraw(), BUYER)
    return later


def scanned(service, case, kind=ReportReturnAccepted):
    """Told now, and dated as soon as the label was issued."""
    service.handle(case, kind(happened_at=service.case(case).opened_at), CARRIER)


def test_support_reopens_the_withdrawn_request_that_followed_and_refunds_in_it(service, lapsed):
    later = withdrawn(service)
    scanned(service, lapsed)
    service.handle(later, REOPEN, SUPPORT)
    assert service.topics(later)[-1] == "refund.reopened_with_return.v1"
    service.handle(later, REFUND, SUPPORT)
    assert service.case(later).refund_due == eur("45.90")


def test_the_label_stays_the_platforms_who_bore_it_with_the_earlier_case(service, lapsed):
    later = withdrawn(service, returning(service))
    scanned(service, lapsed)
    service.handle(later, REOPEN, SUPPORT)
    service.handle(later, REFUND, SUPPORT)
    assert service.case(later).seller_charged == eur("45.90")


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([ReportReturnAccepted], ReturnState.SCANNED),
        ([ReportReturnDelivered], ReturnState.DELIVERED),
        ([ReportReturnAccepted, ReportReturnDelivered], ReturnState.DELIVERED),
    ],
    ids=["handed in", "delivered", "both"],
)
def test_the_reopened_case_knows_how_far_the_item_came(service, lapsed, told, state):
    later = withdrawn(service)
    for kind in told:
        scanned(service, lapsed, kind)
    service.handle(later, REOPEN, SUPPORT)
    assert (service.case(later).status, service.case(later).return_state) == (Status.SUPPORT_REVIEW, state)


def test_a_denial_then_sends_the_item_back(service, lapsed):
    later = withdrawn(service)
    scanned(service, lapsed)
    service.handle(later, REOPEN, SUPPORT)
    service.handle(later, Deny(grounds="He withdrew it."), SUPPORT)
    assert service.topics(later)[-1] == "refund.denied_item_sent_back.v1"


def test_once_the_buyer_has_the_item_again_the_case_is_reopened_without_it(service, lapsed):
    later = withdrawn(service)
    scanned(service, lapsed)
    service.handle(later, REOPEN, SUPPORT)
    service.handle(later, Deny(grounds="He withdrew it."), SUPPORT)
    service.handle(later, REOPEN, SUPPORT)
    assert service.topics(later)[-1] == "refund.reopened.v1"
    assert service.case(later).return_state is ReturnState.SENT_BACK


def test_a_request_that_was_withdrawn_while_its_own_parcel_travelled_is_reopened_where_none_can_follow(service, lapsed):
    later = withdrawn(service, returning(service))
    scanned(service, later)
    service.handle(later, REOPEN, SUPPORT)
    service.handle(later, REFUND, SUPPORT)
    assert service.case(later).seller_charged == eur("50.39")


def test_a_request_that_ended_unpaid_otherwise_is_reopened_with_the_item_too(service, lapsed):
    later = unshipped(service)
    scanned(service, lapsed)
    service.handle(later, REOPEN, SUPPORT)
    assert service.case(later).return_state is ReturnState.SCANNED


def test_without_such_a_scan_a_withdrawn_request_stays_withdrawn(service, lapsed):
    later = withdrawn(service)
    with pytest.raises(NotAllowedNow):
        service.handle(later, REOPEN, SUPPORT)
    assert service.case(later).outcome is Outcome.WITHDRAWN


def test_nor_is_the_first_request_reopened_whose_buyer_may_file_again(service):
    service.sold(order_line())
    case = withdrawn(service, returning(service))
    scanned(service, case)
    with pytest.raises(NotAllowedNow):
        service.handle(case, REOPEN, SUPPORT)
    assert service.case(service.submit(reason=Reason.WRONG_ITEM)).is_open


def test_nor_anything_once_the_buyer_has_his_money(service, lapsed):
    later = withdrawn(service)
    scanned(service, lapsed)
    paid = ReportRefundElsewhere(happened_at=service.now, amount=eur("45.90"), reference="hub-1")
    service.handle(lapsed, paid, MARKETPLACE)
    with pytest.raises(NotAllowedNow) as refusal:
        service.handle(later, REOPEN, SUPPORT)
    assert refusal.value.rule == "line_is_free"
