"""Webhooks: what happens is told to every endpoint, signed, in the order of each case, at least once and by one id."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import timedelta
from ipaddress import ip_address
from random import Random
from threading import Event
from threading import enumerate as all_threads
from time import monotonic

import pytest
from standardwebhooks import WebhookVerificationError

from domain.refund.commands import ApproveWithoutReturn, SendMessage
from runtime.clock import system_clock
from runtime.telling import as_message
from scheduler import webhooks
from scheduler.adapters import guarded_network
from scheduler.adapters.webhook_receivers import HttpReceivers
from scheduler.backoff import Backoff
from scheduler.ports.trouble import NoAnswer
from scheduler.webhooks import WebhookCourier
from store.engine import connect
from store.failures import ClockFast, Unavailable
from store.webhooks import deliveries
from store.webhooks.deliveries import State
from store.webhooks.destinations import fault_of, is_public
from store.webhooks.endpoints import Endpoints
from tests.scheduler.receiver import receiving
from tests.service import BUYER, SELLER, Service, order_line

PATIENCE = timedelta(seconds=60)
MESSAGES = ("refund.message_sent.v1",)


class Telling(Service):
    """The service with endpoints and couriers, who go out when the test says so."""

    def __init__(self, engine, folder):
        super().__init__(engine, folder)
        self.engine = engine
        self.endpoints = Endpoints(engine, self.vault, lambda: self.now)
        self.couriers = ExitStack()

    def head(self):
        return self.door.log.recorder.max_notification_id()

    def subscribe(self, receiver, *types, name="shop", url=None):
        self.endpoints.put(name, url or receiver.url, types or ("refund.*",), head=self.head())
        return self.endpoints.secrets(name)[0]

    def courier(self, patience=PATIENCE):
        courier = WebhookCourier(
            self.engine,
            self.endpoints,
            self.door.log,
            HttpReceivers(patience=patience, internal_allowed=True),
            publish=as_message,
            clock=lambda: self.now,
            wall_clock=system_clock,
            retries=Backoff(random=Random(7), first=timedelta(seconds=5), most=timedelta(hours=6)),  # noqa: S311 -- spreads retries, guards nothing
        )
        self.couriers.callback(courier.stop)
        return courier

    def tell(self, courier=None):
        courier = courier or self.courier()
        while courier.sweep() == timedelta():
            pass
        courier.finish()

    def tell_through(self, hours):
        """Let the hours pass, and courier after courier go out."""
        courier = self.courier()
        for _ in range(hours * 4):
            self.tell(courier)
            self.later(minutes=15)

    def say(self, case, *texts):
        for text in texts:
            self.handle(case, SendMessage(text=text), SELLER)

    def deliveries(self, name="shop"):
        with self.engine.connect() as conn:
            return deliveries.page(conn, name, None, None, 100)[0][::-1]

    def attempts(self, position, name="shop"):
        with self.engine.connect() as conn:
            return deliveries.find(conn, name, position)[1]


@pytest.fixture
def house(engine, tmp_path):
    house = Telling(engine, tmp_path)
    with house.couriers:
        yield house


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def cases(house, count=1):
    lines = [order_line(f"o-{number}-1", order_id=f"o-{number}") for number in range(count)]
    house.sold(*lines)
    return [house.submit(line.line_id) for line in lines]


def told(receiver):
    return [json.loads(each.body) for each in receiver.received]


def versions(receiver, case):
    return [event["version"] for event in told(receiver) if event["stream_id"] == str(case)]


def test_what_happens_is_told_signed_and_without_anybodys_words(house, receiver):
    secret = house.subscribe(receiver, "refund.requested.v1")
    (case,) = cases(house)
    house.tell()
    (message,) = receiver.received
    event = message.verified(secret)
    assert (event["type"], event["stream_id"], event["id"]) == ("refund.requested.v1", str(case), message.id)
    assert event["data"]["description"] == {"person": str(BUYER), "text": None}
    assert event["data"]["line"]["price"] == {"minor": 4000, "currency": "EUR"}
    with pytest.raises(WebhookVerificationError):
        message.verified("whsec_" + "A" * 44)


def test_only_the_types_asked_for_and_only_what_comes_after_are_told(house, receiver):
    (case,) = cases(house)
    house.subscribe(receiver, "refund.approved.v1")
    house.say(case, "one")
    house.handle(case, ApproveWithoutReturn(), SELLER)
    house.tell()
    assert [event["type"] for event in told(receiver)] == ["refund.approved.v1"]


def test_a_message_that_fails_is_tried_again_later_under_its_id(house, receiver):
    receiver.answers = [500, 503]
    house.subscribe(receiver, "refund.requested.v1")
    cases(house)
    house.tell()
    house.tell()
    assert len(receiver.received) == 1
    house.tell_through(hours=1)
    assert len({message.id for message in receiver.received}) == 1
    (delivery,) = house.deliveries()
    assert delivery.state is State.DELIVERED
    assert [attempt.status for attempt in house.attempts(delivery.position)] == [500, 503, 204]


def test_what_was_told_while_the_machine_s_clock_turned_fast_is_not_told_again(house, receiver):
    house.subscribe(receiver, *MESSAGES)
    (case,) = cases(house)
    house.say(case, "one")
    courier = house.courier()

    def fast():
        if receiver.received:
            raise ClockFast("this machine's clock is 600.0 s ahead of the database's")
        return house.now

    courier._clock = fast
    with suppress(ClockFast):
        house.tell(courier)
    courier.finish()
    (delivery,) = house.deliveries()
    assert (delivery.state, delivery.ended_at) == (State.DELIVERED, house.now)


def test_a_database_that_is_away_puts_a_message_off_without_a_trace(house, receiver, caplog):
    house.subscribe(receiver, *MESSAGES)
    (case,) = cases(house)
    house.say(case, "one")
    courier = house.courier()

    def away(_endpoint_id):
        raise Unavailable("the server closed the connection\nunexpectedly")

    courier._endpoints.secrets = away
    house.tell(courier)
    (delivery,) = house.deliveries()
    assert (delivery.state, delivery.failure) == (State.WAITING, "the server closed the connection")
    assert not [entry for entry in caplog.records if entry.name == webhooks.LOG.name and entry.exc_info]


def test_each_case_is_told_in_its_order_and_one_that_fails_holds_up_no_other(house, receiver):
    house.subscribe(receiver, *MESSAGES)
    first, second = cases(house, 2)
    receiver.answers = [500]
    house.say(first, "one", "two", "three")
    house.tell()
    house.say(second, "one", "two")
    house.tell()
    assert versions(receiver, first) == [2]
    assert versions(receiver, second) == [2, 3]
    house.tell_through(hours=1)
    assert versions(receiver, first) == [2, 2, 3, 4]


def test_a_receiver_that_does_not_answer_holds_up_no_other(house):
    with receiving() as silent, receiving() as quick:
        silent.gate.clear()
        for name, receiver in (("silent", silent), ("quick", quick)):
            house.subscribe(receiver, "refund.requested.v1", name=name)
        cases(house, 8)
        courier = house.courier()
        courier.sweep()
        waiting = Event()
        while len(quick.received) < 8:
            waiting.wait(0.01)
        assert len(silent.received) <= webhooks.AT_ONCE
        silent.gate.set()


def test_what_is_never_taken_is_given_up_and_told_again_when_asked_for(house, receiver, monkeypatch):
    monkeypatch.setattr(webhooks, "TRIES", 3)
    receiver.answers = [500] * 3
    house.subscribe(receiver, "refund.*")
    (case,) = cases(house)
    house.tell_through(hours=1)
    house.say(case, "the next one is told all the same")
    house.tell()
    (dead, after) = house.deliveries()
    assert (dead.state, dead.failure, after.state) == (State.DEAD, "answered with status 500", State.DELIVERED)
    with house.engine.begin() as conn:
        assert deliveries.ask_again(conn, "shop", dead.position, house.errand(SELLER).command_id, house.now)
    house.tell()
    assert house.deliveries()[0].state is State.DELIVERED
    assert receiver.received[-1].id == receiver.received[0].id


def test_the_same_request_for_another_delivery_is_carried_out_once(house, receiver):
    house.subscribe(receiver, "refund.requested.v1")
    cases(house)
    house.tell()
    command = house.errand(SELLER).command_id
    for _ in range(3):
        with house.engine.begin() as conn:
            deliveries.ask_again(conn, "shop", house.deliveries()[0].position, command, house.now)
        house.tell()
    assert len(receiver.received) == 2


def test_while_a_secret_is_replaced_both_are_good_and_then_only_the_new_one(house, receiver):
    old = house.subscribe(receiver, *MESSAGES)
    (case,) = cases(house)
    command = house.errand(SELLER).command_id
    with house.engine.begin() as conn:
        assert house.endpoints.rotate(conn, "shop", command)
        assert not house.endpoints.rotate(conn, "shop", command)
    new, *others = house.endpoints.secrets("shop")
    assert (others, new != old) == ([old], True)
    house.say(case, "one")
    house.tell()
    assert receiver.received[-1].verified(old) == receiver.received[-1].verified(new)
    house.later(hours=24)
    house.say(case, "two")
    house.tell()
    assert receiver.received[-1].verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.received[-1].verified(old)


def test_an_endpoint_that_says_it_is_gone_is_told_nothing_more_until_it_is_put_again(house, receiver):
    receiver.answers = [410]
    house.subscribe(receiver, *MESSAGES)
    (case,) = cases(house)
    house.say(case, "one", "two")
    house.tell_through(hours=1)
    assert len(receiver.received) == 1
    assert house.endpoints.find("shop").disabled_because == "it answered that it is gone (status 410)"
    house.subscribe(receiver, *MESSAGES)
    house.tell_through(hours=1)
    assert versions(receiver, case) == [2, 2, 3]


def test_once_an_endpoint_says_that_it_is_gone_nothing_that_waits_for_it_is_sent(house, receiver):
    receiver.answers = [410] * webhooks.AT_ONCE
    house.subscribe(receiver, "refund.requested.v1")
    cases(house, 6)
    house.tell()
    assert len(receiver.received) <= webhooks.AT_ONCE


def test_everything_can_be_told_again_from_a_position_on(house, receiver):
    house.subscribe(receiver, "refund.*")
    before = house.head()
    (case,) = cases(house)
    house.say(case, "one")
    house.tell()
    first = [message.id for message in receiver.received]
    with house.engine.begin() as conn:
        assert house.endpoints.replay(conn, "shop", before, house.errand(SELLER).command_id)
    house.tell()
    assert [message.id for message in receiver.received] == first * 2


def test_a_courier_that_dies_after_sending_loses_nothing(house, receiver):
    house.subscribe(receiver, "refund.requested.v1")
    cases(house)
    dying = house.courier()
    dying._note = lambda *_: 1 / 0
    house.tell(dying)
    house.tell()
    assert len(receiver.received) == 1
    house.later(minutes=3)
    house.tell()
    assert len({message.id for message in receiver.received}) == 1
    assert len(receiver.received) == 2
    assert house.deliveries()[0].state is State.DELIVERED


def test_several_couriers_tell_each_event_once(house, receiver):
    house.subscribe(receiver, *MESSAGES)
    opened = cases(house, 3)
    for case in opened:
        house.say(case, "one", "two", "three")
    couriers = [house.courier() for _ in range(3)]
    for courier in couriers:
        courier.sweep()
    for courier in couriers:
        courier.finish()
    house.tell()
    assert [versions(receiver, case) for case in opened] == [[2, 3, 4]] * 3


def test_an_endpoint_that_is_behind_fills_no_table(house, receiver, monkeypatch):
    monkeypatch.setattr(webhooks, "WINDOW", 2)
    monkeypatch.setattr(webhooks, "BATCH", 2)
    house.subscribe(receiver, *MESSAGES)
    (case,) = cases(house)
    house.say(case, *"abcdefgh")
    courier = house.courier()
    courier._desk_of("shop").close()
    courier.sweep()
    assert len(house.deliveries()) <= 3
    house.tell_through(hours=3)
    assert versions(receiver, case) == list(range(2, 10))


def test_one_that_looks_through_a_long_past_holds_up_no_other(house, receiver, monkeypatch):
    monkeypatch.setattr(webhooks, "BATCH", 2)
    house.subscribe(receiver, "refund.settled.v1", name="archive")
    (case,) = cases(house)
    house.say(case, *"abcdefgh")
    house.subscribe(receiver, *MESSAGES, name="shop")
    house.say(case, "i")
    courier = house.courier()
    assert courier.sweep() == timedelta(), "there is more to do"
    courier.finish()
    assert versions(receiver, case) == [10]
    house.tell(courier)
    assert courier.sweep() is None


def test_no_more_is_claimed_than_there_are_hands_for_though_the_server_expects_nothing_to_wait(
    house, receiver, database_url
):
    owner = connect(database_url, role=None)
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("analyze webhooks.delivery")
    owner.dispose()
    house.subscribe(receiver)
    cases(house, 10)
    courier = house.courier()
    courier._desk_of("shop").close()
    courier.sweep()
    with house.engine.begin() as conn:
        claimed = deliveries.claim(conn, "shop", house.now, house.now + timedelta(minutes=2), 3)
    assert len(claimed) == 3


def test_the_threads_of_an_endpoint_end_with_it(house, receiver):
    house.subscribe(receiver)
    cases(house)
    courier = house.courier()
    house.tell(courier)
    threads = [thread for thread in all_threads() if thread.name.startswith("webhooks to shop")]
    assert threads
    house.endpoints.remove("shop")
    courier.sweep()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_a_redirection_is_not_followed(house):
    with receiving() as elsewhere, receiving(answers=[307] * 99) as receiver:
        receiver.headers = {"location": elsewhere.url}
        house.subscribe(receiver, "refund.requested.v1")
        cases(house)
        house.tell()
        assert elsewhere.received == []
        assert house.deliveries()[0].failure == "answered with status 307"


def test_a_receiver_that_trickles_is_cut_off(monkeypatch):
    trickles, seconds = Event(), PATIENCE.total_seconds()
    monkeypatch.setattr(guarded_network, "monotonic", lambda: monotonic() + trickles.is_set() * seconds)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as aside:
        trickling = aside.submit(trickle, server, trickles)
        receivers = HttpReceivers(patience=PATIENCE, internal_allowed=True)
        with pytest.raises(NoAnswer, match="too long"):
            receivers.tell(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        trickling.result(timeout=60)


def trickle(server, trickles):
    """Send a header that never ends, until the other side has had enough; its patience is over when it begins."""
    connection, _ = server.accept()
    pause = Event()
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nx-endless: ")
        trickles.set()
        while True:
            connection.sendall(b"x")
            pause.wait(0.02)


INTERNAL = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 -- never bound to
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::7f00:1",
    "64:ff9b::a01:203",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_none_of_the_public_internet_however_it_is_wrapped(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_a_public_address_is_one(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", INTERNAL)
def test_a_name_of_an_internal_address_is_never_connected_to(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def resolved(*_, **__):
        public, inward = ("93.184.216.34", 443), (address, 443)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", public), (family, socket.SOCK_STREAM, 6, "", inward)]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(NoAnswer, match="is no address of the public internet"):
        HttpReceivers(patience=PATIENCE).tell("https://rebound.example/hooks", b"{}", {})


def test_a_local_receiver_hears_nothing_unless_a_sandbox_allows_it(receiver):
    for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost"), receiver.url.replace("127.0.0.1", "0")):
        with pytest.raises(NoAnswer, match="is no address of the public internet"):
            HttpReceivers(patience=PATIENCE).tell(url, b"{}", {})
    assert receiver.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "https://",
        "https://user@shop.example/",
        "https://shop.example/#part",
        "https://localhost/",
        "https://metadata.google.internal/",
        "https://intranet/",
        "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/",
        "https://[::1/",
        "https://shop.example:99999/",
        "https://shop.example/ü",
        "ftp://shop.example/",
        "https://shop.example/" + "x" * 2000,
    ],
)
def test_an_address_that_can_be_no_endpoint_is_refused_at_once(url):
    assert fault_of(url, internal_allowed=False)


@pytest.mark.parametrize("url", ["https://shop.example/hooks?x=1", "https://93.184.216.34:8443/"])
def test_any_https_address_in_the_world_can_be_one(url):
    assert fault_of(url, internal_allowed=False) is None
