"""Cancellation requests through the door: beside refund cases, never with one (SPEC §4)."""

import pytest

from domain.cancellation.commands import AcceptCancellation, DeclineCancellation, RequestCancellation
from domain.refusals import DeadlinePassed, NotAllowedNow, RuleBroken, Unknown
from domain.vocabulary import CancellationOutcome, CancellationStatus, Reason
from tests.service import BUYER, SELLER, SUPPORT, berlin, order_line

UNSHIPPED = {"purchased_at": berlin("2026-03-06T17:00"), "shipped_at": None, "delivered_at": None}


@pytest.fixture
def cancellation_id(service):
    service.sold(order_line(**UNSHIPPED))
    return ask(service)


def ask(service, line_id="o-1-1"):
    command = RequestCancellation(line_id=line_id)
    return service.door.cancellations.submit(command, service.errand(BUYER)).stream_id


def answer(service, cancellation_id, command):
    return service.door.cancellations.handle(cancellation_id, command, service.errand(SELLER))


def told(service, cancellation_id):
    return service.door.cancellations.find(cancellation_id, SUPPORT).cancellation


def test_an_accepted_cancellation_refunds_everything(service, cancellation_id):
    answer(service, cancellation_id, AcceptCancellation())
    assert told(service, cancellation_id).status is CancellationStatus.REFUND_PENDING
    assert str(told(service, cancellation_id).refund_due) == "45.90 EUR"


def test_silence_declines_at_the_deadline_and_a_later_answer_loses(service, cancellation_id):
    due_at = told(service, cancellation_id).deadline.due_at
    service.now = due_at
    with pytest.raises(DeadlinePassed):
        answer(service, cancellation_id, AcceptCancellation())
    assert told(service, cancellation_id).outcome is CancellationOutcome.DECLINED
    assert service.door.log.history(cancellation_id)[-1].occurred_at == due_at


def test_the_clock_overtakes_cancellations_like_cases(service, cancellation_id):
    service.now = told(service, cancellation_id).deadline.due_at
    assert [event.topic for event in service.door.overtake([cancellation_id])] == ["cancellation.lapsed.v1"]


def test_shipment_reported_with_the_line_declines_it(service, cancellation_id):
    service.later(hours=1)
    service.sold(order_line(**{**UNSHIPPED, "shipped_at": service.now}))
    assert told(service, cancellation_id).outcome is CancellationOutcome.DECLINED


def test_no_case_is_opened_beside_an_open_cancellation(service, cancellation_id):
    with pytest.raises(NotAllowedNow) as refused:
        service.submit(reason=Reason.ITEM_MISSING)
    assert refused.value.rule == "open_cancellation"


def test_no_case_is_opened_on_a_cancelled_sale(service, cancellation_id):
    answer(service, cancellation_id, AcceptCancellation())
    with pytest.raises((NotAllowedNow, RuleBroken)):
        service.submit(reason=Reason.ITEM_MISSING)


def test_a_declined_cancellation_leaves_the_way_to_a_case_open(service, cancellation_id):
    answer(service, cancellation_id, DeclineCancellation())
    assert service.case(service.submit(reason=Reason.ITEM_MISSING)).is_open


def test_no_cancellation_is_opened_beside_an_active_case(service):
    service.sold(order_line(**UNSHIPPED))
    service.submit(reason=Reason.ITEM_MISSING)
    with pytest.raises(NotAllowedNow) as refused:
        ask(service)
    assert refused.value.rule == "active_case"


def test_a_foreign_seller_does_not_know_of_it(service, cancellation_id):
    stranger = SELLER.model_copy(update={"id": "s-2"})
    with pytest.raises(Unknown):
        service.door.cancellations.handle(cancellation_id, AcceptCancellation(), service.errand(stranger))
