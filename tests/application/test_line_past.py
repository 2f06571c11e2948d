"""What was asked on a line before is overtaken first where its time has run out, and only then judged (SPEC §§3, 4)."""

import pytest

from domain.cancellation.commands import RequestCancellation
from domain.refund.commands import ApproveWithReturn, Reject
from domain.refusals import NotAllowedNow, RuleBroken
from domain.vocabulary import Outcome, Reason, RejectionCode, Status
from tests.service import BUYER, SELLER, berlin, order_line

REJECTED = Reject(code=RejectionCode.OTHER, text="It was in the box.")
UNSHIPPED = {"purchased_at": berlin("2026-03-06T17:00"), "shipped_at": None, "delivered_at": None}


@pytest.fixture
def unshipped_return(service):
    """A return that the buyer had time for until now, and that no timer has ended yet."""
    service.sold()
    case_id = service.submit(reason=Reason.WRONG_ITEM)
    service.handle(case_id, ApproveWithReturn(), SELLER)
    service.now = service.case(case_id).deadline.due_at
    return case_id


def test_a_request_is_taken_once_the_earlier_ones_time_has_run_out(service, unshipped_return):
    second = service.submit(reason=Reason.WRONG_ITEM)
    first = service.case(unshipped_return)
    assert (first.outcome, first.successor) == (Outcome.RETURN_NOT_SHIPPED, second)
    assert service.case(second).status is Status.AWAITING_SELLER


def test_the_timeout_is_recorded_as_of_its_own_time_before_the_case_learns_of_the_next(service, unshipped_return):
    service.later(hours=2)
    service.submit(reason=Reason.WRONG_ITEM)
    timeout, succeeded = service.door.log.history(unshipped_return)[-2:]
    assert (timeout.topic, str(timeout.cause.actor)) == ("refund.return_not_shipped.v1", "system:clock")
    assert timeout.occurred_at < succeeded.occurred_at == service.now
    assert succeeded.topic == "refund.successor_opened.v1"


def test_an_instant_earlier_the_case_is_still_active(service, unshipped_return):
    service.later(microseconds=-1)
    with pytest.raises(NotAllowedNow, match="still open"):
        service.submit(reason=Reason.WRONG_ITEM)


def test_a_rejection_that_stood_is_judged_as_an_end(service):
    service.sold()
    case_id = service.submit()
    service.handle(case_id, REJECTED, SELLER)
    service.now = service.case(case_id).deadline.due_at
    with pytest.raises(RuleBroken, match="already ended as rejected"):
        service.submit()


def test_a_preview_records_none_of_it(service, unshipped_return):
    errand = service.errand(BUYER, preview=True)
    service.submit(reason=Reason.WRONG_ITEM, errand=errand)
    assert service.case(unshipped_return).is_open


def test_a_cancellation_that_nobody_answered_is_declined_before_a_request_is_judged(service):
    service.sold(order_line(**UNSHIPPED))
    asked = service.door.cancellations.submit(RequestCancellation(line_id="o-1-1"), service.errand(BUYER)).stream_id
    service.at("2026-03-16T10:00")
    case_id = service.submit(reason=Reason.LATE_NOT_SHIPPED)
    assert service.case(case_id).status is Status.AWAITING_SELLER
    assert service.topics(asked)[-1] == "cancellation.lapsed.v1"


def test_a_case_that_has_ended_unnoticed_stands_in_no_cancellations_way(service):
    service.sold(order_line(**{**UNSHIPPED, "purchased_at": berlin("2026-02-25T17:00")}))
    case_id = service.submit(reason=Reason.LATE_NOT_SHIPPED)
    tracking = {"carrier": "DHL", "number": "JJD1"}
    service.handle(case_id, Reject(code=RejectionCode.IN_TRANSIT, text="Sent.", tracking=tracking), SELLER)
    service.now = service.case(case_id).deadline.due_at
    service.door.cancellations.submit(RequestCancellation(line_id="o-1-1"), service.errand(BUYER))
    assert service.case(case_id).outcome is Outcome.REJECTED
