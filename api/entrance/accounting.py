"""What is done for every request, whatever becomes of it: its correlation id, its time, and its failure logged."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from api.answering.problems import Problem
from api.monitoring.metrics import Metrics
from api.requests.headers import the_one

CORRELATION_ID = "X-Correlation-Id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Others are counted as one, so that nobody fills the metrics with names of his own."""
FAILED = Problem("internal", "this should not have happened; the service's log says more")

LOG = logging.getLogger(__name__)


class Accounting:
    """Wraps the application. No error of the program leaves it but as a problem."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, scope.setdefault("state", {}))
        began = perf_counter()
        try:
            answer.begin(scope)
            with bound_contextvars(correlation_id=answer.correlation_id):
                await self._serve(scope, receive, answer)
        except Problem as problem:
            await problem.response(answer.correlation_id)(scope, receive, answer.send)
        finally:
            self._count(scope, answer.status or 0, perf_counter() - began)

    async def _serve(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        try:
            await self._app(scope, receive, answer.send)
        except Problem:
            raise
        except Exception:
            LOG.exception("%s %s failed", scope["method"], scope["path"])
            if answer.status is not None:
                raise  # half an answer is out; only breaking the connection tells so
            await FAILED.response(answer.correlation_id)(scope, receive, answer.send)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.answered(method, route, status, seconds)


class _Answer:
    """The answer on its way out: what every one carries, and what it was."""

    def __init__(self, send: Send, state: dict[str, Any]) -> None:
        self._send = send
        self._state = state
        self.status: int | None = None
        self.correlation_id = str(uuid4())

    def begin(self, scope: Scope) -> None:
        """Take the sender's correlation id, if he gives one. Raises Problem (400) for two, and one that is no UUID."""
        self._state["correlation_id"] = UUID(self.correlation_id)
        given = the_one(Headers(scope=scope), CORRELATION_ID)
        if given is None:
            return
        try:
            self._state["correlation_id"] = UUID(given)
        except ValueError:
            raise Problem("malformed", f"header {CORRELATION_ID}: {given!r} is no UUID") from None
        self.correlation_id = str(self._state["correlation_id"])

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[CORRELATION_ID] = self.correlation_id
            headers["X-Content-Type-Options"] = "nosniff"
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)
