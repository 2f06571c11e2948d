"""What comes before a body is bounded in size and time, and what is no request is told so like anything else."""

import json
import socket
import threading
from contextlib import contextmanager

import pytest
import uvicorn

from runtime.answering import listener
from runtime.http_protocol import bounded
from tests.runtime.waiting import wait_until

HEAD = b"GET / HTTP/1.1\r\nHost: here\r\n"


async def application(scope, _receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def serving(protocol):
    bound = listener("127.0.0.1", 0)
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
    with socket.create_connection(place, timeout=60) as connection:
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
    with serving(bounded(head_bytes=2000, head_seconds=60)) as place:
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


def test_what_is_no_http_is_a_problem(place):
    with connected(place) as connection:
        connection.sendall(b"EHLO here\r\n\r\n")
        status, _headers, body = answer(connection)
    assert status == "HTTP/1.1 400 Bad Request"
    assert json.loads(body)["type"] == "/problems/malformed"


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"GET / HT", HEAD])
def test_a_head_that_does_not_come_is_not_waited_for_without_end(begun):
    with serving(bounded(head_bytes=2000, head_seconds=0.05)) as place, connected(place) as connection:
        connection.sendall(begun)
        assert connection.recv(1) == b""


@pytest.mark.parametrize("begun", [b"\r\n", b"GET / HT"])
def test_nor_is_the_next_one_on_the_same_connection(begun):
    protocol = bounded(head_bytes=2000, head_seconds=60)
    with serving(protocol) as place, connected(place) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 204")
        protocol.head_seconds = 0.05
        connection.sendall(begun)
        assert connection.recv(1) == b""
