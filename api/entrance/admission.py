"""How many requests are let in: so many at once in this process, and from strangers so many in a while."""

from __future__ import annotations

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from api.answering.problems import Problem
from api.services import Services

ALWAYS = frozenset({"/live", "/ready", "/metrics"})
"""Whoever watches the service is never shut out."""
BEHIND_THE_DOOR = "/v1/"
"""Where tokens are looked at."""
SIGNED = "/inbound/"
"""Where webhooks come in, with a signature instead of a token: who has none that fits is counted when that is seen."""


class Admission:
    """Wraps the application. What is beyond the limits is refused before anything is read."""

    def __init__(self, app: ASGIApp, streams: Collection[str] = ()) -> None:
        """``streams`` are the paths whose answers last: how many there are is bounded by itself (``Streams.place``)."""
        self._app = app
        self._streams = frozenset(streams)
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        services: Services = scope["state"]["services"]
        weight = int(scope["path"] not in self._streams)
        if self._under_way + weight > services.limits.requests_at_once:
            raise _too_much(self._under_way)
        self._under_way += weight
        try:
            if not _shows_who_asks(scope):
                await services.rate_limits.admit_stranger(address_of(scope))
            await self._app(scope, receive, send)
        finally:
            self._under_way -= weight


def _shows_who_asks(scope: Scope) -> bool:
    """Truly or not; whoever looks at it counts those who do not."""
    shows_a_token = any(name == b"authorization" for name, _ in scope["headers"])
    return scope["path"].startswith(SIGNED) or (scope["path"].startswith(BEHIND_THE_DOOR) and shows_a_token)


def address_of(scope: Scope) -> str:
    """Whence the request came, as far as that is known."""
    return scope["client"][0] if scope.get("client") else "unknown"


def _too_much(under_way: int) -> Problem:
    return Problem("overloaded", f"{under_way} requests are under way already", headers={"Retry-After": "1"})
