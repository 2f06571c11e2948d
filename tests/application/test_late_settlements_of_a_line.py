"""A refund that was given up and settles after all stops whatever was opened on the line since (SPEC §§4 and 5).

A line takes requests again after such a refund only where a chargeback came between and was won.
"""

from collections import Counter

import pytest

from domain.cancellation.commands import AcceptCancellation, RequestCancellation
from domain.payout import (
    PayOutAgain,
    ReportChargeback,
    ReportChargebackReversed,
    ReportRefundAttemptFailed,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
)
from domain.refund.commands import (
    AcceptOffer,
    ApproveWithoutReturn,
    Deny,
    OfferPartialRefund,
    Reject,
    Reopen,
    Withdraw,
)
from domain.refusals import NotAllowedNow, RuleBroken
from domain.vocabulary import CancellationOutcome, Outcome, Reason, RejectionCode, Status
from store import streams
from tests.service import BUYER, PAYMENTS, SELLER, SUPPORT, berlin, eur, order_line

SUBMITTED = {"reference": "re-1"}


@pytest.fixture
def line(service):
    service.sold(order_line(shipped_at=None, delivered_at=None, purchased_at=berlin("2026-02-20T10:00")))
    return service


def report(service, matter, kind, **said):
    fact = kind(happened_at=service.now, **said)
    cancellations = service.door.cancellations
    desk = cancellations if matter in service.order().cancellations else service.door.refund_cases
    desk.handle(matter, fact, service.errand(PAYMENTS))


def bank(service, kind):
    service.door.chargebacks.told(["pay-1"], kind(happened_at=service.now, reference="dp-1"))


def filed(service, reason=Reason.LATE_NOT_SHIPPED):
    return service.submit(reason=reason)


def approved(service):
    case = filed(service)
    service.handle(case, ApproveWithoutReturn(), SELLER)
    return case


def in_part(service):
    case = filed(service, Reason.ITEM_MISSING)
    service.handle(case, OfferPartialRefund(amount=eur("12.00")), SELLER)
    service.handle(case, AcceptOffer(amount=eur("12.00")), BUYER)
    return case


def cancelled(service):
    asked = service.door.cancellations.submit(RequestCancellation(line_id="o-1-1"), service.errand(BUYER)).stream_id
    service.door.cancellations.handle(asked, AcceptCancellation(), service.errand(SELLER))
    return asked


def failed_then_charged_back(service, case):
    report(service, case, ReportRefundFailed)
    bank(service, ReportChargeback)


def charged_back_then_failed(service, case):
    report(service, case, ReportRefundSubmitted, **SUBMITTED)
    bank(service, ReportChargeback)
    report(service, case, ReportRefundAttemptFailed)


def charged_back_before_it_was_known_as_submitted(service, case):
    bank(service, ReportChargeback)


def given_up(service, *, case=approved, by=failed_then_charged_back):
    """A case whose refund was given up to a chargeback that is won by now."""
    earlier = case(service)
    by(service, earlier)
    bank(service, ReportChargebackReversed)
    return earlier


def reopened_and(service, case, command, actor):
    service.handle(case, Reopen(ground="The bank is out of it."), SUPPORT)
    service.handle(case, command, actor)


def settles(service, earlier, attempt=1):
    report(service, earlier, ReportRefundSettled, attempt=attempt)


def told(service, asked):
    return service.door.cancellations.find(asked, SUPPORT).cancellation


def newest(service, stream_id):
    return service.topics(stream_id)[-1]


def booked(service, *matters):
    """What stands in the books, over the matters of the line."""
    minors = Counter()
    for matter in matters:
        for event in service.door.log.history(matter):
            posting = getattr(event.payload, "posting", None)
            minors.update({entry.account.value: 0 for entry in posting.entries} if posting else {})
            for entry in posting.entries if posting else ():
                minors[entry.account.value] += entry.amount.minor
    return {account: minor for account, minor in minors.items() if minor}


