"""Carriers know parcels by their tracking number alone; a scan reaches every case that travels with it (SPEC §13)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from domain.actors import Actor, Role
from domain.messages import Event
from domain.order.facts import Tracking
from domain.posting import Account
from domain.refund.commands import (
    ApproveWithReturn,
    ConfirmReturn,
    DecideRefundOnReturn,
    EnterReplacementTracking,
    Liability,
    MarkAsShipped,
    PromiseReplacement,
    Reject,
    ReportReturnLabelIssued,
    ReportReturnShipped,
    TakeOver,
)
from domain.refund.events import CaseEvent
from domain.refund.parcels import NAMING, ParcelScan
from domain.vocabulary import Reason, RejectionCode, Status
from store import streams
from store.parcel_names import FIND
from tests.service import BUYER, CARRIER, SELLER, SUPPORT, eur, order_line

RACES = 6
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


def labelled(service, case_id, tracking=PARCEL, cost="4.49"):
    fact = ReportReturnLabelIssued(happened_at=service.now, tracking=tracking, cost=eur(cost))
    service.handle(case_id, fact, CARRIER)
    return case_id


def reported(service, case_id, tracking=PARCEL):
    service.handle(case_id, ReportReturnShipped(tracking=tracking), BUYER)


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


@pytest.mark.parametrize(("number", "used"), [(NUMBER, 449), (OTHER_PARCEL.number, 999)], ids=["first", "second"])
def test_of_two_labels_of_a_case_the_one_that_travels_is_booked_and_charged(service, number, used):
    case_id = labelled(service, returning(service))
    service.handle(case_id, TakeOver(ground="Let us look."), SUPPORT)
    service.handle(case_id, DecideRefundOnReturn(grounds="Once more.", liability=Liability(seller=100)), SUPPORT)
    labelled(service, case_id, OTHER_PARCEL, cost="9.99")
    scanned(service, number)
    assert booked(service, case_id) == used
    scanned(service, number, delivered=True, report_id="scan-2")
    service.handle(case_id, ConfirmReturn(), SELLER)
    assert service.case(case_id).seller_charged.minor == 4590 + used


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


# Scans that come before anybody named the parcel


def sending(service, line_id="o-1-1"):
    """A case whose seller has promised a replacement."""
    service.sold(order_line(line_id))
    case_id = service.submit(line_id, Reason.ITEM_MISSING)
    service.handle(case_id, PromiseReplacement(), SELLER)
    return case_id


def test_a_replacement_handed_in_before_its_number_was_entered_is_on_its_way_at_once(service):
    case_id = sending(service)
    service.later(hours=2)
    at = service.now
    scanned(service)
    service.later(hours=3)
    service.handle(case_id, EnterReplacementTracking(tracking=PARCEL), SELLER)
    assert service.topics(case_id)[-2:] == ["refund.replacement_tracking_entered.v1", "refund.replacement_accepted.v1"]
    last = service.door.log.history(case_id)[-1]
    assert (str(last.cause.actor), last.occurred_at) == ("carrier:carrier", at)
    assert last.cause.recorded_at == service.now
    kept = service.door.log.history(streams.parcel("JJD000122"))
    assert [event.topic for event in kept] == ["parcel.scanned.v1", "parcel.named.v1"]
    assert last.cause.command_id == kept[0].cause.command_id


def test_all_of_its_scans_are_told_in_the_order_in_which_they_happened(service):
    case_id = sending(service)
    service.later(hours=5)
    scanned(service, delivered=True, report_id="scan-2")
    scan = ParcelScan(number=NUMBER, delivered=False, happened_at=service.now - timedelta(hours=4))
    service.door.reports.scanned(scan, CARRIER, "scan-1")
    service.handle(case_id, EnterReplacementTracking(tracking=PARCEL), SELLER)
    assert service.topics(case_id)[-2:] == ["refund.replacement_accepted.v1", "refund.replacement_delivered.v1"]
    assert service.case(case_id).status is Status.REPLACEMENT_INSPECTION


@pytest.mark.parametrize("name", [labelled, reported], ids=["label", "buyer"])
def test_a_return_that_was_scanned_before_its_number_was_known_is_on_its_way(service, name):
    case_id = returning(service)
    scanned(service)
    name(service, case_id)
    assert service.case(case_id).status is Status.RETURN_IN_TRANSIT


def test_a_late_order_that_was_scanned_before_the_seller_named_it_is_shipped_after_all(service):
    service.at("2026-03-12T10:00").sold(order_line(shipped_at=None, delivered_at=None))
    case_id = service.submit(reason=Reason.LATE_NOT_SHIPPED)
    scan = ParcelScan(number=NUMBER, delivered=False, happened_at=service.now - timedelta(days=1))
    service.door.reports.scanned(scan, CARRIER, "scan-1")
    service.handle(case_id, MarkAsShipped(tracking=PARCEL), SELLER)
    assert service.topics(case_id)[-1] == "refund.order_shipped_after_all.v1"


def test_an_item_put_into_a_parcel_that_is_on_its_way_already_travels_with_it(service):
    first, second = labelled(service, returning(service)), labelled(service, returning(service, "o-1-2"), OTHER_PARCEL)
    scanned(service)
    reported(service, second)
    assert statuses(service, first, second) == [Status.RETURN_IN_TRANSIT] * 2
    assert (booked(service, first), booked(service, second)) == (449, 0)


def test_what_was_scanned_under_this_number_before_the_case_was_another_parcel(service):
    scanned(service, delivered=True)
    service.later(hours=1)
    case_id = sending(service)
    service.handle(case_id, EnterReplacementTracking(tracking=PARCEL), SELLER)
    back = returning(service, "o-1-2")
    reported(service, back)
    assert statuses(service, case_id, back) == [Status.AWAITING_REPLACEMENT, Status.AWAITING_RETURN]


def test_a_buyer_who_names_anothers_parcel_late_moves_nothing_either(service):
    mine = labelled(service, returning(service), OTHER_PARCEL)
    labelled(service, returning(service, "o-2-1", OTHER_BUYER, order_id="o-2"))
    scanned(service)
    reported(service, mine)
    assert service.case(mine).status is Status.AWAITING_RETURN


def test_a_case_that_names_its_parcel_again_hears_of_no_scan_twice(service):
    case_id = labelled(service, returning(service))
    scanned(service)
    version = service.case(case_id).version
    labelled(service, case_id)
    assert service.topics(case_id)[version:] == ["refund.return_label_recorded.v1"]


def test_a_preview_of_naming_tells_of_the_scan_and_records_nothing(service):
    case_id = sending(service)
    scanned(service)
    tracked = EnterReplacementTracking(tracking=PARCEL)
    foreseen = service.handle(case_id, tracked, SELLER, preview=True)
    assert [event.topic for event in foreseen.events][1] == "refund.replacement_accepted.v1"
    assert service.case(case_id).status is Status.AWAITING_REPLACEMENT


def test_a_scan_and_a_naming_that_race_find_each_other(service):
    for number in range(RACES):
        case_id = sending(service, f"o-1-{number}")
        tracking = Tracking(carrier="DHL", number=f"JJD 77{number}")
        with ThreadPoolExecutor(2) as threads:
            started = [
                threads.submit(service.handle, case_id, EnterReplacementTracking(tracking=tracking), SELLER),
                threads.submit(scanned, service, tracking.number, report_id=f"scan-{number}"),
            ]
            for each in started:
                each.result()
        assert service.case(case_id).status is Status.REPLACEMENT_IN_TRANSIT


def test_a_scan_that_nobody_waits_for_is_kept_once(service):
    for _ in range(2):
        scanned(service, "JJD9")
    assert [event.topic for event in service.door.log.history(streams.parcel("JJD9"))] == ["parcel.scanned.v1"]


def test_every_event_with_a_tracking_number_may_name_a_parcel():
    events = {event for event in Event.topics.values() if issubclass(event, CaseEvent)}
    assert {event for event in events if "tracking" in event.model_fields} == set(NAMING)


def test_the_log_finds_a_parcel_by_its_index(engine):
    with engine.begin() as conn:
        conn.exec_driver_sql("set local enable_seqscan = off")
        plan = "\n".join(conn.exec_driver_sql(f"explain {FIND}", ("JJD",)).scalars())
    assert "ix_event_parcel" in plan
