"""An order that is scanned while its late or giveaway case is open counts as shipped (SPEC §§3 and 13)."""

from datetime import timedelta

import pytest

from domain.refund.commands import Reject
from domain.vocabulary import Outcome, Reason, RejectionCode, Status
from tests.service import MARKETPLACE, SELLER, berlin, order_line

NOT_SHIPPED = {"shipped_at": None, "delivered_at": None}


@pytest.fixture
def late(service):
    """A late order's case; bought on Monday, asked for ten days later."""
    service.at("2026-03-12T10:00").sold(order_line(**NOT_SHIPPED))
    return service.submit(reason=Reason.LATE_NOT_SHIPPED)


def reported(service, **scans):
    return service.sold(order_line(**{**NOT_SHIPPED, **scans}))


def test_a_scan_moves_a_waiting_case_on_as_of_its_own_time(service, late):
    service.later(hours=9)
    shipped_at = service.now - timedelta(hours=2)
    reported(service, shipped_at=shipped_at)
    assert service.case(late).status is Status.REPLACEMENT_IN_TRANSIT
    last = service.door.log.history(late)[-1]
    assert (last.topic, last.occurred_at) == ("refund.order_shipped_after_all.v1", shipped_at)
    assert last.cause.actor.role == "carrier"


def test_the_scan_has_the_cause_of_the_report_it_came_with(service, late):
    errand = service.errand(MARKETPLACE)
    service.door.order_lines.record([order_line(shipped_at=service.now, delivered_at=None)], errand)
    assert service.door.log.history(late)[-1].cause.command_id == errand.command_id


def test_a_report_of_the_same_scan_again_adds_nothing(service, late):
    shipped_at = service.now
    for _ in range(2):
        reported(service, shipped_at=shipped_at)
    assert service.case(late).version == 2


def test_the_delivery_follows_and_silence_then_ends_the_case_as_fulfilled(service, late):
    reported(service, shipped_at=service.now)
    service.later(days=1)
    reported(service, shipped_at=service.now - timedelta(days=1), delivered_at=service.now)
    assert service.case(late).status is Status.REPLACEMENT_INSPECTION
    service.later(days=10)
    service.door.overtake([late])
    assert service.case(late).outcome is Outcome.FULFILLED


def test_a_delivery_without_an_acceptance_scan_counts_as_both(service, late):
    reported(service, delivered_at=service.now)
    assert service.topics(late)[-2:] == ["refund.order_shipped_after_all.v1", "refund.replacement_delivered.v1"]


def test_a_scan_dated_before_the_deadline_precedes_the_timeout_that_did_not_run_yet(service, late):
    due_at = service.case(late).deadline.due_at
    service.now = due_at + timedelta(days=1)
    reported(service, shipped_at=due_at - timedelta(minutes=1))
    assert service.case(late).status is Status.REPLACEMENT_IN_TRANSIT


def test_a_scan_after_the_deadline_finds_the_case_with_support_and_is_recorded(service, late):
    due_at = service.case(late).deadline.due_at
    service.now = due_at + timedelta(days=1)
    reported(service, shipped_at=service.now, delivered_at=service.now)
    assert service.case(late).status is Status.SUPPORT_REVIEW
    assert service.topics(late)[-2:] == ["refund.seller_silent.v1", "refund.order_scan_recorded.v1"]


def test_a_rejected_late_case_counts_as_shipped_too(service, late):
    tracking = {"carrier": "DHL", "number": "JJD1"}
    service.handle(late, Reject(code=RejectionCode.IN_TRANSIT, text="On its way.", tracking=tracking), SELLER)
    reported(service, shipped_at=service.now)
    assert service.case(late).status is Status.REPLACEMENT_IN_TRANSIT


def test_a_case_about_something_else_hears_nothing_of_the_parcel(service):
    service.sold(order_line(shipped_at=berlin("2026-03-03T10:00"), delivered_at=None))
    case_id = service.submit(reason=Reason.ITEM_MISSING)
    service.sold(order_line())
    assert service.case(case_id).version == 1


def test_a_change_of_a_line_without_a_scan_tells_the_case_nothing(service, late):
    reported(service, title="Vintage camera with lens")
    assert service.case(late).version == 1
