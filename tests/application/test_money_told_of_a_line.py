"""Money that reaches the buyer by other hands stops whatever is open on the line, whichever matter the report names."""

import pytest

from domain.cancellation.commands import AcceptCancellation, DeclineCancellation, RequestCancellation
from domain.payout import ReportChargeback, ReportChargebackReversed, ReportRefundElsewhere
from domain.refund.commands import ApproveWithoutReturn, Withdraw
from domain.refusals import NotAllowedNow, RuleBroken
from domain.vocabulary import CancellationOutcome, Outcome, Reason
from tests.service import BUYER, MARKETPLACE, PAYMENTS, SELLER, SUPPORT, berlin, eur, order_line

UNSHIPPED = {"shipped_at": None, "delivered_at": None, "purchased_at": berlin("2026-02-20T10:00")}


@pytest.fixture
def line(service):
    service.sold(order_line(**UNSHIPPED))
    return service


def withdrawn(service):
    case = service.submit(reason=Reason.LATE_NOT_SHIPPED)
    service.handle(case, Withdraw(), BUYER)
    return case


def cancellation(service):
    return service.door.cancellations.submit(RequestCancellation(line_id="o-1-1"), service.errand(BUYER)).stream_id


def declined(service):
    asked = cancellation(service)
    service.door.cancellations.handle(asked, DeclineCancellation(), service.errand(SELLER))
    return asked


def refunded_elsewhere(service):
    return ReportRefundElsewhere(happened_at=service.now, amount=eur("45.90"), reference="goodwill-1")


def disputed(service, kind=ReportChargeback, reference="dp-1"):
    return kind(happened_at=service.now, reference=reference)


def outcome_of(service, asked):
    return service.door.cancellations.find(asked, SUPPORT).cancellation.outcome


def newest(service, stream_id):
    return service.topics(stream_id)[-1]


def test_a_refund_made_elsewhere_and_told_of_an_earlier_case_ends_the_open_one(line):
    earlier, later = withdrawn(line), line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.handle(earlier, refunded_elsewhere(line), MARKETPLACE)
    assert line.case(later).outcome is Outcome.REFUNDED_ELSEWHERE
    with pytest.raises(NotAllowedNow):
        line.handle(later, ApproveWithoutReturn(), SELLER)


def test_the_earlier_case_notes_the_report_and_counts_no_money_of_it(line):
    earlier = withdrawn(line)
    line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.handle(earlier, refunded_elsewhere(line), MARKETPLACE)
    assert newest(line, earlier) == "refund.outside_fact_recorded.v1"
    assert line.case(earlier).refunds_made == 0


def test_a_refund_made_elsewhere_and_told_of_a_declined_cancellation_ends_the_open_case(line):
    asked, case = declined(line), line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.door.cancellations.handle(asked, refunded_elsewhere(line), line.errand(MARKETPLACE))
    assert newest(line, asked) == "cancellation.outside_fact_recorded.v1"
    assert line.case(case).outcome is Outcome.REFUNDED_ELSEWHERE


def test_a_refund_made_elsewhere_and_told_of_a_withdrawn_case_ends_the_open_cancellation(line):
    case, asked = withdrawn(line), cancellation(line)
    line.handle(case, refunded_elsewhere(line), MARKETPLACE)
    assert outcome_of(line, asked) is CancellationOutcome.REFUNDED_ELSEWHERE
    with pytest.raises(NotAllowedNow):
        line.door.cancellations.handle(asked, AcceptCancellation(), line.errand(SELLER))


def test_with_nothing_open_beside_it_the_ended_case_keeps_the_refund_made_elsewhere(line):
    case = withdrawn(line)
    line.handle(case, refunded_elsewhere(line), MARKETPLACE)
    assert newest(line, case) == "refund.outside_refund_recorded.v1"
    assert line.case(case).refunds_made == 1


def test_a_preview_of_such_a_report_tells_nobody(line):
    earlier, later = withdrawn(line), line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.handle(earlier, refunded_elsewhere(line), MARKETPLACE, preview=True)
    assert line.case(later).is_open


def test_a_chargeback_told_of_an_earlier_case_ends_the_open_one(line):
    earlier, later = withdrawn(line), line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.handle(earlier, disputed(line), PAYMENTS)
    assert line.case(later).outcome is Outcome.SUPERSEDED_BY_CHARGEBACK
    assert line.case(earlier).chargeback


