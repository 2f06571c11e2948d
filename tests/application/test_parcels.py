"""Carriers know parcels by their tracking number alone; a scan reaches every case that travels with it (SPEC §13)."""

from datetime import timedelta

import pytest

from domain.actors import Actor, Role
from domain.messages import Event
from domain.order.facts import Tracking
from domain.posting import Account
from domain.refund.commands import (
    ApproveWithReturn,
    ConfirmReturn,
    EnterReplacementTracking,
    MarkAsShipped,
    PromiseReplacement,
    Reject,
    ReportReturnLabelIssued,
    ReportReturnShipped,
)
from domain.refund.events import CaseEvent
from domain.refund.parcels import NAMING, ParcelScan
from domain.refusals import Unknown
from domain.vocabulary import Reason, RejectionCode, Status
from store.parcel_names import FIND
from tests.service import BUYER, CARRIER, SELLER, eur, order_line

NUMBER = "JJD 0001-22"
PARCEL = Tracking(carrier="DHL", number=NUMBER)
OTHER_PARCEL = Tracking(carrier="DHL", number="JJD 0001-23")
OTHER_BUYER = Actor(role=Role.BUYER, id="b-2")


def returning(service, line_id="o-1-1", buyer=BUYER, **facts):
    """A case whose item may come back."""
    service.sold(order_line(line_id, buyer_id=buyer.id, **facts))
    case_id = service.submit(line_id, Reason.WRONG_ITEM, buyer)
    service.handle(case_id, ApproveWithReturn(), SELLER)
    return case_id


def labelled(service, case_id, tracking=PARCEL):
    fact = ReportReturnLabelIssued(happened_at=service.now, tracking=tracking, cost=eur("4.49"))
    service.handle(case_id, fact, CARRIER)
    return case_id


def scanned(service, number=NUMBER, *, delivered=False, report_id="scan-1"):
    scan = ParcelScan(number=number, delivered=delivered, happened_at=service.now)
    service.door.reports.scanned(scan, CARRIER, report_id)


def statuses(service, *cases):
    return [service.case(case).status for case in cases]


def test_a_labels_number_leads_to_its_case(service):
    case_id = labelled(service, returning(service))
    scanned(service)
    assert service.case(case_id).status is Status.RETURN_IN_TRANSIT
    scanned(service, delivered=True, report_id="scan-2")
    assert service.case(case_id).status is Status.RETURN_INSPECTION


def test_spaces_and_small_letters_make_no_other_number(service):
    case_id = labelled(service, returning(service))
    scanned(service, "jjd000122")
    assert service.case(case_id).status is Status.RETURN_IN_TRANSIT


def test_the_scan_counts_from_its_own_time(service):
    case_id = labelled(service, returning(service))
    at = service.now
    service.later(hours=30)
    scan = ParcelScan(number=NUMBER, delivered=False, happened_at=at)
    service.door.reports.scanned(scan, CARRIER, "late")
    last = service.door.log.history(case_id)[-1]
    assert (last.occurred_at, last.cause.recorded_at) == (at, at + timedelta(hours=30))


def test_two_items_in_one_parcel_travel_together(service):
    first = labelled(service, returning(service))
    second = labelled(service, returning(service, "o-1-2"), OTHER_PARCEL)
    service.handle(second, ReportReturnShipped(tracking=PARCEL), BUYER)
    scanned(service)
    assert statuses(service, first, second) == [Status.RETURN_IN_TRANSIT] * 2
    causes = {service.door.log.history(case)[-1].cause.command_id for case in (first, second)}
    assert len(causes) == 1


def booked(service, case_id):
    """What the carrier is owed for this case's label, in minor units."""
    postings = [envelope.payload.posting for envelope in service.door.log.history(case_id)]
    return sum(posting.minor_on(Account.CARRIER_LABELS) for posting in postings if posting)


def test_a_shared_label_is_booked_once_pro_rata_by_price(service):
    first = labelled(service, returning(service))
    second = labelled(service, returning(service, "o-1-2", price=eur("20.00")), OTHER_PARCEL)
    service.handle(second, ReportReturnShipped(tracking=PARCEL), BUYER)
    scanned(service)
    assert (booked(service, first), booked(service, second)) == (299, 150)
    scanned(service, delivered=True, report_id="scan-2")
    service.handle(second, ConfirmReturn(), SELLER)
    assert service.case(second).seller_charged == eur("27.40")


