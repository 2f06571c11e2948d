"""A chargeback marks the line and tells what was opened on it in one transaction, so that no request slips by."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from domain.cancellation.commands import DeclineCancellation, RequestCancellation
from domain.payout import ReportChargeback, ReportChargebackReversed
from domain.refusals import RuleBroken
from domain.vocabulary import CancellationOutcome, Outcome
from tests.service import BUYER, PAYMENTS, SELLER, SUPPORT, order_line

RACES = 6


def dispute(service, kind=ReportChargeback, reference="dp-1"):
    return kind(happened_at=service.now, reference=reference)


def told(service, **content):
    service.door.chargebacks.told(["pay-1"], dispute(service, **content))


def test_whoever_asks_while_a_chargeback_comes_in_is_superseded_or_refused(service):
    for number in range(RACES):
        line_id = f"o-1-{number}"
        service.sold(order_line(line_id, payment_reference=f"pay-{number}"))
        start = Barrier(2)

        def ask(line_id=line_id, start=start):
            start.wait()
            try:
                return service.submit(line_id)
            except RuleBroken as refusal:
                return refusal.rule

        def charge_back(number=number, start=start):
            start.wait()
            service.door.chargebacks.told([f"pay-{number}"], dispute(service))

        with ThreadPoolExecutor(2) as pool:
            asked, charged = pool.submit(ask), pool.submit(charge_back)
            charged.result()
            answer = asked.result()
        assert answer == "chargeback_open" or service.case(answer).outcome is Outcome.SUPERSEDED_BY_CHARGEBACK


def test_a_chargeback_recorded_beside_a_declined_cancellation_stops_a_refund_case_too(service):
    service.sold(order_line(shipped_at=None, delivered_at=None, purchased_at=service.now))
    door = service.door.cancellations
    asked = door.submit(RequestCancellation(line_id="o-1-1"), service.errand(BUYER)).stream_id
    door.handle(asked, DeclineCancellation(), service.errand(SELLER))
    door.handle(asked, dispute(service), service.errand(PAYMENTS))
    assert door.find(asked, SUPPORT).cancellation.outcome is CancellationOutcome.DECLINED
    with pytest.raises(RuleBroken) as refusal:
        service.submit()
    assert refusal.value.rule == "chargeback_open"
    door.handle(asked, dispute(service, ReportChargebackReversed), service.errand(PAYMENTS))
    assert service.case(service.submit()).is_open


def test_one_of_two_disputes_won_leaves_the_chargeback_open(service):
    service.sold()
    case = service.submit()
    told(service, reference="dp-1")
    told(service, reference="dp-2")
    told(service, kind=ReportChargebackReversed, reference="dp-1")
    assert service.case(case).chargeback
    told(service, kind=ReportChargebackReversed, reference="dp-2")
    assert not service.case(case).chargeback
    assert service.topics(case)[-2:] == ["refund.superseded_by_chargeback.v1", "refund.chargeback_reversed.v1"]
