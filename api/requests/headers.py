"""Headers as requests give them: each once, and none that insists on something passed over in silence."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers

from api.answering.problems import Problem

AUTHORIZATION = "Authorization"
CONTENT_TYPE = "Content-Type"
CONTENT_ENCODING = "Content-Encoding"


def the_one(headers: Headers, name: str) -> str | None:
    """The header of this name. Raises Problem (400) for two: who looked at it on the way may have read the other."""
    given = headers.getlist(name)
    if len(given) > 1:
        raise Problem("malformed", f"header {name}: is given more than once")
    return given[0] if given else None


def every_one(headers: Headers, name: str) -> str | None:
    """A header that is a list, which may come in several lines (RFC 9110 §5.3)."""
    return ", ".join(headers.getlist(name)) or None


def honour_conditions(headers: Headers, known: Iterable[str], *, safe: bool) -> None:
    """Raises Problem (400) for a precondition of which the operation knows nothing: it would be broken in silence.

    What a ``safe`` one answers is none the worse for an ``If-None-Match`` that saves nothing.
    """
    for name in ["If-Match"] if safe else ["If-Match", "If-None-Match"]:
        if name in headers and name not in known:
            raise Problem("malformed", f"header {name}: there is no version here that it could be about")