@pytest.mark.parametrize(
    "by", [failed_then_charged_back, charged_back_then_failed, charged_back_before_it_was_known_as_submitted]
)
def test_a_refund_given_up_that_settles_ends_the_case_opened_since(line, by):
    earlier = given_up(line, by=by)
    later = filed(line)
    settles(line, earlier)
    assert line.case(later).outcome is Outcome.REFUNDED_ELSEWHERE
    with pytest.raises(NotAllowedNow):
        line.handle(later, ApproveWithoutReturn(), SELLER)


@pytest.mark.parametrize(
    ("command", "actor", "again"),
    [
        (Deny(grounds="No fault."), SUPPORT, Reason.ITEM_MISSING),
        (Withdraw(), BUYER, Reason.LATE_NOT_SHIPPED),
    ],
    ids=["denied", "withdrawn"],
)
def test_so_it_does_where_the_earlier_case_was_reopened_and_ended_otherwise(line, command, actor, again):
    earlier = given_up(line)
    reopened_and(line, earlier, command, actor)
    later = filed(line, again)
    settles(line, earlier)
    assert line.case(later).outcome is Outcome.REFUNDED_ELSEWHERE


def test_the_money_counts_once_and_is_the_marketplaces_loss(line):
    earlier = given_up(line)
    later = filed(line)
    settles(line, earlier)
    assert newest(line, earlier) == "refund.given_up_refund_settled.v1"
    assert [line.case(case).reached_buyer for case in (earlier, later)] == [None, eur("45.90")]
    assert booked(line, earlier, later) == {"platform": -4590, "payments": 4590}


def test_told_again_it_counts_no_second_time(line):
    earlier = given_up(line)
    later = filed(line)
    settles(line, earlier)
    settles(line, earlier)
    assert newest(line, earlier) == "refund.outside_fact_recorded.v1"
    assert [line.case(case).refunds_made for case in (earlier, later)] == [0, 1]


def test_a_refund_that_is_due_and_not_submitted_yet_is_taken_back(line):
    earlier, later = given_up(line), approved(line)
    settles(line, earlier)
    assert line.case(later).outcome is Outcome.REFUNDED_ELSEWHERE
    assert booked(line, earlier, later) == {"platform": -4590, "payments": 4590}


def test_a_refund_on_its_way_goes_on_with_an_alarm_and_is_not_tried_again_by_itself(line):
    earlier, later = given_up(line), approved(line)
    report(line, later, ReportRefundSubmitted, **SUBMITTED)
    settles(line, earlier)
    assert newest(line, later) == "refund.outside_refund_recorded.v1"
    report(line, later, ReportRefundAttemptFailed)
    assert line.case(later).status is Status.SUPPORT_REVIEW


def test_where_both_settle_the_books_show_both(line):
    earlier, later = given_up(line), approved(line)
    report(line, later, ReportRefundSubmitted, **SUBMITTED)
    settles(line, earlier)
    settles(line, later)
    assert line.case(later).reached_buyer == eur("91.80")
    assert booked(line, earlier, later) == {"seller": -4590, "platform": -4590, "payments": 9180}


def test_a_refund_that_failed_for_good_is_paid_by_it(line):
    earlier, later = given_up(line), approved(line)
    report(line, later, ReportRefundFailed)
    settles(line, earlier)
    assert line.case(later).outcome is Outcome.REFUNDED
    assert booked(line, earlier, later) == {"seller": -4590, "payments": 4590}
    with pytest.raises(NotAllowedNow):
        line.handle(later, PayOutAgain(), SUPPORT)


def test_what_was_paid_in_part_left_as_much_and_no_more(line):
    earlier = given_up(line, case=in_part)
    later = approved(line)
    report(line, later, ReportRefundFailed)
    settles(line, earlier)
    assert line.case(later).reached_buyer == eur("12.00")
    assert booked(line, earlier, later) == {"seller": -4590, "platform": 3390, "payments": 1200}