def test_a_chargeback_told_of_a_withdrawn_case_ends_the_open_cancellation(line):
    case, asked = withdrawn(line), cancellation(line)
    line.handle(case, disputed(line), PAYMENTS)
    assert outcome_of(line, asked) is CancellationOutcome.SUPERSEDED_BY_CHARGEBACK


def test_a_chargeback_told_of_a_declined_cancellation_ends_the_open_case(line):
    asked, case = declined(line), line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.door.cancellations.handle(asked, disputed(line), line.errand(PAYMENTS))
    assert line.case(case).outcome is Outcome.SUPERSEDED_BY_CHARGEBACK


def test_a_chargeback_told_of_a_case_marks_the_line_until_it_is_won(line):
    case = line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.handle(case, disputed(line), PAYMENTS)
    assert line.order().has_chargeback
    line.handle(case, disputed(line, ReportChargebackReversed), PAYMENTS)
    assert not line.order().has_chargeback
    assert line.case(line.submit(reason=Reason.LATE_NOT_SHIPPED)).is_open


def test_a_case_stays_charged_back_until_the_last_of_several_disputes_is_won(line):
    case = line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.handle(case, disputed(line), PAYMENTS)
    line.handle(case, disputed(line, reference="dp-2"), PAYMENTS)
    line.handle(case, disputed(line, ReportChargebackReversed), PAYMENTS)
    assert line.case(case).chargeback
    assert newest(line, case) == "refund.outside_fact_recorded.v1"
    line.handle(case, disputed(line, ReportChargebackReversed, "dp-2"), PAYMENTS)
    assert not line.case(case).chargeback


def test_a_cancelled_sale_is_due_again_only_once_the_last_of_several_disputes_is_won(line):
    asked = cancellation(line)
    cancellations = line.door.cancellations
    cancellations.handle(asked, AcceptCancellation(), line.errand(SELLER))
    for reference in ("dp-1", "dp-2"):
        cancellations.handle(asked, disputed(line, reference=reference), line.errand(PAYMENTS))
    cancellations.handle(asked, disputed(line, ReportChargebackReversed), line.errand(PAYMENTS))
    assert newest(line, asked) == "cancellation.outside_fact_recorded.v1"
    cancellations.handle(asked, disputed(line, ReportChargebackReversed, "dp-2"), line.errand(PAYMENTS))
    assert newest(line, asked) == "cancellation.refund_due_after_reversal.v1"


def test_a_dispute_that_the_bank_told_before_is_no_news_to_what_was_opened_since(line):
    earlier = withdrawn(line)
    line.door.chargebacks.told(["pay-1"], disputed(line))
    line.door.chargebacks.told(["pay-1"], disputed(line, ReportChargebackReversed))
    later = line.submit(reason=Reason.LATE_NOT_SHIPPED)
    line.handle(earlier, disputed(line), PAYMENTS)
    assert line.case(later).is_open


def test_whoever_asks_while_a_chargeback_is_open_on_the_line_is_refused(line):
    line.handle(withdrawn(line), disputed(line), PAYMENTS)
    with pytest.raises(RuleBroken) as refusal:
        line.submit(reason=Reason.LATE_NOT_SHIPPED)
    assert refusal.value.rule == "chargeback_open"


@pytest.mark.parametrize("told", [("earlier", "later"), ("later", "earlier"), ("later", "later")])
def test_a_refund_made_elsewhere_that_is_told_again_counts_once(line, told):
    cases = {"earlier": withdrawn(line), "later": line.submit(reason=Reason.LATE_NOT_SHIPPED)}
    for name in told:
        line.handle(cases[name], refunded_elsewhere(line), MARKETPLACE)
    assert newest(line, cases[told[-1]]) == "refund.outside_fact_recorded.v1"
    assert [line.case(case).refunds_made for case in cases.values()] == [0, 1]


def test_so_does_one_that_is_told_again_of_a_cancellation(line):
    asked = cancellation(line)
    for _ in range(2):
        line.door.cancellations.handle(asked, refunded_elsewhere(line), line.errand(MARKETPLACE))
    assert newest(line, asked) == "cancellation.outside_fact_recorded.v1"
    assert line.door.cancellations.find(asked, SUPPORT).cancellation.reached_buyer == eur("45.90")


def test_another_refund_made_elsewhere_is_an_alarm_of_its_own(line):
    case = withdrawn(line)
    line.handle(case, refunded_elsewhere(line), MARKETPLACE)
    line.handle(case, refunded_elsewhere(line).model_copy(update={"reference": "goodwill-2"}), MARKETPLACE)
    assert newest(line, case) == "refund.outside_refund_recorded.v1"
    assert line.case(case).refunds_made == 2
