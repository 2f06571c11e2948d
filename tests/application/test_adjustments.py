"""An adjustment is posted once under its reference, however often and by however many it is reported (SPEC §5)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.refusals import NotYourMove, RuleBroken, Unknown
from domain.seller.adjustments import PostPayout, PostProceeds
from tests.service import MARKETPLACE, SELLER, eur, order_line


@pytest.fixture
def post(service):
    def post(adjustment, reference="ref-1", seller_id=SELLER.id, actor=MARKETPLACE):
        return service.door.adjustments.post(seller_id, reference, adjustment, service.errand(actor))

    return post


@pytest.fixture
def payout(service):
    return PostPayout(happened_at=service.now, amount=eur("20.00"))


def test_the_same_again_answers_as_at_first_and_records_nothing(service, post, payout):
    first = post(payout)
    again = post(payout)
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.stream_id, again.position) == (first.stream_id, first.position)
    assert len(service.topics(first.stream_id)) == 1


def test_reported_by_many_at_once_it_is_posted_once(service, post, payout):
    with ThreadPoolExecutor(6) as threads:
        receipts = list(threads.map(lambda _: post(payout), range(12)))
    assert [receipt.repeated for receipt in receipts].count(False) == 1
    assert {receipt.position for receipt in receipts} == {receipts[0].position}


def test_another_content_under_the_same_reference_is_refused(post, payout):
    post(payout)
    with pytest.raises(RuleBroken, match="post a correction instead"):
        post(payout.model_copy(update={"amount": eur("21.00")}))


def test_a_reference_is_good_for_each_kind_and_each_seller(service, post, payout):
    service.enrol(SELLER.model_copy(update={"id": "s-2"}))
    proceeds = PostProceeds(happened_at=service.now, amount=eur("20.00"))
    receipts = [post(payout), post(proceeds), post(payout, seller_id="s-2")]
    assert not any(receipt.repeated for receipt in receipts)


def test_proceeds_may_name_an_order_line_that_there_is(service, post):
    service.sold(order_line())
    proceeds = PostProceeds(happened_at=service.now, amount=eur("45.90"), line_id="o-1-1")
    assert post(proceeds).position
    with pytest.raises(Unknown):
        post(proceeds.model_copy(update={"line_id": "o-9"}), reference="ref-2")


def test_an_account_that_nobody_has_is_unknown(post, payout):
    with pytest.raises(Unknown, match="no seller s-9"):
        post(payout, seller_id="s-9")


def test_only_the_marketplace_posts(post, payout):
    with pytest.raises(NotYourMove):
        post(payout, actor=SELLER)
