"""What comes before a body is bounded in size and time, what is no request is told so, and answers are to be read."""

import json
import socket
import threading
from contextlib import contextmanager, suppress

import pytest
import uvicorn

from runtime.answering import listener
from runtime.http_protocol import bounded
from tests.runtime.waiting import wait_until

HEAD = b"GET / HTTP/1.1\r\nHost: here\r\n"


PIECE = b"x" * (1 << 16)
LARGE = {"/at-once": [PIECE * 512], "/bit-by-bit": [PIECE] * 512}
SIZE = len(PIECE) * 512
"""Of a large answer: more than the system itself takes on the way to a client who does not read."""
ON_THE_WAY = 1 << 17
"""So much the system takes on either side, or twice as much: by itself it takes as many megabytes as it likes."""


async def application(scope, _receive, send):
    large = LARGE.get(scope["path"], [])
    await send({"type": "http.response.start", "status": 200 if large else 204, "headers": []})
    for piece in large:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def speaking(**bounds):
    return bounded(**{"head_bytes": 2000, "head_seconds": 60, "share_seconds": 60, **bounds})


@contextmanager
def serving(protocol):
    bound = listener("127.0.0.1", 0)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ON_THE_WAY)
    server = uvicorn.Server(uvicorn.Config(application, http=protocol, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        assert wait_until(lambda: server.started)
        yield bound.getsockname()
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def connected(place):
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ON_THE_WAY)
        connection.settimeout(60)
        connection.connect(place)
        yield connection


def answer(connection):
    """Everything until the service hangs up: the status, the headers, the body."""
    said = b""
    while piece := connection.recv(1 << 16):
        said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    return status, dict(header.lower().split(": ", 1) for header in headers), body


@pytest.fixture(scope="module")
def place():
    with serving(speaking()) as place:
        yield place


def test_an_ordinary_request_is_answered_and_the_connection_kept(place):
    with connected(place) as connection:
        for _ in range(2):
            connection.sendall(HEAD + b"\r\n")
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 204")


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"X: " + b"x" * 3000 + b"\r\n\r\n",
        HEAD + b"X: " + b"x" * 3000,
        b"GET /" + b"x" * 3000,
        HEAD + b"X: 1\r\n" * 1000,
    ],
)
def test_more_headers_than_are_taken_are_a_problem(place, head):
    with connected(place) as connection:
        connection.sendall(head)
        status, headers, body = answer(connection)
    problem = json.loads(body)
    assert status == "HTTP/1.1 431 Request Header Fields Too Large"
    assert headers["content-type"] == "application/problem+json"
    assert (problem["type"], problem["status"]) == ("/problems/headers-too-large", 431)
    assert problem["correlation_id"] == headers["x-correlation-id"]


def test_headers_in_many_small_pieces_add_up(place):
    with connected(place) as connection:
        connection.sendall(HEAD)
        for _ in range(1 + (2000 - len(HEAD)) // 6):
            connection.sendall(b"X: 1\r\n")
        status, _headers, _body = answer(connection)
    assert status == "HTTP/1.1 431 Request Header Fields Too Large"


def test_a_large_body_is_no_large_head(place):
    with connected(place) as connection:
        connection.sendall(HEAD + b"Content-Length: 5000\r\n\r\n" + b"x" * 5000 + HEAD + b"\r\n")
        said = b""
        while said.count(b"HTTP/1.1 204") < 2:
            said += connection.recv(1 << 16)


LATE_BODY = HEAD.replace(b"GET", b"POST") + b"Content-Length: 5000\r\n\r\n"


def answered_early(connection):
    """A request is answered while its body is still to come: the application here reads none."""
    connection.sendall(LATE_BODY)
    assert connection.recv(1 << 16).startswith(b"HTTP/1.1 204")


def test_a_body_that_comes_after_its_answer_is_no_head_of_the_next_request(place):
    with connected(place) as connection:
        answered_early(connection)
        connection.sendall(b"x" * 2500)
        connection.sendall(b"x" * 2500)
        connection.sendall(HEAD + b"\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 204")


@pytest.mark.parametrize("rest", [b"x", b"x" * 4999, b"x" * 5000, b"x" * 5000 + HEAD])
def test_after_an_early_answer_nothing_is_waited_for_without_end(rest):
    class Impatient(speaking()):
        def on_response_complete(self):
            self.head_seconds = 0.05
            super().on_response_complete()

    with serving(Impatient) as place, connected(place) as connection:
        answered_early(connection)
        connection.sendall(rest)
        assert hangs_up(connection)


def hangs_up(connection):
    """The service does, perhaps before what was sent last has come."""
    with suppress(ConnectionResetError):
        return connection.recv(1) == b""
    return True


@pytest.mark.parametrize("hosts", [b"", b"Host: here\r\nHost: there\r\n"])
def test_a_request_that_names_no_host_or_several_is_a_problem(place, hosts):
    with connected(place) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + hosts + b"\r\n")
        status, _headers, body = answer(connection)
    assert status == "HTTP/1.1 400 Bad Request"
    assert "Host" in json.loads(body)["detail"]


