"""The log as a stream: what happens is told as it happens, and whoever comes back misses nothing."""

from contextlib import ExitStack
from threading import active_count
from uuid import uuid4

import fastapi.routing
import httpx2
import pytest

from api.answering.streams import Streams
from domain.actors import Actor, Role
from domain.buyer.standing import BuyerPutUnderReview
from domain.refund.commands import ApproveWithoutReturn, SendMessage
from projections import log_tail
from projections.log_tail import LogTail
from projections.whose import Owners
from store.engine import connect
from store.envelope import Draft
from store.log import Append, Tip
from store.reader import LogReader
from tests.api.asking import refused
from tests.api.conftest import token
from tests.api.listening import listening, next_event, serving
from tests.runtime.waiting import wait_until
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT, order_line
from tests.store.sessions import cut_all_others

STREAM = "/v1/events/stream"
OF_CASES = f"{STREAM}?type=refund.*"
MOST, MOST_OF_ONE = 40, 30


@pytest.fixture
def streams(engine, wakeup):
    """Long ones."""
    with wakeup.bell() as bell, LogTail(engine, LogReader(engine), Owners(), bell=bell, view="seller_orders") as tail:
        yield Streams(tail, most=MOST, most_of_one=MOST_OF_ONE, seconds=3600)


@pytest.fixture
def address(application, services, streams):
    app, stage = application
    stage["services"] = services
    with serving(app, streams) as address:
        yield address


def test_what_happens_is_told_as_it_happens(address, service):
    service.sold(order_line())
    with listening(address, OF_CASES, SELLER) as stream:
        begun = next(stream)
        assert (begun.id, begun.retry, begun.data) == (service.door.log.recorder.max_notification_id(), 2000, None)
        case = service.submit()
        told = next_event(stream)
        assert (told.event, told.data["stream_id"]) == ("refund.requested.v1", str(case))
        assert told.id == told.data["position"]
        service.handle(case, ApproveWithoutReturn(), SELLER)
        assert next_event(stream).event == "refund.approved.v1"


def test_whoever_comes_back_is_told_what_he_missed(address, service):
    service.sold(order_line())
    with listening(address, OF_CASES, SELLER) as stream:
        next(stream)
        case = service.submit()
        last = next_event(stream).id
    for text in ("one", "two", "three"):
        service.handle(case, SendMessage(text=text), SELLER)
    with listening(address, OF_CASES, SELLER, **{"Last-Event-ID": str(last)}) as stream:
        texts = [next_event(stream).data["data"]["text"]["text"] for _ in range(3)]
        service.handle(case, SendMessage(text="four"), SELLER)
        assert [*texts, next_event(stream).data["data"]["text"]["text"]] == ["one", "two", "three", "four"]


def test_a_client_that_is_far_behind_catches_up_and_goes_on(address, service, monkeypatch):
    monkeypatch.setattr(log_tail, "KEPT", 2)
    service.sold(order_line())
    case = service.submit()
    with listening(address, f"{STREAM}?after=0&type=refund.message_sent.v1", SELLER) as stream:
        next(stream)
        for number in range(10):
            service.handle(case, SendMessage(text=str(number)), SELLER)
        assert [next_event(stream).data["data"]["text"]["text"] for _ in range(10)] == list(map(str, range(10)))


def test_an_event_that_commits_late_is_told_in_its_place(address, service, engine):
    service.sold(order_line())
    case = service.submit()
    with listening(address, STREAM, SUPPORT) as stream:
        next(stream)
        with engine.begin() as conn:
            begin_to_write(service, conn)
            service.handle(case, SendMessage(text="behind a gap"), SELLER)
        assert [next_event(stream).event for _ in range(2)] == ["buyer.put_under_review.v1", "refund.message_sent.v1"]


def begin_to_write(service, conn):
    late = Draft(BuyerPutUnderReview(buyer_id="b-9", ground="Five cameras."), service.now, None)
    cause = service.errand(SUPPORT).cause(service.now)
    service.door.log.append([Append(Tip(uuid4()), [(late, cause)])], conn=conn)


