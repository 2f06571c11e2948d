"""What is due when: one row a waiting case, claimed in due order by one sweep alone (SPEC §7.4)."""

import pytest

from domain.refund.commands import (
    ApproveWithReturn,
    HandToSeller,
    SendMessage,
    TakeOver,
)
from domain.vocabulary import Reason
from projections.deadlines import deadline
from projections.sweeping import aside, claim_due, remove, set_aside
from tests.service import BUYER, SELLER, SUPPORT, berlin, order_line

FRIDAY, TUESDAY = "2026-03-06T18:00", "2026-03-10T18:00"


@pytest.fixture
def case_id(service):
    service.sold()
    return service.submit(reason=Reason.WRONG_ITEM)


def due(views, at, limit=10):
    with views.engine.begin() as conn:
        return claim_due(conn, berlin(at), limit)


def test_a_waiting_case_has_one_row_with_its_live_deadline(service, views, case_id):
    (row,) = views.catch_up().rows(deadline)
    assert (row.stream_id, row.kind, row.due_at) == (case_id, "seller_answer", berlin(TUESDAY))
    assert (row.waiting_on, row.seller_id) == ("seller", SELLER.id)


def test_an_answer_puts_the_next_deadline_in_its_place(service, views, case_id):
    views.catch_up()
    service.handle(case_id, ApproveWithReturn(), SELLER)
    (row,) = views.catch_up().rows(deadline)
    assert (row.kind, row.waiting_on) == ("return_shipping", "buyer")


def test_a_case_that_waits_for_support_or_payments_has_none(service, views, case_id):
    service.handle(case_id, TakeOver(ground="A second look."), SUPPORT)
    assert views.catch_up().rows(deadline) == []


def test_a_case_that_comes_back_to_the_seller_knows_whose_it_is(service, views, case_id):
    service.handle(case_id, TakeOver(ground="A second look."), SUPPORT)
    views.catch_up()
    service.handle(case_id, HandToSeller(), SUPPORT)
    (row,) = views.catch_up().rows(deadline)
    assert (row.kind, row.seller_id) == ("seller_answer", SELLER.id)


def test_what_is_due_is_claimed_in_due_order_from_its_very_instant_on(service, views, case_id):
    service.sold(order_line("o-1-2"))
    later = service.later(hours=-1).submit("o-1-2")
    views.catch_up()
    assert due(views, "2026-03-10T16:59") == []
    assert [row.stream_id for row in due(views, "2026-03-10T17:00")] == [later]
    assert [row.stream_id for row in due(views, TUESDAY)] == [later, case_id]
    assert [row.stream_id for row in due(views, TUESDAY, limit=1)] == [later]


def test_two_sweeps_never_claim_the_same_row(service, views, case_id):
    views.catch_up()
    with views.engine.begin() as first, views.engine.begin() as second:
        assert len(claim_due(first, berlin(TUESDAY), 10)) == 1
        assert claim_due(second, berlin(TUESDAY), 10) == []


def test_an_overtaken_row_is_removed_with_the_claim_and_what_follows_takes_its_place(service, views, case_id):
    service.handle(case_id, ApproveWithReturn(), SELLER)
    views.catch_up()
    service.later(days=60)
    with views.engine.begin() as conn:
        (row,) = claim_due(conn, service.now, 10)
        service.door.overtake([row.stream_id], conn)
        remove(conn, [row.stream_id])
    assert views.catch_up().rows(deadline) == []


def test_a_poisoned_row_is_set_aside_until_its_retry_time_and_says_why(service, views, case_id):
    views.catch_up()
    retry_at = berlin("2026-03-10T19:00")
    with views.engine.begin() as conn:
        set_aside(conn, case_id, retry_at, "KeyError: policy")
    assert due(views, TUESDAY) == []
    (row,) = due(views, "2026-03-10T19:00")
    assert (row.due_at, row.attempts) == (berlin(TUESDAY), 1)
    with views.engine.begin() as conn:
        set_aside(conn, case_id, retry_at, "KeyError: policy")
    assert due(views, "2026-03-10T19:00")[0].attempts == 2
    with views.engine.begin() as conn:
        (shown,) = aside(conn)
    assert (shown.stream_id, shown.retry_at, shown.failure) == (case_id, retry_at, "KeyError: policy")


def test_a_message_leaves_a_row_that_is_set_aside_alone_and_a_new_deadline_does_not(service, views, case_id):
    views.catch_up()
    with views.engine.begin() as conn:
        set_aside(conn, case_id, berlin("2026-03-11T00:00"), "broken")
    service.handle(case_id, SendMessage(text="Any news?"), BUYER)
    assert views.catch_up().rows(deadline)[0].attempts == 1
    service.handle(case_id, ApproveWithReturn(), SELLER)
    (row,) = views.catch_up().rows(deadline)
    assert (row.attempts, row.failure, row.claim_at) == (0, None, row.due_at)
