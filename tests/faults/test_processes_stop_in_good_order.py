"""A process told to stop under load ends in good order: what it has in hand is finished, within a bounded time."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from signal import SIGTERM

import pytest

from projections import heartbeats
from runtime.clock import system_clock
from tests.faults.installation import STOP_SECONDS, Installation
from tests.faults.soundness import assert_sound
from tests.runtime.waiting import wait_until
from tests.service import SELLER

WAITING = (
    "GET /v1/seller-hub/orders?min_position={head} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\n\r\n"
)
"""Waits for a view that nobody keeps, and is told so in the end."""
HANGS = """
from threading import Event
from runtime.stopping import within
with within(0.2):
    Event().wait()
"""


@pytest.mark.timeout(300)
def test_requests_under_way_are_answered_before_the_api_ends(town, server, tmp_path):
    it = town()
    with Installation(server.url, tmp_path, parts=["serve"]) as installation:
        installation.answers()
        it.views.stop()
        it.sells(range(1))
        head = it.door.log.recorder.max_notification_id()
        asked = WAITING.format(head=head, token=installation.token(SELLER)).encode()
        under_way = [socket.create_connection(("127.0.0.1", installation.port)) for _ in range(4)]
        for connection in under_way:
            connection.sendall(asked)
        installation.answers()  # on a later connection, so these have been read
        installation.processes["serve"].send_signal(SIGTERM)
        told = [read(connection) for connection in under_way]
        assert installation.processes["serve"].wait(STOP_SECONDS) == 0
    assert [answer.split()[1] for answer in told] == [b"503"] * 4
    assert all(b"the read models contain the log up to" in answer for answer in told)


def read(connection):
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.timeout(300)
def test_clock_courier_and_read_models_end_in_good_order_while_a_town_trades(town, server, owner, tmp_path):
    it = town()
    it.now = system_clock()
    with Installation(server.url, tmp_path, parts=["project", "schedule", "deliver"]) as installation:
        assert wait_until(lambda: {"deadlines", "outbox"} <= heard(owner), limit_seconds=100)
        with ThreadPoolExecutor(1) as streets:
            trading = streets.submit(it.trade)
            codes = installation.stop()
            trading.result()
    assert {codes[part] for part in ("schedule", "deliver")} == {0}
    assert heard(owner) == set()
    it.pass_time()
    assert_sound(owner, it.now, it.acknowledged)


def heard(owner):
    with owner.connect() as conn:
        return {it.task for it in heartbeats.look(conn)}


def test_a_process_that_hangs_while_it_ends_is_ended():
    process = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 -- above
    assert process.returncode == 1
    assert "did not end in good order within 0.2 s" in process.stderr
