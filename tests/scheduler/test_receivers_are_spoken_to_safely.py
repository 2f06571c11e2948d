"""Webhooks leave by TLS to the very address that was looked at, and a receiver takes no more time than it is given."""

import socket
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread

import pytest

from scheduler.adapters.name_lookups import NameLookups
from scheduler.adapters.webhook_receivers import HttpReceivers
from scheduler.ports.trouble import NoAnswer
from tests.scheduler.authority import Authority
from tests.scheduler.receiver import receiving

SHOP = "shop.example"
PATIENCE = timedelta(seconds=60)
SHORT = timedelta(seconds=1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), SHOP)


@pytest.fixture
def names(monkeypatch):
    """Names that the world has: each with the addresses that it has one look-up after the other, and those asked."""
    return Names(monkeypatch)


class Names:
    def __init__(self, monkeypatch):
        self.asked, self.known, self.gates = [], {}, {}
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host, port, *_, **__):
        if host not in self.known:  # an address is its own
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        self.asked.append(host)
        if host in self.gates:
            self.gates[host].wait()
        addresses = self.known[host]
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


def told(receiver, receivers, host=SHOP):
    return receivers.tell(receiver.url.replace("127.0.0.1", host), b"{}", {})


def believing(authority, patience=PATIENCE):
    return HttpReceivers(patience=patience, internal_allowed=True, tls=authority.believed())


def test_the_certificate_is_the_names_and_the_connection_the_addresss_that_was_looked_at(authority, names):
    names.known[SHOP] = ["127.0.0.1", "203.0.113.7"]
    with receiving(tls=authority.server) as receiver:
        assert told(receiver, believing(authority)) == 204
    (heard,) = receiver.received
    assert heard.headers["host"].partition(":")[0] == SHOP
    assert names.asked == [SHOP], "a second look-up could lead elsewhere"


def test_a_certificate_for_another_name_is_none(authority, names):
    names.known["other.example"] = ["127.0.0.1"]
    with receiving(tls=authority.server) as receiver:
        with pytest.raises(NoAnswer, match=r"certificate is not valid for 'other\.example'"):
            told(receiver, believing(authority), "other.example")
        with pytest.raises(NoAnswer, match=r"certificate is not valid for '127\.0\.0\.1'"):
            told(receiver, believing(authority), "127.0.0.1")
    assert receiver.received == []


def test_a_certificate_by_an_authority_nobody_knows_is_none(authority, names):
    names.known[SHOP] = ["127.0.0.1"]
    with (
        receiving(tls=authority.server) as receiver,
        pytest.raises(NoAnswer, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        told(receiver, HttpReceivers(patience=PATIENCE, internal_allowed=True))
    assert receiver.received == []


def test_a_receiver_that_never_finishes_its_handshake_is_cut_off(authority, names):
    names.known[SHOP] = ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NoAnswer):
        believing(authority, SHORT).tell(f"https://{SHOP}:{silent.getsockname()[1]}/", b"{}", {})


def test_the_body_of_an_answer_is_not_read(names):
    with receiving(endless=True) as receiver:
        assert told(receiver, HttpReceivers(patience=PATIENCE, internal_allowed=True), "127.0.0.1") == 204


def test_an_answer_whose_head_does_not_end_is_none():
    with receiving() as receiver:
        receiver.headers = {f"x-{number}": "x" * 1000 for number in range(200)}
        with pytest.raises(NoAnswer):
            HttpReceivers(patience=PATIENCE, internal_allowed=True).tell(receiver.url, b"{}", {})


def test_a_resolver_that_hangs_is_not_waited_for_and_holds_up_no_other_name(names):
    names.known = {"hangs.example": ["127.0.0.1"], "quick.example": ["127.0.0.1"]}
    gate = names.gates["hangs.example"] = Event()
    receivers = HttpReceivers(patience=SHORT, internal_allowed=True)
    with receiving() as receiver:
        for _ in range(2):
            with pytest.raises(NoAnswer, match=r"hangs\.example could not be looked up in time"):
                told(receiver, receivers, "hangs.example")
        receivers._seconds = PATIENCE.total_seconds()
        assert told(receiver, receivers, "quick.example") == 204
        assert names.asked == ["hangs.example", "quick.example"], "no more threads than names"
        gate.set()
        with suppress(NoAnswer):  # the answer to the first look-up may come or not; from then on there is another
            told(receiver, receivers, "hangs.example")
        assert told(receiver, receivers, "hangs.example") == 204


def test_a_name_whose_look_up_could_not_begin_is_looked_up_the_next_time(names, monkeypatch):
    names.known = {"busy.example": ["127.0.0.1"]}
    lookups = NameLookups()
    with monkeypatch.context() as no_more:
        no_more.setattr(Thread, "start", no_thread)
        with pytest.raises(RuntimeError):
            lookups.addresses("busy.example", 443, 60)
    assert lookups.addresses("busy.example", 443, 60) == ["127.0.0.1"]


def no_thread(_thread):
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
def test_a_name_that_is_none_has_no_address(host):
    with pytest.raises(NoAnswer, match="has no address"):
        NameLookups().addresses(host, 443, 10)
