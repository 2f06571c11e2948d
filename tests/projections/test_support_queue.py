"""The support queue: who waits for support, why, since when, and for how much (SPEC §7.5)."""

import pytest

from domain.actors import Role
from domain.cancellation.commands import AcceptCancellation
from domain.payout import ReportRefundFailed, ReportRefundSubmitted
from domain.refund.commands import (
    Appeal,
    ApproveWithReturn,
    AskSupportIn,
    DecideFullRefund,
    DecidePartialRefund,
    Deny,
    DisputeReturn,
    Escalate,
    HandToSeller,
    Liability,
    Reject,
    ReportRefundSettled,
    ReportReturnDelivered,
    SendMessage,
    TakeOverForFraud,
    Withdraw,
)
from domain.vocabulary import DisputeReason, Reason, RejectionCode, ReviewCause, Status, SupportRouting
from projections.processes import Process
from projections.support_queue import queue
from tests.service import BUYER, CARRIER, PAYMENTS, SELLER, SUPPORT, berlin, eur, order_line


class Desk:
    """What an agent sees."""

    def __init__(self, views):
        self.views = views

    def page(self, **filters):
        self.views.catch_up()
        with self.views.engine.connect() as conn:
            return queue(conn, **filters)

    def one(self):
        (item,) = self.page().items
        return item

    def ids(self, **filters):
        return [item.id for item in self.page(**filters).items]


@pytest.fixture
def desk(views):
    return Desk(views)


@pytest.fixture
def case_id(service):
    service.sold()
    return service.submit(reason=Reason.WRONG_ITEM)


def test_a_case_that_waits_for_others_is_none_of_supports_business(desk, case_id):
    assert desk.page().items == ()


def test_a_request_that_intake_sent_to_support_says_why(service, desk):
    service.sold()
    case_id = service.submit(reason=Reason.OTHER)
    found = desk.one()
    assert (found.id, found.process, found.cause, found.routing) == (
        case_id, Process.REFUND, ReviewCause.INTAKE, (SupportRouting.OTHER_REASON,),
    )  # fmt: skip
    assert (found.since, found.answered_at, found.at_stake, found.on_hold) == (service.now, None, eur("45.90"), False)


def test_silence_is_counted_from_when_it_ended_not_from_when_it_was_noticed(service, desk, case_id):
    service.at("2026-03-11T09:00").door.overtake([case_id])
    found = desk.one()
    assert (found.cause, found.since, found.routing) == (ReviewCause.SILENCE, berlin("2026-03-10T18:00"), ())


def test_an_escalation_leaves_the_queue_when_support_decides(service, desk, case_id):
    service.handle(case_id, Reject(code=RejectionCode.OTHER, text="No."), SELLER)
    service.later(hours=2).handle(case_id, Escalate(), BUYER)
    assert (desk.one().cause, desk.one().since) == (ReviewCause.ESCALATED, service.now)
    service.handle(case_id, Deny(grounds="Shown in the stream."), SUPPORT)
    assert desk.page().items == ()


def test_a_disputed_return_is_on_hold(service, desk, case_id):
    service.handle(case_id, ApproveWithReturn(), SELLER)
    service.handle(case_id, ReportReturnDelivered(happened_at=service.now), CARRIER)
    dispute = DisputeReturn(reason=DisputeReason.WRONG_ITEM, text="A brick.", evidence=(service.upload(SELLER),))
    service.handle(case_id, dispute, SELLER)
    assert (desk.one().cause, desk.one().on_hold) == (ReviewCause.RETURN_DISPUTED, True)
    assert desk.ids(on_hold=True) == [case_id]
    assert desk.ids(on_hold=False) == []


def test_a_party_that_asks_support_in_is_in_the_queue_while_the_clock_runs_on(service, desk, case_id):
    service.handle(case_id, AskSupportIn(text="Please look."), BUYER)
    found = desk.one()
    assert (found.status, found.cause, found.asked_in_by) == (Status.AWAITING_SELLER, None, Role.BUYER)
    assert desk.ids(asked_in=True) == [case_id]
    assert desk.ids(asked_in=False) == []
    service.handle(case_id, Withdraw(), BUYER)
    assert desk.page().items == ()


