"""Media types as requests name them in ``Accept`` and ``Content-Type`` (RFC 9110 §§8.3 and 12.5)."""

from __future__ import annotations

from collections.abc import Sequence

JSON = "application/json"


def media_type(content_type: str | None) -> str:
    """The type alone, without its parameters."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_json(content_type: str | None) -> bool:
    """Whether a body of this type is JSON."""
    named = media_type(content_type)
    return named == JSON or (named.startswith("application/") and named.endswith("+json"))


def accepts(accept: str | None, offered: Sequence[str]) -> bool:
    """Whether one of the offered types is among the accepted ranges."""
    if not accept or not accept.strip():
        return True
    ranges = [media_type(entry) for entry in accept.split(",") if not _refuses(entry)]
    return any(_covers(wanted, media) for wanted in ranges for media in offered)


def _refuses(entry: str) -> bool:
    parameters = [parameter.replace(" ", "").lower() for parameter in entry.split(";")[1:]]
    return any(parameter in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for parameter in parameters)


def _covers(wanted: str, media: str) -> bool:
    kind = media.partition("/")[0]
    return wanted in {"*/*", f"{kind}/*", media}
