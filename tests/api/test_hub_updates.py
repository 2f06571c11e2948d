"""The seller hub is told what changed, once a look at the hub shows it."""

from contextlib import contextmanager
from threading import Thread

import pytest

from api.answering.streams import Streams
from domain.actors import Actor, Role
from domain.policy import standard_policies
from domain.refund.commands import ApproveWithoutReturn
from projections import log_tail
from projections.catalogue import projections
from projections.engine import Engine
from projections.log_tail import LogTail
from projections.whose import Owners
from store.reader import LogReader
from tests.api.asking import refused
from tests.api.listening import listening, next_event, serving
from tests.service import SELLER, SUPPORT, order_line

UPDATES = "/v1/seller-hub/updates"
HUB = "/v1/seller-hub/orders"
OTHER = Actor(role=Role.SELLER, id="s-9")


@pytest.fixture
def streams(engine, wakeup):
    with wakeup.bell() as bell, LogTail(engine, LogReader(engine), Owners(), bell=bell, view="seller_orders") as tail:
        yield Streams(tail, seconds=3600)


@pytest.fixture
def address(application, services, streams):
    app, stage = application
    stage["services"] = services
    with serving(app, streams) as address:
        yield address


@pytest.fixture
def projecting(engine, wakeup):
    """Keeps the read models in step while its context is open."""

    @contextmanager
    def running():
        with wakeup.bell() as bell:
            runner = Engine(engine, LogReader(engine), projections(standard_policies()), bell)
            thread = Thread(target=runner.run)
            thread.start()
            try:
                yield
            finally:
                runner.stop()
                thread.join()

    return running


def test_a_seller_is_told_which_of_his_lines_changed_when_the_hub_shows_it(address, service, projecting, api):
    service.sold(order_line(), order_line("o-9-1", order_id="o-9", seller_id=OTHER.id))
    with projecting(), listening(address, UPDATES, SELLER) as stream:
        next(stream)
        service.submit("o-9-1")
        case = service.submit()
        told = next_event(stream)
        hub = api(SELLER).get(HUB, params={"filter": "refund"}).json()
        assert told.event == "orders_changed"
        assert [line["line_id"] for line in told.data["lines"]] == ["o-1-1"]
        assert str(case) in told.data["lines"][0]["streams"]
        assert told.data["counts"] == hub["counts"]
        assert [item["case"]["id"] for item in hub["items"]] == [str(case)]


def test_nothing_is_told_before_the_read_model_holds_it(address, service, projecting):
    service.sold(order_line())
    with listening(address, UPDATES, SELLER) as stream:
        next(stream)
        case = service.submit()
        service.handle(case, ApproveWithoutReturn(), SELLER)
        with projecting():
            told = next_event(stream)
            while told.data["position"] < service.door.log.recorder.max_notification_id():
                told = next_event(stream)
        assert told.data["counts"]["refund"]["by_filter"]["action_due"] == 0
        assert told.data["counts"]["refund"]["lines"] == 1


def test_whoever_missed_more_than_is_at_hand_is_told_to_reload(address, service, projecting, monkeypatch):
    monkeypatch.setattr(log_tail, "KEPT", 1)
    service.sold(order_line())
    with projecting(), listening(address, f"{UPDATES}?after=0", SELLER) as stream:
        next(stream)
        assert next_event(stream).event == "reload"
        service.submit()
        assert next_event(stream).data["counts"]["all"]["lines"] == 1


def test_support_says_whose_updates_it_wants_and_a_seller_gets_only_his_own(api):
    refused(api(SUPPORT).get(UPDATES), 422, "invalid-field", naming="support says whose orders")
    refused(api(SELLER).get(UPDATES, params={"seller_id": OTHER.id}), 404, "unknown")
