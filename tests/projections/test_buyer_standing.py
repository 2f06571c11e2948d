"""How a buyer stands: what he bought, asked for and got back over rolling windows, across all sellers (SPEC §7.8)."""

from datetime import timedelta

import pytest

from domain.actors import Actor, Role
from domain.payout import ReportRefundSettled, ReportRefundSubmitted
from domain.policy import standard_policies
from domain.refund.commands import ApproveWithoutReturn, HandToSeller
from domain.vocabulary import Reason, SupportRouting
from projections.conduct import counts_over
from tests.service import BUYER, PAYMENTS, SELLER, SUPPORT, berlin, eur, order_line

OTHER_SELLER = Actor(role=Role.SELLER, id="s-2")
POLICY = standard_policies().current
UNSHIPPED = {"shipped_at": None, "delivered_at": None}


@pytest.fixture
def standing(service, views):
    """The buyer's counts of each window, by how the policy writes it."""

    def look(buyer=BUYER):
        views.catch_up()
        with views.engine.connect() as conn:
            return {str(window): counts for window, counts in counts_over(conn, buyer.id, POLICY, service.now)}

    return look


def bought(service, count, **facts):
    lines = [order_line(f"line-{number}", order_id=f"order-{number}", **facts) for number in range(count)]
    service.sold(*lines)
    return [line.line_id for line in lines]


def refund(service, case_id):
    """The seller refunds, and the provider pays within a minute."""
    service.handle(case_id, ApproveWithoutReturn(), SELLER)
    submitted = ReportRefundSubmitted(happened_at=service.now, attempt=1, reference="r-1")
    service.handle(case_id, submitted, PAYMENTS)
    service.later(minutes=1)
    service.handle(case_id, ReportRefundSettled(happened_at=service.now, attempt=1), PAYMENTS)


def test_lines_requests_and_refunds_are_counted_across_sellers(service, standing):
    service.enrol(OTHER_SELLER)
    bought(service, 3)
    service.sold(order_line("line-9", order_id="order-9", seller_id=OTHER_SELLER.id, price=eur("10.00")))
    refund(service, service.submit("line-0"))
    service.submit("line-9")
    counts = standing()["90d"]
    assert (counts.lines, counts.requests, counts.refunds, counts.sellers) == (4, 2, 1, 2)
    (amounts,) = counts.amounts
    assert (amounts.bought, amounts.requested, amounts.refunded) == (eur("153.60"), eur("61.80"), eur("45.90"))


def test_amounts_of_two_currencies_stand_apart(service, standing):
    price = {name: {"minor": 500, "currency": "CHF"} for name in ("price", "shipping", "tax")}
    service.sold(order_line(), order_line("o-1-2", **price))
    amounts = standing()["30d"].amounts
    assert [it.bought.currency for it in amounts] == ["CHF", "EUR"]
    assert [it.bought.minor for it in amounts] == [1500, 4590]


def test_what_a_window_holds_ends_at_its_own_local_time(service, standing):
    edge = berlin("2026-03-06T18:00") - timedelta(days=90)
    inside, outside = (edge + timedelta(seconds=shift) for shift in (1, 0))
    service.sold(order_line("o-in", purchased_at=inside), order_line("o-out", purchased_at=outside))
    assert standing()["90d"].lines == 1
    assert standing()["365d"].lines == 2
    service.later(seconds=1)
    assert standing()["90d"].lines == 0


def test_the_windows_keep_their_local_time_across_a_clock_change(service, standing):
    service.at("2026-04-20T12:00")
    service.sold(
        order_line("o-in", purchased_at=berlin("2026-03-21T12:01"), **UNSHIPPED),
        order_line("o-out", purchased_at=berlin("2026-03-21T11:59"), **UNSHIPPED),
    )
    assert standing()["30d"].lines == 1


def test_a_line_that_the_marketplace_cancelled_was_not_bought(service, standing):
    service.sold()
    service.sold(order_line(cancelled=True))
    assert standing()["90d"].lines == 0


def test_another_buyers_conduct_is_his_own(service, standing):
    service.sold()
    service.submit()
    counts = standing(Actor(role=Role.BUYER, id="b-2"))["365d"]
    assert (counts.lines, counts.requests, counts.amounts) == (0, 0, ())


def test_the_request_above_the_thresholds_goes_to_support_and_the_event_says_why(service, views):
    lines = bought(service, 8)
    for line in lines[:6]:
        views.catch_up()
        case = service.case(service.submit(line))
        assert case.route == "seller"
    views.catch_up()
    opening = service.door.log.history(service.submit(lines[6]))[0].payload
    assert opening.routing == (SupportRouting.BUYER_ABOVE_THRESHOLDS,)
    assert (opening.buyer_conduct.lines, opening.buyer_conduct.requests) == (8, 6)


def test_a_buyer_who_buys_much_may_ask_more_often(service, views):
    lines = bought(service, 20)
    for line in lines[:7]:
        views.catch_up()
        assert service.case(service.submit(line)).route == "seller"


def test_support_hands_such_a_request_to_the_seller_where_it_sees_nothing_wrong(service, views):
    lines = bought(service, 7)
    for line in lines[:6]:
        service.submit(line)
    views.catch_up()
    case_id = service.submit(lines[6], Reason.ITEM_MISSING)
    assert service.case(case_id).status == "support_review"
    service.handle(case_id, HandToSeller(), SUPPORT)
    assert service.case(case_id).status == "awaiting_seller"


def test_requests_of_a_window_that_has_passed_count_no_more(service, views):
    lines = bought(service, 8)
    for line in lines[:6]:
        service.submit(line)
    service.later(days=91)
    service.sold(order_line("fresh", purchased_at=service.now - timedelta(days=4), **UNSHIPPED))
    views.catch_up()
    opening = service.door.log.history(service.submit("fresh"))[0].payload
    assert (opening.buyer_conduct.lines, opening.buyer_conduct.requests) == (1, 0)


def test_before_the_read_model_has_counted_anything_requests_are_routed_as_usual(service):
    service.sold()
    opening = service.door.log.history(service.submit())[0].payload
    assert (opening.buyer_conduct.lines, opening.buyer_conduct.requests) == (0, 0)
