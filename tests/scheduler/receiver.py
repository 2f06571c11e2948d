"""A receiver of webhooks on a real socket, answering as the test says."""

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

from standardwebhooks import Webhook


@dataclass
class Received:
    headers: dict
    body: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    def verified(self, secret):
        """What it says, if it is signed with this secret. Raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """``answers`` are given first, one each, then 204; ``gate`` keeps every answer back while it is closed.

    An ``endless`` one never ends the body of its answer.
    """

    url: str = ""
    received: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)
    gate: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    endless: bool = False

    def take(self, headers, body):
        with self.lock:
            self.received.append(Received(headers, body))
            return self.answers.pop(0) if self.answers else 204


@contextmanager
def receiving(tls=None, **answering):
    """One that listens, with ``tls`` behind https."""
    receiver = Receiver(**answering)
    receiver.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            receiver.gate.wait()
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            if not receiver.endless:
                self.send_header("content-length", "0")
            self.end_headers()
            with suppress(OSError):
                while receiver.endless:
                    self.wfile.write(bytes(1 << 16))

        def log_message(self, *_):
            """Tests need no access log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        receiver.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/hooks"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.gate.set()
            server.shutdown()
            thread.join()
