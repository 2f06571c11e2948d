"""Which methods an address takes, told to whoever came with another (RFC 9110 §15.5.6)."""

from __future__ import annotations

from http import HTTPMethod

from starlette.requests import Request
from starlette.routing import Match

from api.answering.problems import Problem

ANSWERED_AS = {HTTPMethod.HEAD: HTTPMethod.GET}


def not_with_this_method(request: Request) -> Problem:
    """The problem of a method that is not taken here, with all that are: the router names one operation's alone."""
    allowed = [method for method in HTTPMethod if _is_taken(request, ANSWERED_AS.get(method, method))]
    detail = f"{request.method} is not taken here, but {' and '.join(allowed)}"
    return Problem("method_not_allowed", detail, headers={"Allow": ", ".join(allowed)})


def _is_taken(request: Request, method: HTTPMethod) -> bool:
    scope = {"type": "http", "method": method.value, "path": request.scope["path"], "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
