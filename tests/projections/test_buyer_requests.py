"""The buyer's requests: what he asked for, where it stands, and what comes back to him (SPEC §7.6)."""

import pytest

from domain.actors import Actor, Role
from domain.cancellation.commands import DeclineCancellation
from domain.deadline import DeadlineKind
from domain.payout import ReportRefundSettled, ReportRefundSubmitted
from domain.refund.commands import ApproveWithoutReturn, ApproveWithReturn, TakeOverForFraud
from domain.vocabulary import CancellationOutcome, Outcome, Reason, Status
from projections.buyer_requests import requests
from projections.processes import Process
from tests.service import BUYER, PAYMENTS, SELLER, SUPPORT, berlin, eur, order_line


class Requests:
    """One buyer's list."""

    def __init__(self, views, buyer=BUYER):
        self.views, self.buyer = views, buyer

    def page(self, **filters):
        self.views.catch_up()
        with self.views.engine.connect() as conn:
            return requests(conn, self.buyer.id, **filters)

    def one(self):
        (item,) = self.page().items
        return item


@pytest.fixture
def mine(views):
    return Requests(views)


@pytest.fixture
def case_id(service):
    service.sold()
    return service.submit(reason=Reason.WRONG_ITEM)


def test_a_request_shows_its_order_its_status_and_its_deadline(service, mine, case_id):
    found = mine.one()
    assert (found.id, found.process, found.order_id, found.line_id, found.title) == (
        case_id, Process.REFUND, "o-1", "o-1-1", "Vintage camera",
    )  # fmt: skip
    assert (found.reason, found.status, found.outcome, found.refund) == (
        Reason.WRONG_ITEM, Status.AWAITING_SELLER, None, None,
    )  # fmt: skip
    service.handle(case_id, ApproveWithReturn(), SELLER)
    assert (mine.one().deadline_kind, mine.one().due_at) == (DeadlineKind.RETURN_SHIPPING, berlin("2026-03-13T18:00"))


def test_a_refund_is_shown_from_what_is_due_to_when_it_was_submitted_to_its_end(service, mine, case_id):
    service.handle(case_id, ApproveWithoutReturn(), SELLER)
    assert (mine.one().refund, mine.one().refund_submitted_at) == (eur("45.90"), None)
    submitted_at = service.later(minutes=5).now
    service.handle(case_id, ReportRefundSubmitted(happened_at=submitted_at, reference="re-1"), PAYMENTS)
    assert mine.one().refund_submitted_at == submitted_at
    service.later(days=2).handle(case_id, ReportRefundSettled(happened_at=service.now), PAYMENTS)
    found = mine.one()
    assert (found.outcome, found.closed_at, found.due_at) == (Outcome.REFUNDED, service.now, None)


def test_a_suspicion_of_fraud_shows_as_nothing_but_a_review(service, mine, case_id):
    service.handle(case_id, TakeOverForFraud(ground="The tenth this week."), SUPPORT)
    found = mine.one()
    assert found.status is Status.SUPPORT_REVIEW
    assert "fraud" not in repr(found).lower()


def test_cancellations_are_among_the_requests(service, mine):
    service.sold(order_line(shipped_at=None, delivered_at=None, purchased_at=berlin("2026-03-06T12:00")))
    cancellation_id = service.cancel("o-1-1")
    service.answer_cancellation(cancellation_id, DeclineCancellation(), SELLER)
    found = mine.one()
    assert (found.id, found.process, found.reason, found.outcome) == (
        cancellation_id, Process.CANCELLATION, None, CancellationOutcome.DECLINED,
    )  # fmt: skip


def test_the_newest_request_comes_first_page_by_page_and_by_order(service, mine, views):
    for number in range(1, 5):
        service.sold(order_line(f"o-{number}-1", order_id=f"o-{number}"))
        service.later(hours=1).submit(f"o-{number}-1")
    first = mine.page(limit=3)
    second = mine.page(limit=3, after=first.next)
    assert [it.order_id for it in (*first.items, *second.items)] == ["o-4", "o-3", "o-2", "o-1"]
    assert second.next is None
    assert [it.order_id for it in mine.page(order_id="o-2").items] == ["o-2"]
    assert Requests(views, Actor(role=Role.BUYER, id="b-2")).page().items == ()