def test_one_of_http_1_0_needs_no_host(place):
    with connected(place) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        status, _headers, _body = answer(connection)
    assert status == "HTTP/1.1 204 No Content"


def test_what_is_no_http_is_a_problem(place):
    with connected(place) as connection:
        connection.sendall(b"EHLO here\r\n\r\n")
        status, _headers, body = answer(connection)
    assert status == "HTTP/1.1 400 Bad Request"
    assert json.loads(body)["type"] == "/problems/malformed"


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"GET / HT", HEAD])
def test_a_head_that_does_not_come_is_not_waited_for_without_end(begun):
    with serving(speaking(head_seconds=0.05)) as place, connected(place) as connection:
        connection.sendall(begun)
        assert hangs_up(connection)


@pytest.mark.parametrize("begun", [b"\r\n", b"GET / HT"])
def test_nor_is_the_next_one_on_the_same_connection(begun):
    protocol = speaking()
    with serving(protocol) as place, connected(place) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 204")
        protocol.head_seconds = 0.05
        connection.sendall(begun)
        assert hangs_up(connection)


def ask_for(connection, path):
    connection.sendall(HEAD.replace(b"/ ", f"{path} ".encode(), 1) + b"\r\n")


@pytest.mark.parametrize("path", LARGE)
def test_who_does_not_read_his_answer_is_cut_off(path):
    lost = threading.Event()

    class Watched(speaking(share_seconds=0.2)):
        def connection_lost(self, exc):
            super().connection_lost(exc)
            lost.set()

    with serving(Watched) as place, connected(place) as connection:
        ask_for(connection, path)
        assert lost.wait(60)
        assert len(answer(connection)[2]) < SIZE


def timing(may_look):
    """The time that a share may take is over once ``may_look`` says so, and not sooner on whatever machine."""

    class Timed(speaking(share_seconds=0.01)):
        def _look_what_was_read(self, before):
            if may_look(self):
                super()._look_what_was_read(before)
            else:
                self._unread = self.loop.call_later(self.share_seconds, self._look_what_was_read, before)

    return Timed


MUCH = SIZE // 8
"""So much that the service has written more when it was read: the system holds far less on the way."""


@pytest.mark.parametrize("path", LARGE)
def test_who_reads_slowly_but_steadily_is_served_to_the_end(path):
    """The time for a share is over several times, and each time he has read his share."""
    read, looks = 0, [0]

    def has_read_much(_protocol):
        if read - looks[-1] < MUCH:
            return False
        looks.append(read)
        return True

    with serving(timing(has_read_much)) as place, connected(place) as connection:
        ask_for(connection, path)
        while read < SIZE:
            piece = connection.recv(1 << 20)
            assert piece, f"cut off after {read} bytes"
            read += len(piece)


def test_who_has_read_everything_keeps_his_connection(monkeypatch):
    """His answer is complete and nothing is held back any more, but the time for what is left still runs."""
    monkeypatch.setattr("runtime.http_protocol.SHARE", 2 * SIZE)  # less than a share is left from the beginning
    made, has_read = [], threading.Event()

    class Patient(timing(lambda _protocol: has_read.is_set())):
        def connection_made(self, transport):
            super().connection_made(transport)
            transport.set_write_buffer_limits(high=2 * SIZE)
            made.append(self)

    with serving(Patient) as place, connected(place) as connection:
        for _ in range(2):
            has_read.clear()
            ask_for(connection, "/at-once")
            assert wait_until(lambda: made and made[0]._unread is not None), "all is written, and little is on the way"
            assert read_to(connection, b"0\r\n\r\n") > SIZE
            has_read.set()
            assert wait_until(lambda: made[0]._unread is None), "nothing more is expected of him"


def read_to(connection, end):
    """How much came up to there."""
    read, last = 0, b""
    while not last.endswith(end):
        piece = connection.recv(1 << 20)
        assert piece, f"cut off after {read} bytes"
        read, last = read + len(piece), (last + piece)[-len(end) :]
    return read
