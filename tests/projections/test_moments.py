"""The case as it stood at a moment: as the house knew it, and as it was (SPEC §7.10)."""

import pytest

from domain.refund.commands import ApproveWithReturn, ReportReturnAccepted
from domain.vocabulary import Outcome, Reason, Status
from projections.moments import Clock, as_of
from store.application.case_record import record_of
from tests.service import CARRIER, SELLER, berlin

LAPSED, LEARNED = "2026-03-16T18:00", "2026-03-18T09:00"


@pytest.fixture
def history(service):
    """Handed in on Thursday the 12th; the window lapsed on Monday; on Wednesday the scan was told at last."""
    service.sold()
    case_id = service.submit(reason=Reason.WRONG_ITEM)
    service.at("2026-03-09T18:00").handle(case_id, ApproveWithReturn(), SELLER)
    service.at(LAPSED).door.overtake([case_id])
    scan = ReportReturnAccepted(happened_at=berlin("2026-03-12T12:00"))
    service.at(LEARNED).handle(case_id, scan, CARRIER)
    return service.door.log.history(case_id)


def at(history, moment, by):
    record = record_of(as_of(history, berlin(moment), by))
    return record and (record.case.status, record.case.outcome)


@pytest.mark.parametrize(
    ("moment", "known", "was"),
    [
        ("2026-03-06T17:59", None, None),
        ("2026-03-06T18:00", (Status.AWAITING_SELLER, None), (Status.AWAITING_SELLER, None)),
        ("2026-03-11T12:00", (Status.AWAITING_RETURN, None), (Status.AWAITING_RETURN, None)),
        ("2026-03-13T12:00", (Status.AWAITING_RETURN, None), (Status.RETURN_IN_TRANSIT, None)),
        ("2026-03-17T12:00", (Status.CLOSED, Outcome.RETURN_NOT_SHIPPED), (Status.RETURN_IN_TRANSIT, None)),
        (LEARNED, (Status.RETURN_IN_TRANSIT, None), (Status.RETURN_IN_TRANSIT, None)),
    ],
)
def test_a_late_scan_is_known_when_it_is_told_and_was_so_when_it_happened(history, moment, known, was):
    assert at(history, moment, Clock.RECORDED) == known
    assert at(history, moment, Clock.OCCURRED) == was


def test_what_never_began_never_stood_anywhere():
    assert as_of([], berlin(LAPSED), Clock.RECORDED) == as_of([], berlin(LAPSED), Clock.OCCURRED) == []
