"""How webhooks of others come in: read, believed for their signature alone, and answered so that none is lost.

What is taken, was taken before, or says nothing to this house is answered with 200 and need not be sent again. What is
about something that is not known here is answered with 404, for it may be known when it is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api.answering.answers import answer, problems
from api.answering.problems import Problem
from api.entrance.admission import address_of
from api.entrance.bodies import read_body, read_json
from api.inbound.signatures import Signatures
from api.requests.media_types import JSON
from api.schemas.inbound import Taken
from api.services import Given, Inbound

Shape = TypeVar("Shape", bound=BaseModel)
MAY_ANSWER = problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def signed_by(
    signatures: Callable[[Inbound], Signatures | None],
) -> Callable[[Request, Given], Coroutine[Any, Any, dict[str, Any]]]:
    """The JSON of a request that bears one of these signatures. What it raises is a Problem."""

    async def read(request: Request, given: Given) -> dict[str, Any]:
        believed = signatures(given.inbound)
        if believed is None:
            await given.rate_limits.admit_stranger(address_of(request.scope))
            raise Problem("unknown", "nobody is connected here")
        body = await read_body(request, limit=given.limits.body_bytes, seconds=given.limits.body_seconds)
        try:
            believed.check(request.headers, body)
        except Problem:
            await given.rate_limits.admit_stranger(address_of(request.scope))
            raise
        return read_json(body)

    return read


def any_event_like(example: dict[str, Any]) -> dict[str, Any]:
    """What the document says of a body that has its sender's own shape, of which only what is needed is read."""
    media = {"schema": {"type": "object"}, "examples": {example["type"]: {"value": example}}}
    return {"requestBody": {"required": True, "content": {JSON: media}}}


def told(shape: type[Shape], content: Any) -> Shape:  # noqa: ANN401 -- whatever was sent
    """What is needed of it. Raises Problem (400), so that the sender shows it as failing."""
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the event"
        raise Problem("malformed", f"{place}: {fault['msg']}") from None


def taken() -> Response:
    """It is recorded, by now or before."""
    return answer(Taken(taken=True))


def passed_over(because: str) -> Response:
    """It tells nothing that is recorded here."""
    return answer(Taken(taken=False, because=because))
