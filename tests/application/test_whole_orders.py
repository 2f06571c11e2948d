"""Orders told whole: all lines or none are recorded, and over all of them no more goes back than was paid (SPEC §5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from domain.money import total
from domain.order.whole import WholeOrder
from domain.refund.commands import ApproveWithoutReturn
from domain.refusals import RuleBroken
from store import streams
from store.application import Recorded
from tests.service import MARKETPLACE, SELLER, eur, order_line

SHIPPING = eur("5.90")


def whole(*prices, shipping=SHIPPING, **changes):
    """An order of so many lines."""
    lines = (
        order_line(f"o-1-{number}", price=eur(price), shipping=eur("0.00"), **changes)
        for number, price in enumerate(prices, 1)
    )
    return WholeOrder(shipping=shipping, lines=tuple(lines))


@pytest.fixture
def tell(service):
    return lambda order: service.door.order_lines.record_whole(order, service.errand(MARKETPLACE))


def shares(service, count):
    return [service.door.order_lines.find(f"o-1-{number}").facts.shipping for number in range(1, count + 1)]


def test_a_whole_order_is_recorded_with_its_shipping_shared(service, tell):
    assert [line.recorded for line in tell(whole("40.00", "10.00")).lines] == [Recorded.NEW] * 2
    assert shares(service, 2) == [eur("4.72"), eur("1.18")]
    assert [line.recorded for line in tell(whole("40.00", "10.00")).lines] == [Recorded.UNCHANGED] * 2


def test_all_of_an_order_is_recorded_at_one_instant(service, tell):
    """Lines and a seller who is named first have one cause (SPEC §1)."""
    service.door.order_lines._clock = (service.now + timedelta(seconds=second) for second in count()).__next__
    tell(whole("40.00", "10.00", seller_id="s-9"))
    told = [streams.order_line("o-1-1"), streams.order_line("o-1-2"), streams.seller("s-9")]
    causes = [event.cause for history in service.door.log.histories(told).values() for event in history]
    assert (len(causes), len(set(causes))) == (3, 1)


def test_one_line_that_is_refused_refuses_the_whole(service, tell):
    service.sold(order_line("o-1-2", seller_id="s-9"))
    before = service.door.log.recorder.max_notification_id()
    with pytest.raises(RuleBroken, match="o-1-2 has seller_id s-9"):
        tell(whole("40.00", "10.00"))
    assert service.door.log.recorder.max_notification_id() == before


def test_a_line_with_a_case_keeps_its_share_when_another_line_is_added(service, tell):
    tell(whole("40.00"))
    case = service.submit("o-1-1")
    tell(whole("40.00", "10.00"))
    assert shares(service, 2) == [eur("5.90"), eur("0.00")]
    assert service.case(case).line.shipping == eur("5.90")


def test_all_lines_refunded_at_once_give_back_exactly_what_was_captured(service, tell):
    order = whole("10.00", "10.00", "10.00", "0.99", shipping=eur("7.01"), tax=eur("0.19"))
    tell(order)
    captured = total([line.price + line.tax for line in order.lines], "EUR") + order.shipping

    def refunded(number):
        case = service.submit(f"o-1-{number}")
        service.handle(case, ApproveWithoutReturn(), SELLER)
        return service.case(case).refund_due

    with ThreadPoolExecutor(4) as threads:
        assert total(list(threads.map(refunded, range(1, 5))), "EUR") == captured


def test_while_an_order_is_told_again_and_again_cases_opened_beside_it_never_sum_to_more(service, tell):
    orders = [whole("40.00", "10.00", "1.00"), whole("1.00", "40.00", "10.00")]
    tell(orders[0])
    with ThreadPoolExecutor(4) as threads:
        opened = [threads.submit(service.submit, f"o-1-{number}") for number in (1, 2, 3)]
        for order in orders * 3:
            tell(order)
        cases = [service.case(each.result()) for each in opened]
    assert total([case.line.shipping for case in cases], "EUR") <= SHIPPING
