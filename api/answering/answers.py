"""Answers: a schema as JSON, with what HTTP says of it in its headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.sse import EventSourceResponse
from pydantic import BaseModel
from starlette.responses import Response

from api.answering.problems import PROBLEM_JSON
from api.requests.media_types import JSON
from api.requests.preconditions import etag, is_known
from api.schemas.shape import RecordedChange, Shape
from store.application import Errand, Receipt

FRESH = {"Cache-Control": "private, no-cache"}
"""May be kept by the one who asked, if he asks each time whether it is still so."""


def answer(
    content: BaseModel, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """What was asked for."""
    return Response(content.model_dump_json(), status, dict(headers or {}), JSON)


def unless_known(if_none_match: str | None, tag: str, content: Callable[[], BaseModel]) -> Response:
    """What was asked for, or 304 to someone who has the representation of this tag."""
    headers = {**FRESH, "ETag": tag}
    if is_known(if_none_match, tag):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    return answer(content(), headers=headers)


def attachment(name: str) -> dict[str, str]:
    """What has an answer kept as a file of this name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def recorded(receipt: Receipt, errand: Errand) -> Response:
    """That a change stands, or would."""
    change = RecordedChange(version=receipt.version, position=receipt.position)
    return answer(change, headers={} if errand.preview else {"ETag": etag(receipt.version)})


ANY_OPERATION = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""The problems that any operation behind the door may meet."""
ANY_BODY = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
"""Those that any operation with a body may meet besides."""

FORESEEN = "What a preview foresees"
"""Where what was asked for would be answered with another status."""
DATA = "x-data"
"""Where the description of a stream names the shape of its events' data."""
KINDS = "x-kinds"
"""Where a declared problem names kinds that it may be besides; they stand in the document as its examples."""
Declared = dict[int | str, dict[str, Any]]


def event_stream(shape: type[Shape]) -> Declared:
    """A stream of server-sent events whose data have this shape, declared."""
    text = {"type": "string", "description": f"Server-sent events; the `data` of each is a `{shape.__name__}`"}
    return {
        HTTPStatus.OK: {
            "description": "Goes on until the client leaves, for a quarter of an hour at most",
            "content": {EventSourceResponse.media_type: {"schema": text, DATA: shape.__name__}},
        }
    }


def may_answer(*statuses: HTTPStatus, kinds: Sequence[str] = ()) -> Declared:
    """The problems that an operation behind the door declares, ``statuses`` besides the usual ones.

    ``kinds`` are those of them that the parameters and the answer do not tell of.
    """
    declared = problems(*ANY_OPERATION, *statuses)
    return {status: {**problem, KINDS: list(kinds)} for status, problem in declared.items()} if kinds else declared


def problems(*statuses: HTTPStatus) -> Declared:
    """Exactly these problems, declared."""
    return {int(status): _problem(status) for status in sorted(set(statuses))}


def _problem(status: HTTPStatus) -> dict[str, Any]:
    """Which kinds of problem it may be is told with all that the operation takes (``api.documenting.problems_met``)."""
    return {"description": status.phrase, "content": {PROBLEM_JSON: {}}}
