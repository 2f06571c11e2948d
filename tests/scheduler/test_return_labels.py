"""A return gets one label, at the platform's address and cost, and loses it when it ends unscanned (SPEC §§4 and 5)."""

from datetime import timedelta

import pytest

from domain.refund.commands import ApproveWithoutReturn, DecideRefundOnReturn, Liability, Reopen, TakeOver, Withdraw
from domain.vocabulary import ReturnState, Status
from scheduler.courier import Courier
from scheduler.ports.trouble import NoAnswer, RefusedForGood
from scheduler.return_labels import PATIENCE, IssueReturnLabel
from tests.service import BUYER, HOME, SELLER, SUPPORT, eur

LEASE = IssueReturnLabel.limits.lease


class Vanished(BaseException):
    """What a kill is to a thread: nothing after it runs."""


def test_an_approved_return_gets_a_label_to_the_frozen_address(house):
    orders = []

    class Noting:
        def issue(self, order):
            orders.append(order)
            return house.carrier.issue(order)

    case_id = house.return_approved()
    house.carry(house.courier(carriers=Noting()))
    assert house.case(case_id).return_label_cost == eur("4.49")
    assert orders[0].to == HOME.model_dump_json()
    assert house.topics(case_id)[-1] == "refund.return_label_issued.v1"
    assert [(row.kind, row.outcome) for row in house.dispatched()] == [("issue_return_label", "done")]


def test_a_parcel_that_is_handed_in_and_delivered_moves_the_case(house):
    case_id = house.return_approved()
    house.carry()
    house.later(days=3)
    house.carrier.hand_in(case_id)
    assert house.case(case_id).status is Status.RETURN_IN_TRANSIT
    house.later(days=2)
    house.carrier.deliver(case_id, at=house.now - timedelta(hours=5))
    case = house.case(case_id)
    assert case.status is Status.RETURN_INSPECTION
    assert house.door.log.history(case_id)[-1].occurred_at == house.now - timedelta(hours=5)


def test_a_case_without_a_usable_label_has_no_parcel(house):
    case_id = house.return_approved()
    with pytest.raises(LookupError):
        house.carrier.hand_in(case_id)


@pytest.mark.parametrize(("command", "actor"), [(ApproveWithoutReturn(), SELLER), (Withdraw(), BUYER)])
def test_a_return_that_ends_unscanned_loses_its_label(house, command, actor):
    case_id = house.return_approved()
    house.carry()
    house.handle(case_id, command, actor)
    house.carry()
    (label,) = house.labels()
    assert label.voided_at == house.now
    assert house.case(case_id).return_state is ReturnState.VOID


def test_a_return_that_nobody_ships_loses_its_label_by_the_clock(house):
    house.return_approved()
    house.carry()
    house.later(days=8)
    house.sweep()
    house.carry()
    (label,) = house.labels()
    assert label.voided_at == house.now


def test_a_label_whose_parcel_was_scanned_before_it_could_be_voided_is_kept(house):
    case_id = house.return_approved()
    house.carry()
    handed_in = house.now
    house.later(days=8).sweep()
    house.carrier.hand_in(case_id, at=handed_in)
    house.carry()
    (label,) = house.labels()
    assert (label.voided_at, label.accepted_at) == (None, handed_in)
    assert house.case(case_id).status is Status.RETURN_IN_TRANSIT
    assert house.dispatched()[-1].outcome == "moot"


def test_a_return_that_ended_before_a_label_was_asked_for_gets_none(house):
    case_id = house.return_approved()
    house.handle(case_id, Withdraw(), BUYER)
    house.carry()
    assert house.labels() == []


def test_a_return_that_ends_while_its_label_is_issued_loses_it_again(house):
    case_id = house.return_approved()

    class Slow:
        void = house.carrier.void

        def issue(self, order):
            label = house.carrier.issue(order)
            house.handle(case_id, Withdraw(), BUYER)
            return label

    house.carry(house.courier(carriers=Slow()))
    (label,) = house.labels()
    assert label.voided_at == house.now


class CutShort:
    """Issues the label, and vanishes before anyone hears of it."""

    def __init__(self, carrier):
        self.carrier = carrier

    def issue(self, order):
        self.carrier.issue(order)
        raise Vanished


def test_a_label_that_was_issued_before_a_crash_is_the_one_the_case_gets(house):
    case_id = house.return_approved()
    house.carry(house.courier(carriers=CutShort(house.carrier)))
    house.now += LEASE
    house.carry()
    (label,) = house.labels()
    assert house.door.log.history(case_id)[-1].payload.tracking.number == label.number
    assert label.voided_at is None


