"""Media types as requests name them in ``Accept`` and ``Content-Type`` (RFC 9110 §§8.3 and 12.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"


def media_type(content_type: str | None) -> str:
    """The type alone, without its parameters."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_json(content_type: str | None) -> bool:
    """Whether a body of this type is JSON."""
    named = media_type(content_type)
    return named == JSON or (named.startswith("application/") and named.endswith("+json"))


def accepts(accept: str | None, offered: Sequence[str]) -> bool:
    """Whether one of the offered types is accepted by the range that names it most closely."""
    if not accept or not accept.strip():
        return True
    wanted = {media_type(entry): not _refuses(entry) for entry in accept.split(",")}
    return any(_wants(wanted, media) for media in offered)


def _refuses(entry: str) -> bool:
    parameters = [parameter.replace(" ", "").lower() for parameter in entry.split(";")[1:]]
    return any(parameter in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for parameter in parameters)


def _wants(wanted: Mapping[str, bool], media: str) -> bool:
    """What the range says that names the type most closely."""
    kind = media.partition("/")[0]
    return next((wanted[entry] for entry in (media, f"{kind}/*", "*/*") if entry in wanted), False)
