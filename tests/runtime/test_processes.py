"""Processes start, answer, and end in good order when they are told to, or when a part of them fails."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager

import httpx2
import pytest

from projections import heartbeats
from runtime import processes
from runtime.clock import system_clock
from runtime.database import StartError
from runtime.settings import read_settings
from store.webhooks import deliveries
from store.webhooks.deliveries import State
from store.webhooks.endpoints import Endpoints
from tests.runtime.waiting import wait_until
from tests.scheduler.receiver import receiving
from tests.service import MASTER_KEY, Service

pytestmark = pytest.mark.usefixtures("installation")
PARTS = {
    "project": "read models follow the log",
    "schedule": "deadlines are kept",
    "deliver": "refunds, return labels, mails and webhooks go out",
}


STOP_SECONDS = 100
"""More than a process gives itself to end in good order, on whatever machine."""


@contextmanager
def started(*command):
    """A process of the command line; killed at the end if it still runs."""
    process = subprocess.Popen(  # noqa: S603 -- this very program
        [sys.executable, "-m", "runtime.cli", *command],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_with(process, words):
    for line in process.stderr:
        if words in line:
            return line.strip()
    raise AssertionError(f"ended with {process.wait()} before saying {words!r}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_everything_in_one_process_answers_and_stops_on_a_signal(number):
    with started("up", "--port", "0") as process:
        address = line_with(process, "http://")
        assert httpx2.get(f"{address}/live", timeout=60).status_code == 200
        process.send_signal(number)
        assert process.wait(STOP_SECONDS) == 0


def test_a_process_tells_how_its_tasks_fare_until_it_stops(engine):
    with started("schedule") as process:
        line_with(process, PARTS["schedule"])
        assert wait_until(lambda: {it.task for it in heard(engine)} == {"deadlines", "upkeep", "roots"})
        process.terminate()
        assert process.wait(STOP_SECONDS) == 0
    assert heard(engine) == []


def test_a_courier_told_to_stop_first_finishes_what_it_is_telling(installation, engine, tmp_path):
    installation.setenv("DIRECTSERVICE_MASTER_KEY", b64encode(MASTER_KEY).decode())
    installation.setenv("DIRECTSERVICE_INTERNAL_WEBHOOKS", "true")
    installation.setenv("DIRECTSERVICE_OUTSIDE_TIMEOUT_SECONDS", "60")
    service = Service(engine, tmp_path)
    service.sold()
    head = service.door.log.recorder.max_notification_id()
    with receiving() as receiver, started("deliver") as process:
        receiver.gate.clear()
        Endpoints(engine, service.vault, system_clock).put("shop", receiver.url, ["refund.requested.v1"], head=head)
        service.submit()
        assert wait_until(lambda: receiver.received and heard(engine))
        process.terminate()
        assert wait_until(lambda: heard(engine) == []), "it stops, and waits for the receiver"
        receiver.gate.set()
        assert process.wait(STOP_SECONDS) == 0
    with engine.connect() as conn:
        ((told,), _) = deliveries.page(conn, "shop", None, None, 10)
    assert (told.state, told.tries, len(receiver.received)) == (State.DELIVERED, 1, 1)


def heard(engine):
    with engine.connect() as conn:
        return heartbeats.look(conn)


@pytest.mark.parametrize("command", PARTS)
def test_a_process_of_one_part_says_what_it_does_and_stops_on_a_signal(command):
    with started(command) as process:
        line_with(process, PARTS[command])
        process.terminate()
        assert process.wait(STOP_SECONDS) == 0


def test_on_the_embedded_default_the_server_ends_with_the_program(installation, made_once, place):
    installation.delenv("DATABASE_URL")
    shutil.copytree(made_once / "data", place / "postgres" / "data")
    with started("up", "--port", "0") as process:
        line_with(process, "http://")
        assert list(place.rglob("postmaster.pid"))
        process.terminate()
        assert process.wait(STOP_SECONDS) == 0
    assert not list(place.rglob("postmaster.pid"))


def test_a_port_that_is_taken_is_said_in_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started("serve", "--port", port) as process:
            assert process.wait(STOP_SECONDS) == 2
            assert process.stderr.read() == (
                f"directservice: the API cannot listen on 127.0.0.1 port {port}: Address already in use\n"
            )


def test_a_courier_of_production_that_is_connected_to_nobody_says_what_to_set(production):
    with started("deliver") as process:
        assert process.wait(STOP_SECONDS) == 2
        assert process.stderr.read() == (
            "directservice: in production refunds and labels have no local twins: set DIRECTSERVICE_PAYMENTS_KEY, "
            "DIRECTSERVICE_SHIPPING_URL, DIRECTSERVICE_SHIPPING_KEY\n"
        )


def test_a_part_that_fails_ends_the_process_with_a_failure(settings):
    @contextmanager
    def failing(_house, stop):
        stop.fail()
        yield "fails at once"

    assert processes.run(settings, [failing], print) is False


def test_a_signal_ends_the_parts_in_the_reverse_order(settings):
    told = []

    def part(name):
        @contextmanager
        def running(_house, _stop):
            yield name
            told.append(name)

        return running

    @contextmanager
    def signalling(_house, _stop):
        os.kill(os.getpid(), signal.SIGTERM)
        yield "signals"

    assert processes.run(settings, [part("first"), part("second"), signalling], print) is True
    assert told == ["second", "first"]


def test_the_projections_thread_cannot_die_unnoticed(settings, monkeypatch):
    monkeypatch.setattr("projections.engine.Engine.run", lambda _: 1 / 0)
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    assert processes.run(settings, [processes.projecting], print) is False


def test_an_api_that_cannot_start_says_so(installation, production):
    with pytest.raises(StartError, match="cannot be used"):
        processes.run(read_settings(), processes.PROCESSES["serve"], print)
