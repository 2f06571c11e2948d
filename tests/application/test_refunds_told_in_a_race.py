"""A refund that is told of one matter of a line, and a request read before it: the later of the two is judged anew."""

import pytest

from domain.cancellation.commands import DeclineCancellation, RequestCancellation
from domain.payout import ReportRefundElsewhere
from domain.refund.commands import Withdraw
from domain.refusals import RuleBroken
from domain.vocabulary import Reason
from store import streams
from tests.service import BUYER, MARKETPLACE, SELLER, berlin, eur, order_line


@pytest.fixture
def line(service):
    service.sold(order_line(shipped_at=None, delivered_at=None, purchased_at=berlin("2026-02-20T10:00")))
    return service


def asked(service):
    return service.door.cancellations.submit(RequestCancellation(line_id="o-1-1"), service.errand(BUYER)).stream_id


def declined(service):
    cancellation = asked(service)
    service.door.cancellations.handle(cancellation, DeclineCancellation(), service.errand(SELLER))
    return cancellation


def withdrawn(service):
    case = service.submit(reason=Reason.LATE_NOT_SHIPPED)
    service.handle(case, Withdraw(), BUYER)
    return case


def refunded_elsewhere(service, reference="goodwill-1"):
    return ReportRefundElsewhere(happened_at=service.now, amount=eur("45.90"), reference=reference)


def tell_cancellation(service, cancellation, **said):
    service.door.cancellations.handle(cancellation, refunded_elsewhere(service, **said), service.errand(MARKETPLACE))


def tell_case(service, case, **said):
    service.handle(case, refunded_elsewhere(service, **said), MARKETPLACE)


def marks(service):
    """Which matters the line says that a refund was told of."""
    history = service.door.log.history(streams.order_line("o-1-1"))
    return [event.payload.matter_id for event in history if event.topic == "order_line.refund_told.v1"]


def before_the_next_append(service, monkeypatch, meanwhile):
    """Let this happen once, after whatever comes next has read what it decides on."""
    append, once = service.door.log.append, iter([meanwhile])

    def interrupted(*given, **options):
        for first in once:
            first()
        return append(*given, **options)

    monkeypatch.setattr(service.door.log, "append", interrupted)


def test_a_request_for_refund_that_a_refund_told_of_a_cancellation_crosses_is_refused(line, monkeypatch):
    cancellation = declined(line)
    before_the_next_append(line, monkeypatch, lambda: tell_cancellation(line, cancellation))
    with pytest.raises(RuleBroken) as refusal:
        line.submit(reason=Reason.LATE_NOT_SHIPPED)
    assert refusal.value.rule == "line_cancelled"
    assert not line.order().cases


def test_so_is_a_cancellation_that_a_refund_told_of_an_ended_case_crosses(line, monkeypatch):
    case = withdrawn(line)
    before_the_next_append(line, monkeypatch, lambda: tell_case(line, case))
    with pytest.raises(RuleBroken) as refusal:
        asked(line)
    assert refusal.value.rule == "already_paid_back"
    assert not line.order().cancellations


def test_a_refund_that_a_request_crosses_is_told_of_that_request(line, monkeypatch):
    cancellation = declined(line)
    before_the_next_append(line, monkeypatch, lambda: line.submit(reason=Reason.LATE_NOT_SHIPPED))
    tell_cancellation(line, cancellation)
    (case,) = line.order().cases
    assert line.topics(case)[-1] == "refund.refunded_elsewhere.v1"
    assert line.topics(cancellation)[-1] == "cancellation.outside_fact_recorded.v1"


def test_the_line_is_marked_once_for_each_refund_however_often_it_is_told(line):
    cancellation, case = declined(line), withdrawn(line)
    tell_case(line, case)
    tell_cancellation(line, cancellation)
    tell_case(line, case)
    tell_cancellation(line, cancellation, reference="goodwill-2")
    assert marks(line) == [case, cancellation]