def test_whoever_comes_aboard_after_the_first_scan_finds_the_label_booked(service):
    first, second = labelled(service, returning(service)), labelled(service, returning(service, "o-1-2"), OTHER_PARCEL)
    scanned(service)
    service.handle(second, ReportReturnShipped(tracking=PARCEL), BUYER)
    scanned(service, delivered=True, report_id="scan-2")
    assert statuses(service, first, second) == [Status.RETURN_INSPECTION] * 2
    assert (booked(service, first), booked(service, second)) == (449, 0)
    service.handle(second, ConfirmReturn(), SELLER)
    assert service.case(second).seller_charged == eur("45.90")


def test_one_label_issued_for_two_cases_is_one_label(service):
    cases = [labelled(service, returning(service, line_id)) for line_id in ("o-1-1", "o-1-2")]
    scanned(service)
    assert [booked(service, case) for case in cases] == [225, 224]


def test_a_label_that_stayed_at_home_costs_nothing(service):
    case_id = labelled(service, returning(service), OTHER_PARCEL)
    service.handle(case_id, ReportReturnShipped(tracking=PARCEL), BUYER)
    scanned(service)
    assert service.case(case_id).status is Status.RETURN_IN_TRANSIT
    assert booked(service, case_id) == 0


def test_the_same_report_again_adds_nothing(service):
    case_id = labelled(service, returning(service))
    scanned(service)
    version = service.case(case_id).version
    scanned(service)
    assert service.case(case_id).version == version


def test_a_buyers_own_parcel_leads_to_his_case(service):
    case_id = returning(service)
    service.handle(case_id, ReportReturnShipped(tracking=PARCEL), BUYER)
    scanned(service)
    assert service.case(case_id).status is Status.RETURN_IN_TRANSIT


def test_naming_another_buyers_parcel_moves_nothing(service):
    theirs = labelled(service, returning(service, "o-2-1", OTHER_BUYER, order_id="o-2"))
    mine = labelled(service, returning(service), OTHER_PARCEL)
    service.handle(mine, ReportReturnShipped(tracking=PARCEL), BUYER)
    scanned(service)
    assert statuses(service, theirs, mine) == [Status.RETURN_IN_TRANSIT, Status.AWAITING_RETURN]


def test_a_parcel_on_its_way_to_the_buyer_brings_nothing_back(service):
    service.sold(order_line("o-1-2"))
    sent = service.submit("o-1-2", Reason.ITEM_MISSING)
    service.handle(sent, PromiseReplacement(), SELLER)
    service.handle(sent, EnterReplacementTracking(tracking=PARCEL), SELLER)
    mine = returning(service)
    service.handle(mine, ReportReturnShipped(tracking=PARCEL), BUYER)
    scanned(service, delivered=True)
    assert statuses(service, sent, mine) == [Status.REPLACEMENT_INSPECTION, Status.AWAITING_RETURN]


@pytest.mark.parametrize(
    "answer",
    [
        MarkAsShipped(tracking=PARCEL),
        Reject(code=RejectionCode.IN_TRANSIT, text="It is on its way.", tracking=PARCEL),
    ],
)
def test_a_late_order_that_was_sent_is_followed_by_its_number(service, answer):
    service.at("2026-03-12T10:00").sold(order_line(shipped_at=None, delivered_at=None))
    case_id = service.submit(reason=Reason.LATE_NOT_SHIPPED)
    service.handle(case_id, answer, SELLER)
    scanned(service)
    assert service.topics(case_id)[-1] == "refund.order_shipped_after_all.v1"


def test_a_parcel_that_nobody_named_is_unknown(service):
    with pytest.raises(Unknown, match="no case travels with parcel JJD9"):
        scanned(service, "JJD9")


def test_every_event_with_a_tracking_number_may_name_a_parcel():
    events = {event for event in Event.topics.values() if issubclass(event, CaseEvent)}
    assert {event for event in events if "tracking" in event.model_fields} == set(NAMING)


def test_the_log_finds_a_parcel_by_its_index(engine):
    with engine.begin() as conn:
        conn.exec_driver_sql("set local enable_seqscan = off")
        plan = "\n".join(conn.exec_driver_sql(f"explain {FIND}", ("JJD",)).scalars())
    assert "ix_event_parcel" in plan
