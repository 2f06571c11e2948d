"""A refund leaves the house once in effect, and what becomes of it comes back to the case and its books (SPEC §5)."""

from datetime import timedelta

from domain.actors import PROVIDER
from domain.cancellation.commands import AcceptCancellation, RequestCancellation
from domain.payout import PayOutAgain, ReportChargeback, ReportRefundSettled
from domain.posting import Account
from domain.refund.commands import ApproveWithoutReturn
from domain.vocabulary import CancellationStatus, Outcome, RefundState, Status
from projections import dispatching
from projections.outbox import JobKind
from scheduler.refunds import SubmitRefund
from tests.service import BUYER, PAYMENTS, SELLER, SUPPORT, order_line


def approved(house, reference="pay-1"):
    house.sold(order_line(payment_reference=reference))
    case_id = house.submit()
    house.handle(case_id, ApproveWithoutReturn(), SELLER)
    return case_id


def balance(house, case_id, account):
    postings = [event.payload.posting for event in house.door.log.history(case_id) if event.payload.posting]
    return sum(posting.minor_on(account) for posting in postings)


def test_an_approved_refund_is_submitted_and_settles_three_days_later(house):
    case_id = approved(house)
    house.carry()
    assert house.case(case_id).refund is RefundState.SUBMITTED
    assert balance(house, case_id, Account.PAYMENTS) == 0
    house.settle()
    case = house.case(case_id)
    assert (case.status, case.outcome) == (Status.CLOSED, Outcome.REFUNDED)
    assert balance(house, case_id, Account.PAYMENTS) == 4590
    assert balance(house, case_id, Account.BUYER_REFUNDS) == 0
    assert balance(house, case_id, Account.SELLER) == -4590


def test_the_provider_is_told_what_is_due_and_to_which_payment_once(house):
    case_id = approved(house)
    courier = house.carry()
    house.carry(courier)
    (refund,) = house.refunds_taken()
    assert (refund.stream_id, refund.attempt, refund.amount_minor, refund.currency) == (case_id, 1, 4590, "EUR")
    assert house.waiting() == []
    assert [(row.kind, row.outcome, row.attempts) for row in house.dispatched()] == [("submit_refund", "done", 1)]


def test_an_auditor_can_walk_from_the_submission_back_to_the_command_that_caused_it(house):
    case_id = approved(house)
    house.carry()
    approval, submission = house.door.log.history(case_id)[-2:]
    assert submission.topic == "refund.submitted.v1"
    assert str(submission.cause.actor) == "payments:provider"
    assert submission.cause.correlation_id == approval.cause.correlation_id


def test_a_provider_that_is_busy_is_asked_again_later_and_later_under_the_same_key(house):
    case_id = approved(house, "pay-1#busy")
    courier = house.carry()
    waits = []
    while house.case(case_id).refund is RefundState.REQUESTED:
        (job,) = house.waiting()
        waits.append(job.claim_at - house.now)
        house.now = job.claim_at
        house.carry(courier)
    assert [row.attempts for row in house.dispatched()] == [3]
    assert len(house.refunds_taken()) == 1
    assert timedelta(seconds=0.5) <= waits[0] <= timedelta(seconds=1) <= waits[1] <= timedelta(seconds=2)


def test_a_lost_answer_is_asked_for_again_and_pays_once(house):
    case_id = approved(house, "pay-1#answer-lost")
    courier = house.carry()
    assert house.case(case_id).refund is RefundState.REQUESTED
    house.later(seconds=1).carry(courier)
    assert house.case(case_id).refund is RefundState.SUBMITTED
    assert len(house.refunds_taken()) == 1


def test_a_refund_refused_for_good_goes_to_support(house):
    case_id = approved(house, "pay-1#refused")
    house.carry()
    case = house.case(case_id)
    assert (case.status, case.refund) == (Status.SUPPORT_REVIEW, RefundState.FAILED)
    assert house.refunds_taken() == []