def test_a_label_that_was_issued_before_a_crash_and_is_not_wanted_any_more_is_voided(house):
    case_id = house.return_approved()
    house.carry(house.courier(carriers=CutShort(house.carrier)))
    house.now += LEASE
    house.handle(case_id, Withdraw(), BUYER)
    house.carry()
    (label,) = house.labels()
    assert label.voided_at == house.now


def test_a_label_that_comes_into_being_after_it_was_voided_is_voided_again(house):
    """The carrier did not answer, and issued it all the same when the return had ended already."""
    orders = []

    class Late:
        void = house.carrier.void

        def issue(self, order):
            orders.append(order)
            raise NoAnswer("the carrier did not answer")

    case_id = house.return_approved()
    house.carry(courier := house.courier(carriers=Late()))
    house.handle(case_id, Withdraw(), BUYER)
    house.carry(courier)
    house.carrier.issue(orders[0])
    house.later(hours=1).carry(courier)
    (label,) = house.labels()
    assert label.voided_at == house.now
    assert len(orders) == 1


def test_a_label_the_case_was_told_of_before_a_crash_stays(house):
    class Telling(IssueReturnLabel):
        def carry_out(self, job):
            super().carry_out(job)
            raise Vanished

    case_id = house.return_approved()
    telling = Telling(house.door, house.carrier, house.reports)
    house.carry(Courier(house.engine, [telling], clock=house.clock, retries=house.retries))
    house.now += LEASE
    house.carry()
    (label,) = house.labels()
    assert label.voided_at is None
    assert house.topics(case_id).count("refund.return_label_issued.v1") == 1
    assert [(row.outcome, row.attempts) for row in house.dispatched()] == [("done", 2)]


def test_a_label_that_is_refused_sends_the_case_to_support(house):
    class Refusing:
        def issue(self, order):
            raise RefusedForGood("no delivery\nto this address" + "!" * 300)

    case_id = house.return_approved()
    house.carry(house.courier(carriers=Refusing()))
    assert house.case(case_id).status is Status.SUPPORT_REVIEW
    detail = house.door.log.history(case_id)[-1].payload.detail.text
    assert detail.startswith("no delivery to this address!")
    assert len(detail) == 200


def test_a_carrier_who_does_not_serve_the_country_refuses(house):
    case_id = house.return_approved()
    local = type(house.carrier)(house.engine, house.reports, house.clock, serves={"AT"})
    house.carry(house.courier(carriers=local))
    assert house.case(case_id).status is Status.SUPPORT_REVIEW


def test_carriers_who_never_answer_are_given_up_after_a_day(house):
    class Silent:
        def issue(self, order):
            raise NoAnswer("no route to host")

    case_id = house.return_approved()
    courier = house.carry(house.courier(carriers=Silent()))
    house.later(hours=23).carry(courier)
    assert house.case(case_id).status is Status.AWAITING_RETURN
    house.now += PATIENCE - timedelta(hours=23)
    house.carry(courier)
    assert house.case(case_id).status is Status.SUPPORT_REVIEW


def test_a_seller_whose_data_was_erased_gets_no_parcel(house):
    case_id = house.return_approved()
    house.vault.forget(str(SELLER))
    house.carry()
    assert house.case(case_id).status is Status.SUPPORT_REVIEW
    assert house.labels() == []


def test_labels_cost_what_the_carrier_says_in_the_currency_of_the_line(house):
    local = type(house.carrier)(house.engine, house.reports, house.clock, costs_minor={"EUR": 620})
    case_id = house.return_approved()
    house.carry(house.courier(carriers=local))
    assert house.case(case_id).return_label_cost == eur("6.20")


def test_a_return_that_support_grants_again_keeps_the_label_that_is_out(house):
    case_id = house.return_approved()
    house.carry()
    house.handle(case_id, TakeOver(ground="A closer look."), SUPPORT)
    decision = DecideRefundOnReturn(grounds="It is the wrong one.", liability=Liability(seller=100))
    house.handle(case_id, decision, SUPPORT)
    house.carry()
    (label,) = house.labels()
    assert label.voided_at is None
    assert house.dispatched()[-1].outcome == "moot"


def test_a_return_that_opens_anew_after_its_label_was_voided_gets_another(house):
    case_id = house.return_approved()
    house.carry()
    house.later(days=8).sweep()
    house.carry()
    house.handle(case_id, Reopen(ground="The parcel was at the counter in time."), SUPPORT)
    decision = DecideRefundOnReturn(grounds="It is the wrong one.", liability=Liability(seller=100))
    house.handle(case_id, decision, SUPPORT)
    house.carry()
    assert [label.voided_at is None for label in house.labels()] == [False, True]
