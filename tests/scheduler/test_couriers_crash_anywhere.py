"""A courier that vanishes before or after any statement, commit or request: another one finishes, once in effect."""

from datetime import timedelta

import psycopg
import pytest

from domain.refund.commands import ApproveWithoutReturn
from scheduler.courier import Limits
from tests.service import SELLER, order_line

MOST_POINTS = 400
LONGER_THAN_ANY_REST = timedelta(minutes=16)


class Vanished(BaseException):
    """What a kill is to a thread: nothing after it runs, and its transaction is rolled back."""


class Fuse:
    """Ends whoever passes the given point; before it is lit, and once it has burnt, nobody."""

    def __init__(self):
        self._left = None
        self.burnt = False

    def light(self, point):
        self._left, self.burnt = point, False

    def put_out(self):
        self._left = None

    def pass_by(self):
        if self._left is None:
            return
        self._left -= 1
        if self._left == 0:
            self._left, self.burnt = None, True
            raise Vanished

    def around(self, step):
        def fused(*given, **options):
            self.pass_by()
            answer = step(*given, **options)
            self.pass_by()
            return answer

        return fused


@pytest.fixture
def fuse(monkeypatch):
    """Every statement and commit of every connection has a point before and after it."""
    fuse = Fuse()
    for kind, name in ((psycopg.Cursor, "execute"), (psycopg.Connection, "commit")):
        monkeypatch.setattr(kind, name, fuse.around(getattr(kind, name)))
    return fuse


class Fused:
    """A port whose every request has such points too."""

    def __init__(self, port, fuse):
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name):
        return self._fuse.around(getattr(self._port, name))


def refund_due(house, number):
    line = order_line(f"line-{number}", order_id=f"order-{number}")
    house.sold(line)
    case_id = house.submit(line.line_id)
    house.handle(case_id, ApproveWithoutReturn(), SELLER)
    return case_id


def label_due(house, number):
    return house.return_approved(line_id=f"line-{number}", order_id=f"order-{number}")


def void_due(house, number):
    case_id = label_due(house, number)
    house.carry()
    house.handle(case_id, ApproveWithoutReturn(), SELLER)
    return case_id


def refunded_once(house, case_id):
    taken = [row for row in house.refunds_taken() if row.stream_id == case_id]
    return (house.topics(case_id).count("refund.submitted.v1"), len(taken)) == (1, 1)


def labelled_once(house, case_id):
    issued = [row for row in house.labels() if row.case_id == case_id and not row.voided_at]
    return (house.topics(case_id).count("refund.return_label_issued.v1"), len(issued)) == (1, 1)


def voided_and_refunded_once(house, case_id):
    (label,) = [row for row in house.labels() if row.case_id == case_id]
    return label.voided_at is not None and refunded_once(house, case_id)


@pytest.mark.parametrize(
    ("due", "is_done_once"),
    [
        pytest.param(refund_due, refunded_once, id="refund"),
        pytest.param(label_due, labelled_once, id="label"),
        pytest.param(void_due, voided_and_refunded_once, id="void label and refund"),
    ],
)
def test_wherever_a_courier_vanishes_nothing_is_lost_and_nothing_happens_twice(house, fuse, due, is_done_once):
    for point in range(1, MOST_POINTS):
        case_id = due(house, point)
        house.views.catch_up()
        vanish(house, fuse, point)
        house.now += Limits().lease + LONGER_THAN_ANY_REST
        house.carry()
        assert house.waiting() == [], point
        assert is_done_once(house, case_id), point
        if not fuse.burnt:
            break
    assert 10 < point < MOST_POINTS - 1, "the last courier came through, the others fell at one point after the other"


def vanish(house, fuse, point):
    """A courier sets to work and is gone after so many points."""
    courier = house.courier(payments=Fused(house.payments, fuse), carriers=Fused(house.carrier, fuse))
    fuse.light(point)
    try:
        courier.sweep()
    except Vanished:
        pass
    finally:
        courier.finish()
        fuse.put_out()
