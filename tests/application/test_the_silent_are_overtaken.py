"""A command that comes too late loses to its timeout, which happened when it was due (SPEC §4)."""

import pytest

from domain.refund.commands import ApproveWithoutReturn, ApproveWithReturn, ReportReturnAccepted, SendMessage
from domain.refusals import DeadlinePassed
from domain.vocabulary import Reason, Status
from tests.service import BUYER, CARRIER, SELLER, berlin

DUE = "2026-03-10T18:00"


@pytest.fixture
def case_id(service):
    service.sold()
    return service.submit(reason=Reason.WRONG_ITEM)


def test_an_answer_an_instant_before_the_deadline_counts(service, case_id):
    service.at(DUE).later(microseconds=-1)
    service.handle(case_id, ApproveWithoutReturn(), SELLER)
    assert service.case(case_id).status is Status.REFUND_PENDING


def test_an_answer_at_the_deadline_loses_and_the_timeout_is_recorded_as_of_then(service, case_id):
    service.at(DUE).later(minutes=3)
    with pytest.raises(DeadlinePassed) as refused:
        service.handle(case_id, ApproveWithoutReturn(), SELLER)
    assert refused.value.facts["status"] == Status.SUPPORT_REVIEW
    assert "settle-in-full" in refused.value.possible
    last = service.door.log.history(case_id)[-1]
    assert (last.topic, last.occurred_at, last.cause.recorded_at) == (
        "refund.seller_silent.v1",
        berlin(DUE),
        service.now,
    )
    assert str(last.cause.actor) == "system:clock"


def test_a_message_is_never_too_late(service, case_id):
    service.at(DUE).later(hours=1)
    service.handle(case_id, SendMessage(text="Sorry, I was away."), SELLER)
    assert service.topics(case_id)[-2:] == ["refund.seller_silent.v1", "refund.message_sent.v1"]


def test_a_scan_dated_inside_the_window_precedes_the_timeout_that_did_not_run_yet(service, case_id):
    service.handle(case_id, ApproveWithReturn(), SELLER)
    due_at = service.case(case_id).deadline.due_at
    service.now = due_at
    service.later(hours=5)
    scan = ReportReturnAccepted(happened_at=due_at.replace(hour=0))
    service.handle(case_id, scan, CARRIER)
    assert service.case(case_id).status is Status.RETURN_IN_TRANSIT
    assert "refund.return_not_shipped.v1" not in service.topics(case_id)


def test_the_clock_overtakes_only_what_is_due_and_only_once(service, case_id):
    assert service.door.overtake([case_id]) == []
    service.at(DUE)
    assert [event.topic for event in service.door.overtake([case_id])] == ["refund.seller_silent.v1"]
    assert service.door.overtake([case_id]) == []


def test_windows_that_ran_out_one_after_the_other_are_all_applied(service, case_id):
    service.handle(case_id, ApproveWithReturn(), SELLER)
    service.handle(case_id, SendMessage(text="On its way."), BUYER)
    service.later(days=60)
    assert [event.topic for event in service.door.overtake([case_id])] == ["refund.return_not_shipped.v1"]
