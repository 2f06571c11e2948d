"""A closed case comes alive again only where no cancellation has taken its order line meanwhile (SPEC §§3, 5, 13)."""

import pytest

from domain.cancellation.commands import AcceptCancellation, DeclineCancellation, RequestCancellation
from domain.payout import ReportRefundElsewhere
from domain.refund.commands import ApproveWithReturn, Reject, Reopen, ReportReturnAccepted, ReportReturnLabelIssued
from domain.refund.parcels import ParcelScan
from domain.refusals import NotAllowedNow
from domain.vocabulary import Outcome, Reason, RejectionCode, Status
from store import streams
from tests.service import BUYER, CARRIER, MARKETPLACE, SELLER, SUPPORT, berlin, eur, order_line

UNSENT = {"purchased_at": berlin("2026-02-25T17:00"), "shipped_at": None, "delivered_at": None}
TRACKING = {"carrier": "DHL", "number": "JJD1"}
REJECTED = Reject(code=RejectionCode.IN_TRANSIT, text="Sent.", tracking=TRACKING)
REOPEN = Reopen(ground="A witness.")
REFUNDED = {"amount": eur("45.90"), "reference": "hub-1"}


@pytest.fixture
def rejected(service):
    """A late order whose rejection stood."""
    service.sold(order_line(**UNSENT))
    case_id = service.submit(reason=Reason.LATE_NOT_SHIPPED)
    service.handle(case_id, REJECTED, SELLER)
    return ended(service, case_id)


@pytest.fixture
def unreturned(service):
    """A return for which a label was issued, and that nobody handed in in time."""
    service.sold(order_line(shipped_at=None, delivered_at=None))
    case_id = service.submit(reason=Reason.WRONG_ITEM)
    service.handle(case_id, ApproveWithReturn(), SELLER)
    issued = ReportReturnLabelIssued(happened_at=service.now, tracking=TRACKING, cost=eur("4.49"))
    service.handle(case_id, issued, CARRIER)
    return ended(service, case_id)


def ended(service, case_id):
    service.now = service.case(case_id).deadline.due_at
    service.door.overtake([case_id])
    return case_id


def asked(service):
    return service.door.cancellations.submit(RequestCancellation(line_id="o-1-1"), service.errand(BUYER)).stream_id


def answered(service, command):
    service.door.cancellations.handle(asked(service), command, service.errand(SELLER))


def refunded_beside(service):
    fact = ReportRefundElsewhere(happened_at=service.now, **REFUNDED)
    service.door.cancellations.handle(asked(service), fact, service.errand(MARKETPLACE))


@pytest.mark.parametrize(
    "takes_the_line",
    [
        asked,
        lambda service: answered(service, AcceptCancellation()),
        refunded_beside,
        lambda service: service.sold(order_line(**UNSENT, cancelled=True)),
    ],
    ids=["asked", "granted", "refunded beside", "cancelled by the marketplace"],
)
def test_support_reopens_no_case_whose_line_a_cancellation_has_taken(service, rejected, takes_the_line):
    takes_the_line(service)
    with pytest.raises(NotAllowedNow) as refused:
        service.handle(rejected, REOPEN, SUPPORT)
    assert (refused.value.rule, refused.value.possible) == ("line_is_free", ())


def test_a_declined_cancellation_stands_in_nobodys_way(service, rejected):
    answered(service, DeclineCancellation())
    service.handle(rejected, REOPEN, SUPPORT)
    assert service.case(rejected).status is Status.SUPPORT_REVIEW


def test_a_cancellation_that_nobody_answered_in_time_stands_in_nobodys_way(service, rejected):
    asked(service)
    service.later(hours=48)
    service.handle(rejected, REOPEN, SUPPORT)
    assert service.case(rejected).status is Status.SUPPORT_REVIEW


def test_a_scan_in_time_is_only_recorded_once_the_sale_was_cancelled(service, unreturned):
    in_time = service.case(unreturned).opened_at
    answered(service, AcceptCancellation())
    service.handle(unreturned, ReportReturnAccepted(happened_at=in_time), CARRIER)
    assert service.topics(unreturned)[-1] == "refund.return_scan_recorded.v1"
    assert service.case(unreturned).outcome is Outcome.RETURN_NOT_SHIPPED


def test_a_cancellation_is_refused_while_a_case_lives_again(service, rejected):
    service.handle(rejected, REOPEN, SUPPORT)
    with pytest.raises(NotAllowedNow, match="a refund case on this line is still open"):
        asked(service)


@pytest.mark.parametrize("scan", ["of the case", "of the parcel"])
def test_the_line_learns_that_a_case_lives_again(service, unreturned, scan):
    in_time = service.case(unreturned).opened_at
    if scan == "of the case":
        service.handle(unreturned, ReportReturnAccepted(happened_at=in_time), CARRIER)
    else:
        told = ParcelScan(number=TRACKING["number"], delivered=False, happened_at=in_time)
        service.door.parcels.scanned(told, service.errand(CARRIER))
    marked = service.door.log.history(streams.order_line("o-1-1"))[-1]
    assert (marked.topic, marked.payload.case_id) == ("order_line.refund_case_revived.v1", unreturned)
    assert service.case(unreturned).status is Status.RETURN_IN_TRANSIT


def test_a_cancellation_asked_for_while_a_case_comes_alive_finds_it_active(service, rejected, monkeypatch):
    """The line had been read before the case lived again; asked anew, since the line moved, the request is refused."""
    append, revive = service.door.log.append, iter([lambda: service.handle(rejected, REOPEN, SUPPORT)])

    def interrupted(*given, **options):
        for first in revive:
            first()
        return append(*given, **options)

    monkeypatch.setattr(service.door.log, "append", interrupted)
    with pytest.raises(NotAllowedNow, match="a refund case on this line is still open"):
        asked(service)
    assert service.case(rejected).is_open
