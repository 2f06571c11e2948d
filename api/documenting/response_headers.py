"""The headers of answers in the OpenAPI document: each described once, and named wherever it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi.sse import EventSourceResponse

from api.documenting.operation import Operation
from api.entrance.accounting import CORRELATION_ID
from api.requests.media_types import JSON

TEXT = {"type": "string"}
HEADERS: dict[str, dict[str, Any]] = {
    CORRELATION_ID: {
        "description": "Under which this request is recorded and logged: the caller's own, where he sent one",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "ETag": {
        "description": "What `If-Match` and `If-None-Match` take; none on a preview, nor on how something once stood",
        "schema": {"type": "string", "pattern": '^"[^"]+"$', "examples": ['"3"']},
    },
    "Location": {
        "description": "Where what was opened is",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Content-Disposition": {"description": "With what is no JSON: a name to keep it under", "schema": TEXT},
    "Retry-After": {
        "description": "After how many seconds to ask again, where asking again may help",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {"description": "What is asked for, and what was wrong", "required": True, "schema": TEXT},
    "Accept-Encoding": {"description": "Where the body's `Content-Encoding` is not taken: what is", "schema": TEXT},
}
OF_PROBLEMS = {
    HTTPStatus.UNAUTHORIZED: "WWW-Authenticate",
    HTTPStatus.CONFLICT: "Retry-After",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Accept-Encoding",
    HTTPStatus.TOO_MANY_REQUESTS: "Retry-After",
    HTTPStatus.SERVICE_UNAVAILABLE: "Retry-After",
}
CONDITIONS = {"If-Match", "If-None-Match"}
READ_AS_IT_COMES = {JSON, EventSourceResponse.media_type}
"""Whatever is of another type is a file to be kept."""


def headers_of(operation: Operation, status: int, response: dict[str, Any]) -> dict[str, Any]:
    """References to the headers that come with this answer."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in _sent(operation, status, response)}


def _sent(operation: Operation, status: int, response: dict[str, Any]) -> Iterator[str]:
    yield CORRELATION_ID
    if status >= HTTPStatus.BAD_REQUEST:
        yield from (name for problem, name in OF_PROBLEMS.items() if problem == status)
        return
    opens = operation.method == "post" and status == HTTPStatus.CREATED
    if opens:
        yield "Location"
    if opens or operation.takes(*CONDITIONS):
        yield "ETag"
    if set(response.get("content", ())) - READ_AS_IT_COMES:
        yield "Content-Disposition"
