"""HTTP/1.1 as uvicorn speaks it, with bounds on what comes before a body, and on how slowly an answer may be read."""

from __future__ import annotations

from asyncio import Transport
from asyncio.events import TimerHandle
from typing import Any, Final
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.answering.problems import Problem
from api.entrance.accounting import CORRELATION_ID

SHARE: Final = 64 << 10
"""Bytes of an answer that a client takes in time, or all that are left."""
UNREADABLE: Final = Problem("malformed", "this is no HTTP/1.1 request")
HOSTLESS: Final = Problem("malformed", "header Host: an HTTP/1.1 request has one")


def bounded(head_bytes: int, head_seconds: float, share_seconds: float) -> type[HttpToolsProtocol]:
    """The protocol: a request's line and headers have at most so many bytes, and are complete after so many seconds.

    One that is too large gets a problem (431), one that is no HTTP another (400); one that is too slow is cut off, and
    so is whoever does not take the next 64 KiB of what is answered, or all that is left, within ``share_seconds``. What
    still comes of a body when its request is answered already is read past, for ``head_seconds`` too.
    """
    bounds = {"head_bytes": head_bytes, "head_seconds": head_seconds, "share_seconds": share_seconds}
    return type("Bounded", (_Bounded,), bounds)


class _Bounded(HttpToolsProtocol):
    head_bytes: int
    head_seconds: float
    share_seconds: float

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 -- uvicorn's own
        super().__init__(*given, **named)
        self._refusal = UNREADABLE
        self._too_slow: TimerHandle | None = None
        self._came = 0
        self._body_comes = False
        self._unread: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._it_is_here()
        self._expect_to_be_read(for_long=False)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_idle():
            self._expect_a_head()
        self._came += len(data)
        super().data_received(data)
        if self._is_head_too_large() and not self.transport.is_closing():
            self._refuse_size()

    def on_headers_complete(self) -> None:
        self._it_is_here()
        refusal = self._fault_of_head()
        if refusal is not None:
            self._refusal = refusal
            raise ValueError  # uvicorn answers what cannot be parsed and hangs up
        self._body_comes = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._body_comes = False
        if self.cycle.response_complete:
            self._expect_a_head()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- uvicorn's own sentence
        """What is refused before it is a request, as a problem like any other."""
        correlation_id = str(uuid4())
        response = self._refusal.response(correlation_id)
        headers = [*response.raw_headers, (CORRELATION_ID.encode(), correlation_id.encode()), (b"connection", b"close")]
        lines = [STATUS_LINE[response.status_code], *(b"%s: %s\r\n" % header for header in headers), b"\r\n"]
        self.transport.write(b"".join([*lines, bytes(response.body)]))
        self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_to_be_read()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._expect_to_be_read(for_long=False)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_to_be_read()
        if self._body_comes and self.cycle.response_complete:
            self._expect_it_in_time()

    def _expect_to_be_read(self, *, for_long: bool = True) -> None:
        """From now on, if anything is left to read; or, not ``for_long``, no more."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        left = self.transport.get_write_buffer_size() if for_long else 0
        if left:
            self._unread = self.loop.call_later(self.share_seconds, self._look_what_was_read, left)

    def _look_what_was_read(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left > max(before - SHARE, 0):
            self.logger.info("a client was cut off: it did not read its answer")
            self.transport.abort()
        else:
            self._expect_to_be_read()

    def _is_idle(self) -> bool:
        return not self._body_comes and self._too_slow is None and (self.cycle is None or self.cycle.response_complete)

    def _expect_a_head(self) -> None:
        self._came = 0
        self._expect_it_in_time()

    def _expect_it_in_time(self) -> None:
        """From now on: a head, or what is left of a body that nobody reads."""
        self._it_is_here()
        self._too_slow = self.loop.call_later(self.head_seconds, self.timeout_keep_alive_handler)

    def _it_is_here(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None

    def _is_head_too_large(self) -> bool:
        return self._too_slow is not None and not self._body_comes and self._came > self.head_bytes

    def _fault_of_head(self) -> Problem | None:
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > self.head_bytes:
            return self._too_large()
        hosts = sum(name == b"host" for name, _ in self.headers)
        return HOSTLESS if hosts != 1 and self.parser.get_http_version() == "1.1" else None

    def _refuse_size(self) -> None:
        self._refusal = self._too_large()
        self.send_400_response("")

    def _too_large(self) -> Problem:
        return Problem("headers_too_large", f"a request's line and headers have at most {self.head_bytes} bytes")
