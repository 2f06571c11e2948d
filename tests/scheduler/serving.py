"""A service of the outside on this machine: answers over loopback HTTP as the test's stand-in says."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qsl, urlsplit


class Cut(Exception):  # noqa: N818 -- what the other side sees
    """The connection breaks before the answer."""


class Asked:
    """One request as the stand-in sees it."""

    def __init__(self, method, path, headers, body):
        parts = urlsplit(path)
        self.method, self.path, self.headers = method, parts.path, headers
        self.query = dict(parse_qsl(parts.query))
        self.body = body

    @property
    def form(self):
        return dict(parse_qsl(self.body.decode(), strict_parsing=True))

    @property
    def json(self):
        return json.loads(self.body)


@contextmanager
def serving(answer):
    """The address at which ``answer(asked)`` gives ``(status, content)`` or ``(status, content, headers)``."""
    turn = Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            try:
                with turn:
                    status, content, *headers = answer(Asked(self.command, self.path, self.headers, body))
            except Cut:
                self.close_connection = True
                return
            text = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **dict(*headers)}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815 -- the library's names

        def log_message(self, *_):
            """The test says what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