def test_once_support_had_the_case_the_earlier_asking_is_answered(service, desk, case_id):
    service.handle(case_id, AskSupportIn(), SELLER)
    service.at("2026-03-11T09:00").door.overtake([case_id])
    assert (desk.one().cause, desk.one().asked_in_by) == (ReviewCause.SILENCE, None)
    service.handle(case_id, HandToSeller(), SUPPORT)
    assert desk.page().items == ()


def test_the_first_word_of_support_is_its_answer(service, desk, case_id):
    service.at("2026-03-11T09:00").door.overtake([case_id])
    service.handle(case_id, SendMessage(text="Any news?"), BUYER)
    assert desk.one().answered_at is None
    first = service.later(hours=1).now
    service.handle(case_id, SendMessage(text="We are on it."), SUPPORT)
    service.later(hours=1).handle(case_id, SendMessage(text="Still on it."), SUPPORT)
    assert desk.one().answered_at == first


def test_suspected_fraud_is_marked(service, desk, case_id):
    service.handle(case_id, TakeOverForFraud(ground="The tenth this week."), SUPPORT)
    assert (desk.one().cause, desk.one().fraud_suspected) == (ReviewCause.TAKEN_OVER, True)


def paid_out(service, case_id, outcome):
    service.handle(case_id, ReportRefundSubmitted(happened_at=service.now, reference="re-1"), PAYMENTS)
    service.handle(case_id, outcome(happened_at=service.now), PAYMENTS)


def test_an_appeal_is_about_what_the_seller_was_charged(service, desk, case_id):
    service.at("2026-03-11T09:00").door.overtake([case_id])
    half = Liability(seller=50, platform=50)
    service.handle(case_id, DecideFullRefund(grounds="Both.", liability=half), SUPPORT)
    paid_out(service, case_id, ReportRefundSettled)
    service.handle(case_id, Appeal(text="See the video.", evidence=(service.upload(SELLER),)), SELLER)
    found = desk.one()
    assert (found.status, found.cause, found.at_stake) == (Status.APPEAL_REVIEW, None, eur("22.95"))


def test_a_refund_that_failed_for_good_is_about_what_is_due(service, desk, case_id):
    service.at("2026-03-11T09:00").door.overtake([case_id])
    partial = DecidePartialRefund(grounds="A scratch.", liability=Liability(seller=100), amount=eur("12.00"))
    service.handle(case_id, partial, SUPPORT)
    paid_out(service, case_id, ReportRefundFailed)
    assert (desk.one().cause, desk.one().at_stake) == (ReviewCause.REFUND_FAILED, eur("12.00"))


def test_a_cancellation_whose_refund_failed_waits_for_support_too(service, desk):
    service.sold(order_line(shipped_at=None, delivered_at=None, purchased_at=berlin("2026-03-06T12:00")))
    cancellation_id = service.cancel("o-1-1")
    service.answer_cancellation(cancellation_id, AcceptCancellation(), SELLER)
    for word in (
        ReportRefundSubmitted(happened_at=service.now, reference="re-1"),
        ReportRefundFailed(happened_at=service.now),
    ):
        service.answer_cancellation(cancellation_id, word, PAYMENTS)
    found = desk.one()
    assert (found.id, found.process, found.cause, found.reason) == (
        cancellation_id, Process.CANCELLATION, ReviewCause.REFUND_FAILED, None,
    )  # fmt: skip


def test_who_waits_longest_comes_first_page_by_page(service, desk):
    lines = [f"o-1-{number}" for number in range(1, 6)]
    service.sold(*(order_line(line) for line in lines))
    cases = [service.later(hours=1).submit(line, Reason.OTHER) for line in lines]
    first = desk.page(limit=2)
    second = desk.page(limit=2, after=first.next)
    third = desk.page(limit=2, after=second.next)
    assert [it.id for part in (first, second, third) for it in part.items] == cases
    assert third.next is None