def test_nobody_follows_from_behind_an_event_that_is_still_being_written(address, api, service, engine, monkeypatch):
    monkeypatch.setattr("store.reader.PATIENCE", 0.0)
    service.sold(order_line())
    case, hooks = service.submit(), "/v1/webhook-endpoints/shop"
    wanted = {"url": "https://shop.example/hooks", "types": ["refund.*"]}
    with engine.begin() as conn:
        begin_to_write(service, conn)
        service.handle(case, SendMessage(text="behind a gap"), SELLER)
        refused(asked(address, SUPPORT), 503, "unavailable")
        refused(api(MARKETPLACE).put(hooks, wanted), 503, "unavailable")
    with listening(address, STREAM, SUPPORT) as stream:
        assert next(stream).id == api.head()
    assert api(MARKETPLACE).put(hooks, wanted).json()["position"] == api.head()


def test_whoever_follows_while_connections_are_cut_is_told_everything_once(address, service, database_url):
    owner = connect(database_url, role=None)
    service.sold(order_line())
    case = service.submit()
    told = following(address, f"{STREAM}?after=0&type=refund.message_sent.v1", SELLER)
    texts = []
    for number in range(10):
        cut_all_others(owner)
        service.handle(case, SendMessage(text=str(number)), SELLER)
        texts.append(next(told).data["data"]["text"]["text"])
    assert texts == list(map(str, range(10)))
    told.close()
    owner.dispose()


def following(address, path, actor):
    """What a stream tells, to one who comes back whenever it ends."""
    place = {}
    while True:
        with listening(address, path, actor, **place) as stream:
            for told in stream:
                place = {"Last-Event-ID": str(told.id)} if told.id else place
                if told.data:
                    yield told


def test_a_stranger_hears_nothing_and_a_filter_lets_only_its_types_through(address, service):
    service.sold(order_line(), order_line("o-9-1", order_id="o-9", seller_id="s-9"))
    service.enrol(Actor(role=Role.SELLER, id="s-9"))
    with listening(address, f"{STREAM}?type=refund.approved.v1", SELLER) as stream:
        next(stream)
        foreign, own = service.submit("o-9-1"), service.submit()
        service.handle(foreign, ApproveWithoutReturn(), Actor(role=Role.SELLER, id="s-9"))
        service.handle(own, ApproveWithoutReturn(), SELLER)
        assert next_event(stream).data["stream_id"] == str(own)


def test_many_streams_hold_no_thread_and_no_connection_while_they_wait(address, service, engine, streams):
    service.sold(order_line())
    with ExitStack() as opened_streams:
        readers = []
        for number in range(MOST):
            actor = SUPPORT if number < MOST_OF_ONE else BUYER
            readers.append(opened_streams.enter_context(listening(address, OF_CASES, actor)))
            next(readers[-1])
            assert wait_until(lambda: streams.tail.begins_at is not None), "until then each looks by itself"
        assert wait_until(lambda: engine.pool.checkedout() <= 1)
        assert active_count() < MOST
        case = service.submit()
        assert {next_event(reader).data["stream_id"] for reader in readers} == {str(case)}


def test_nobody_opens_more_streams_than_he_may(address):
    others = [Actor(role=Role.SELLER, id=f"s-{number}") for number in range(MOST - MOST_OF_ONE)]
    with ExitStack() as kept_open:
        ours = [kept_open.enter_context(listening(address, STREAM, SUPPORT)) for _ in range(MOST_OF_ONE)]
        refused(asked(address, SUPPORT), 429, "too-many-streams", naming="30 streams open")
        theirs = [kept_open.enter_context(listening(address, STREAM, actor)) for actor in others]
        refused(asked(address, BUYER), 503, "unavailable", naming="as many streams")
        assert [next(stream).retry for stream in ours + theirs] == [2000] * MOST


def asked(address, actor):
    return httpx2.get(f"{address}{STREAM}", headers={"Authorization": f"Bearer {token(actor)}"}, timeout=60)


def test_a_client_that_leaves_makes_room(address):
    for _ in range(MOST_OF_ONE * 2):
        with listening(address, STREAM, SUPPORT) as stream:
            next(stream)


def test_a_silent_stream_is_kept_alive(address, monkeypatch):
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.05)
    with listening(address, STREAM, SUPPORT) as stream:
        assert any(told.comment == "ping" for told in stream)


def test_streams_end_in_good_order_when_the_process_stops(address, streams):
    with listening(address, STREAM, SUPPORT) as stream:
        next(stream)
        streams.close()
        assert list(stream) == []


def test_a_client_that_comes_back_while_the_process_stops_is_not_waited_for(address, streams):
    streams.close()
    with listening(address, STREAM, SUPPORT) as stream:
        assert [told.retry for told in stream] == [2000]