def test_an_open_cancellation_ends_by_it(line):
    earlier = given_up(line)
    asked = line.door.cancellations.submit(RequestCancellation(line_id="o-1-1"), line.errand(BUYER)).stream_id
    settles(line, earlier)
    assert told(line, asked).outcome is CancellationOutcome.REFUNDED_ELSEWHERE
    assert booked(line, earlier, asked) == {"platform": -4590, "payments": 4590}
    with pytest.raises(NotAllowedNow):
        line.door.cancellations.handle(asked, AcceptCancellation(), line.errand(SELLER))


@pytest.mark.parametrize("failed", [False, True], ids=["due", "failed for good"])
def test_what_a_cancelled_sale_owes_is_paid_by_it(line, failed):
    earlier, asked = given_up(line), cancelled(line)
    if failed:
        report(line, asked, ReportRefundFailed)
    settles(line, earlier)
    assert newest(line, asked) == "cancellation.refund_paid_elsewhere.v1"
    assert booked(line, earlier, asked) == {"seller": -4590, "payments": 4590}


def test_a_cancelled_sale_paid_in_part_left_as_much_and_no_more(line):
    earlier, asked = given_up(line, case=in_part), cancelled(line)
    settles(line, earlier)
    assert booked(line, earlier, asked) == {"seller": -4590, "platform": 3390, "payments": 1200}


def test_a_cancelled_sales_refund_on_its_way_goes_on_with_an_alarm(line):
    earlier, asked = given_up(line), cancelled(line)
    report(line, asked, ReportRefundSubmitted, **SUBMITTED)
    settles(line, earlier)
    assert newest(line, asked) == "cancellation.outside_refund_recorded.v1"
    settles(line, asked)
    assert booked(line, earlier, asked) == {"seller": -4590, "platform": -4590, "payments": 9180}


def test_with_nothing_open_beside_it_the_case_keeps_it(line):
    earlier = given_up(line)
    settles(line, earlier)
    assert newest(line, earlier) == "refund.stray_refund_settled.v1"
    assert line.case(earlier).reached_buyer == eur("45.90")
    with pytest.raises(RuleBroken, match="already"):
        filed(line)


@pytest.mark.parametrize(
    ("ask", "rule"),
    [(filed, "already_refunded"), (cancelled, "already_paid_back")],
    ids=["a refund", "a cancellation"],
)
def test_whoever_asks_while_it_settles_is_refused(line, monkeypatch, ask, rule):
    """The line had been read before; asked anew, since it moved, the request is refused."""
    earlier = given_up(line)
    append, once = line.door.log.append, iter([lambda: settles(line, earlier)])

    def interrupted(*given, **options):
        for first in once:
            first()
        return append(*given, **options)

    monkeypatch.setattr(line.door.log, "append", interrupted)
    with pytest.raises(RuleBroken) as refusal:
        ask(line)
    assert refusal.value.rule == rule


def test_a_later_case_that_ended_unpaid_is_not_reopened_once_the_earlier_ones_refund_settled(line):
    earlier, later = given_up(line), filed(line)
    tracking = {"carrier": "DHL", "number": "JJD1"}
    line.handle(later, Reject(code=RejectionCode.IN_TRANSIT, text="Sent.", tracking=tracking), SELLER)
    line.now = line.case(later).deadline.due_at
    line.door.overtake([later])
    settles(line, earlier)
    with pytest.raises(NotAllowedNow) as refusal:
        line.handle(later, Reopen(ground="A witness."), SUPPORT)
    assert refusal.value.rule == "line_is_free"


def test_the_line_is_marked_with_it(line):
    earlier = given_up(line)
    settles(line, earlier)
    marked = line.door.log.history(streams.order_line("o-1-1"))[-1]
    assert (marked.topic, marked.payload.matter_id) == ("order_line.refund_told.v1", earlier)
