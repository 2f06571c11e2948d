"""The real application on a real socket, and a client that listens to its streams."""

import json
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import httpx2
import uvicorn

from tests.api.conftest import token


@contextmanager
def serving(app, streams):
    """The address of the application, served as a process serves it; its streams end before it does."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=10))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        thread = Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        pause = Event()
        while not server.started:
            pause.wait(0.01)
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            streams.close()
            server.should_exit = True
            thread.join()


@dataclass
class Told:
    """One message of a stream."""

    id: int | None = None
    event: str | None = None
    data: dict | None = None
    retry: int | None = None
    comment: str | None = None


@contextmanager
def listening(address, path, actor, **headers):
    """The messages of a stream, as they come."""
    asked = {"Authorization": f"Bearer {token(actor)}", **headers}
    with httpx2.stream("GET", f"{address}{path}", headers=asked, timeout=60) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield messages(response.iter_lines())


READ = {"id": int, "retry": int, "data": json.loads}


def messages(lines):
    told = Told()
    for line in lines:
        field, _, value = line.partition(":")
        if not line:
            yield told
            told = Told()
        elif not field:
            told.comment = value.strip()
        else:
            setattr(told, field, READ.get(field, str)(value.strip()))


def next_event(stream):
    """The next message that tells something."""
    return next(told for told in stream if told.data is not None)
