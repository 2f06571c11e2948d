"""Several processes of the API share a port, and each answers what is under way before it ends."""

import socket
import threading
from contextlib import ExitStack, closing

import httpx2
import pytest

from runtime.answering import answering
from runtime.container import open_house
from runtime.database import StartError
from runtime.settings import read_settings
from runtime.stopping import StopRequest
from tests.ports import free_port
from tests.runtime.waiting import wait_until
from tests.store.sessions import pids_waiting_for_a_lock

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def started():
    """Starts the API as one process would; what is returned ends it."""
    with ExitStack() as everything:

        def started(**given):
            opened = everything.enter_context(ExitStack())
            house = opened.enter_context(open_house(read_settings(**given)))
            stop = opened.enter_context(closing(StopRequest()))
            return opened.enter_context(answering(house, stop)), opened.close

        yield started


def test_a_shared_port_is_answered_as_long_as_one_of_them_runs(started):
    port = free_port()
    first, end_first = started(api_port=port, api_shares_port=True)
    second, end_second = started(api_port=port, api_shares_port=True)
    assert first == second
    end_first()
    assert {httpx2.get(f"{second}/live", timeout=60).status_code for _ in range(5)} == {200}
    end_second()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{second}/live")


def test_a_port_is_not_shared_by_accident(started):
    first, _end = started(api_port=0)
    with pytest.raises(StartError, match="Address already in use"):
        started(api_port=int(first.rpartition(":")[2]))


def test_each_of_them_tells_what_it_alone_counted_at_a_port_of_its_own(started):
    port = free_port()
    address, _end = started(api_port=0, metrics_port=port)
    httpx2.get(f"{address}/problems", timeout=60)
    told = httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
    assert 'directservice_http_request_seconds_count{method="GET",route="/problems",status="200"} 1.0' in told


def test_a_port_for_the_counters_that_is_taken_is_said(started):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(StartError, match="the counters cannot be told on port"),
    ):
        started(api_port=0, metrics_port=taken.getsockname()[1])


def test_what_is_under_way_is_answered_before_the_process_ends(started, owner):
    address, end = started(api_port=0, stop_grace_seconds=60)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(httpx2.get(f"{address}/ready", timeout=60)))
    ending = threading.Thread(target=end)
    with owner.begin() as gate:
        gate.exec_driver_sql("lock table views.projection in access exclusive mode")
        asking.start()
        pids_waiting_for_a_lock(owner, 1)
        ending.start()
        assert wait_until(lambda: refuses(address))
        assert ending.is_alive()
    asking.join()
    ending.join()
    assert [answer.status_code for answer in answers] == [200]


def refuses(address):
    try:
        httpx2.get(f"{address}/live", timeout=5)
    except httpx2.TransportError:
        return True
    return False
