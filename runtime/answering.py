"""The API as a part of a process: uvicorn on a socket of ours, in a thread that ends with its requests answered."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Event, Thread
from typing import Final

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, start_http_server

from api.app import create_app
from runtime.container import House, services
from runtime.database import StartError
from runtime.http_protocol import bounded
from runtime.settings import Settings
from runtime.stopping import StopRequest

BLINK_SECONDS: Final = 0.01
BACKLOG: Final = 2048


@contextmanager
def answering(house: House, stop: StopRequest) -> Iterator[str]:
    """The API answers at the address given; every request under way is answered before this ends.

    Raises StartError when the port is taken or the application cannot start.
    """
    behind = services(house)
    registry = CollectorRegistry()
    app = create_app(lambda: nullcontext(behind), registry)
    settings = house.settings
    server = uvicorn.Server(_config(app, settings))
    with (
        listener(settings.api_host, settings.api_port, shared=settings.api_shares_port) as bound,
        _counters_of_its_own(settings, registry),
    ):
        thread = Thread(target=_run, args=(server, bound, stop), name="api")
        thread.start()
        try:
            _await_start(server, thread)
            yield address_of(bound)
        finally:
            behind.streams.close()
            server.should_exit = True
            thread.join()


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=bounded(settings.header_limit_bytes, settings.header_timeout_seconds, settings.unread_timeout_seconds),
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.stop_grace_seconds,
    )


@contextmanager
def _counters_of_its_own(settings: Settings, registry: CollectorRegistry) -> Iterator[None]:
    """What this process alone counted, at a port of its own, for where several processes share the API's."""
    if settings.metrics_port is None:
        yield
        return
    try:
        server, thread = start_http_server(settings.metrics_port, settings.api_host, registry)
    except OSError as error:
        raise StartError(f"the counters cannot be told on port {settings.metrics_port}: {error.strerror}") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def listener(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that takes connections there, on a free port where ``port`` is 0. Raises StartError if it cannot.

    Connections to a ``shared`` port are spread by the kernel over all processes that share it.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(place[:2], family=family, backlog=BACKLOG, reuse_port=shared)
    except OSError as error:
        said = str(error.strerror).partition(" (while")[0]
        raise StartError(f"the API cannot listen on {host} port {port}: {said}") from error


def address_of(bound: socket.socket) -> str:
    """The URL at which the socket is reached."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _run(server: uvicorn.Server, bound: socket.socket, stop: StopRequest) -> None:
    try:
        server.run(sockets=[bound])
    finally:
        if not server.should_exit:
            stop.fail()


def _await_start(server: uvicorn.Server, thread: Thread) -> None:
    pause = Event()
    while not server.started:
        if not thread.is_alive():
            raise StartError("the API cannot start; the log says why")
        pause.wait(BLINK_SECONDS)