def test_a_refund_that_fails_after_it_was_taken_goes_to_support_and_a_new_attempt_has_a_new_key(house):
    case_id = approved(house, "pay-1#fails")
    house.carry()
    house.settle()
    assert house.case(case_id).status is Status.SUPPORT_REVIEW
    house.handle(case_id, PayOutAgain(), SUPPORT)
    house.carry()
    first, second = sorted(house.refunds_taken(), key=lambda row: row.attempt)
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.key != second.key
    assert house.case(case_id).refund is RefundState.SUBMITTED


def test_a_courier_that_stalled_over_a_refund_leaves_what_was_asked_for_later_alone(house):
    case_id = approved(house, "pay-1#fails")
    house.views.catch_up()
    with house.engine.begin() as conn:
        (held,) = dispatching.claim(conn, JobKind.SUBMIT_REFUND, house.now, house.now, 1)
    house.carry()
    house.settle()
    house.handle(case_id, PayOutAgain(), SUPPORT)
    assert SubmitRefund(house.door, house.payments, house.reports).carry_out(held) == "moot"
    assert house.case(case_id).refund is RefundState.REQUESTED


def test_a_failed_attempt_is_made_again_after_a_rest_under_the_same_key(house):
    case_id = approved(house, "pay-1#bounces")
    courier = house.carry()
    house.settle()
    assert house.case(case_id).refund is RefundState.REQUESTED
    house.carry(courier)
    assert house.case(case_id).refund is RefundState.REQUESTED
    house.later(hours=1).carry(courier)
    assert house.case(case_id).refund is RefundState.SUBMITTED
    house.settle()
    assert house.case(case_id).outcome is Outcome.REFUNDED
    assert len(house.refunds_taken()) == 1


def test_a_chargeback_that_came_first_leaves_nothing_to_submit(house):
    case_id = approved(house)
    house.handle(case_id, ReportChargeback(happened_at=house.now, reference="cb-1"), PAYMENTS)
    house.carry()
    assert house.refunds_taken() == []
    assert [row.outcome for row in house.dispatched()] == ["moot"]


def test_a_chargeback_that_crosses_the_submission_is_shouted_about(house, caplog):
    case_id = approved(house)

    class Crossed:
        def refund(self, order):
            taken = house.payments.refund(order)
            house.handle(case_id, ReportChargeback(happened_at=house.now, reference="cb-1"), PAYMENTS)
            return taken

    house.carry(house.courier(payments=Crossed()))
    assert house.case(case_id).outcome is Outcome.SUPERSEDED_BY_CHARGEBACK
    assert "was taken although it was undone meanwhile" in caplog.text


def test_a_settlement_that_is_reported_before_the_submission_is_noted_counts(house):
    case_id = approved(house)

    class Instant:
        def refund(self, order):
            taken = house.payments.refund(order)
            settled = ReportRefundSettled(happened_at=house.now, attempt=order.attempt)
            house.reports.take(case_id, settled, PROVIDER, "webhook-1")
            return taken

    house.carry(house.courier(payments=Instant()))
    assert house.case(case_id).outcome is Outcome.REFUNDED


def test_a_report_that_comes_twice_takes_effect_once(house):
    case_id = approved(house)
    house.carry()
    for _ in range(2):
        settled = ReportRefundSettled(happened_at=house.now, attempt=1)
        house.reports.take(case_id, settled, PROVIDER, "webhook-1")
    assert house.topics(case_id)[-1] == "refund.settled.v1"
    assert balance(house, case_id, Account.PAYMENTS) == 4590


def test_a_cancelled_sale_is_refunded_by_the_same_way(house):
    house.sold(order_line(shipped_at=None, delivered_at=None, purchased_at=house.now))
    cancellations = house.door.cancellations
    asked = cancellations.submit(RequestCancellation(line_id="o-1-1"), house.errand(BUYER)).stream_id
    cancellations.handle(asked, AcceptCancellation(), house.errand(SELLER))
    house.carry()
    (refund,) = house.refunds_taken()
    assert (refund.stream_id, refund.amount_minor) == (asked, 4590)
    house.settle()
    cancellation = cancellations.find(asked, SUPPORT).cancellation
    assert (cancellation.status, cancellation.refund) == (CancellationStatus.CLOSED, RefundState.SETTLED)
    assert house.topics(asked)[-2:] == ["cancellation.refund_submitted.v1", "cancellation.refund_settled.v1"]
