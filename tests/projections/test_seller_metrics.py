"""How a seller answers, how his cases end, and what they cost him: exact over each window (SPEC §7.9)."""

from datetime import timedelta

import pytest

from domain.actors import Actor, Role
from domain.policy import standard_policies
from domain.refund.commands import (
    ApproveWithoutReturn,
    DecideFullRefund,
    Escalate,
    HandToSeller,
    Liability,
    RecordPaidOtherwise,
    Reject,
    ReportRefundElsewhere,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
    TakeOver,
)
from domain.vocabulary import Outcome, Reason, RejectionCode
from projections.conduct import metrics_over
from tests.projections.test_buyer_standing import bought, refund
from tests.service import BUYER, MARKETPLACE, PAYMENTS, SELLER, SUPPORT, eur, order_line

POLICY = standard_policies().current
REJECTION = Reject(code=RejectionCode.NOT_COVERED, text="It was in the box.")


@pytest.fixture
def metrics(service, views):
    """The seller's metrics of each window, by how the policy writes it."""

    def look(seller=SELLER):
        views.catch_up()
        with views.engine.connect() as conn:
            return {str(window): told for window, told in metrics_over(conn, seller.id, POLICY, service.now)}

    return look


def hours(number):
    return timedelta(hours=number)


def test_response_times_are_business_time_and_occurred_exactly_so(service, metrics):
    lines = bought(service, 4)
    cases = [service.submit(line) for line in lines]
    service.handle(cases[0], ApproveWithoutReturn(), SELLER)
    for case, at in zip(cases[1:3], ["2026-03-09T09:00", "2026-03-09T18:00"], strict=True):
        service.at(at).handle(case, ApproveWithoutReturn(), SELLER)
    told = metrics()["30d"]
    assert (told.asked, told.answered, told.silent, told.waiting) == (4, 3, 0, 1)
    assert (told.median_response, told.slow_response) == (hours(15), hours(24))


def test_nobody_asked_has_no_response_time(metrics):
    told = metrics()["365d"]
    assert (told.lines, told.requests, told.median_response, told.slow_response) == (0, 0, None, None)
    assert (told.reasons, told.outcomes, told.costs) == ((), {}, ())


def test_silence_is_counted_and_what_follows_it_is_no_answer(service, metrics):
    (line,) = bought(service, 1)
    case = service.submit(line)
    service.at("2026-03-10T18:00").door.overtake([case])
    told = metrics()["90d"]
    assert (told.asked, told.answered, told.silent, told.waiting) == (1, 0, 1, 0)


def test_a_case_that_support_takes_or_has_from_the_beginning_is_neither_answered_nor_silent(service, metrics):
    lines = bought(service, 2)
    service.handle(service.submit(lines[0]), TakeOver(ground="They know each other."), SUPPORT)
    service.submit(lines[1], Reason.OTHER)
    told = metrics()["90d"]
    assert (told.requests, told.asked, told.answered, told.silent, told.waiting) == (2, 1, 0, 0, 0)


def test_a_case_handed_over_is_timed_from_the_hand_over(service, metrics):
    (line,) = bought(service, 1)
    case = service.submit(line, Reason.OTHER)
    service.at("2026-03-09T10:00").handle(case, HandToSeller(), SUPPORT)
    service.at("2026-03-09T12:30").handle(case, ApproveWithoutReturn(), SELLER)
    assert metrics()["30d"].median_response == hours(2.5)


def test_rejections_escalations_and_those_overturned_are_counted(service, metrics):
    lines = bought(service, 3)
    cases = [service.submit(line) for line in lines]
    for case in cases:
        service.handle(case, REJECTION, SELLER)
    for case in cases[:2]:
        service.handle(case, Escalate(), BUYER)
    decision = DecideFullRefund(grounds="The photos show it.", liability=Liability(seller=100))
    service.handle(cases[0], decision, SUPPORT)
    told = metrics()["90d"]
    assert (told.rejected, told.escalated, told.overturned) == (3, 2, 1)


def test_refunds_are_told_by_reason_and_by_what_they_cost(service, metrics):
    lines = bought(service, 3)
    refund(service, service.submit(lines[0]))
    service.submit(lines[1])
    defective = service.submit(lines[2], Reason.DEFECTIVE)
    service.handle(defective, REJECTION, SELLER)
    service.later(days=14).door.overtake([defective])
    told = metrics()["30d"]
    assert [(it.reason, it.requests, it.ended, it.paid_back) for it in told.reasons] == [
        (Reason.ITEM_MISSING, 2, 1, 1),
        (Reason.DEFECTIVE, 1, 1, 0),
    ]
    assert told.outcomes == {Outcome.REFUNDED: 1, Outcome.REJECTED: 1}
    (costs,) = told.costs
    assert (costs.refunded, costs.charged) == (eur("45.90"), eur("45.90"))


def test_all_that_reached_the_buyer_is_counted_also_what_nobody_owed_him(service, metrics):
    (line,) = bought(service, 1)
    case = service.submit(line)
    service.handle(case, ApproveWithoutReturn(), SELLER)
    elsewhere = ReportRefundElsewhere(happened_at=service.now, amount=eur("10.00"), reference="hub-1")
    submitted = ReportRefundSubmitted(happened_at=service.now, attempt=1, reference="r-1")
    failed, settled = (kind(happened_at=service.now, attempt=1) for kind in (ReportRefundFailed, ReportRefundSettled))
    for fact in (submitted, elsewhere, failed):
        service.handle(case, fact, PAYMENTS if fact is not elsewhere else MARKETPLACE)
    assert [costs.refunded for costs in metrics()["90d"].costs] == [eur("10.00")]
    service.handle(case, RecordPaidOtherwise(reference="transfer 7"), SUPPORT)
    assert [costs.refunded for costs in metrics()["90d"].costs] == [eur("45.90")]
    service.handle(case, settled, PAYMENTS)
    assert [costs.refunded for costs in metrics()["90d"].costs] == [eur("91.80")]


def test_a_window_holds_what_was_opened_in_it_and_each_seller_his_own(service, metrics):
    other = Actor(role=Role.SELLER, id="s-2")
    service.enrol(other)
    service.sold(order_line(), order_line("o-2-1", order_id="o-2", seller_id=other.id))
    service.submit()
    service.later(days=31)
    told = metrics()
    assert (told["30d"].requests, told["90d"].requests) == (0, 1)
    assert metrics(other)["90d"].requests == 0
    assert metrics(other)["90d"].lines == 1
