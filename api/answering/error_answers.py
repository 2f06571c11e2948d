"""Which problem answers which error: the domain's refusals, the framework's errors, the store's failures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, cast

import sqlalchemy.exc
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.answering.methods import not_with_this_method
from api.answering.problems import FieldError, Problem, correlation_of, invalid_fields
from domain.policy import UnknownPolicyError
from domain.refusals import CommandInFlight, Refused
from store import failures

LOG = logging.getLogger(__name__)
RETRY_SOON = {"Retry-After": "1"}
"""Seconds; what is busy now is free in a moment."""
RETRY_LATER = {"Retry-After": "60"}
"""Seconds; somebody must mend it first."""
IDEMPOTENCY_KEY = "Idempotency-Key"
OF_STATUS = {
    HTTPStatus.NOT_FOUND: "unknown",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
}
"""The framework's own answers; everything else that it refuses cannot be read."""
TOO_SHORT = "too_short"
SAID = {
    "model_type": "An object is expected",
    "model_attributes_type": "An object is expected",
    "tuple_type": "A list is expected",
    TOO_SHORT: "At least {min_length} of them is expected, not {actual_length}",
    "too_long": "At most {max_length} of them are taken, not {actual_length}",
}
"""What is said in the words of the trade where the library speaks of its own."""


def of_refusal(refusal: Refused) -> Problem:
    """A refusal of the trade, word for word."""
    return Problem(
        refusal.kind,
        refusal.sentence,
        headers=RETRY_SOON if isinstance(refusal, CommandInFlight) else None,
        rule=refusal.rule,
        facts=refusal.facts or None,
        possible=list(refusal.possible) or None,
    )


def of_framework(error: HTTPException) -> Problem:
    """What the router itself refuses."""
    kind = OF_STATUS.get(HTTPStatus(error.status_code), "malformed")
    detail = "no such address" if kind == "unknown" else str(error.detail)
    return Problem(kind, detail, headers=error.headers)


def of_validation(error: RequestValidationError) -> Problem:
    """Fields at fault; a header at fault is a malformed request."""
    faults = _without_followers(error.errors())
    in_header = next((fault for fault in faults if fault["loc"][0] == "header"), None)
    if in_header is None:
        return invalid_fields([_field(fault) for fault in faults])
    name = in_header["loc"][1]
    if name.lower() == IDEMPOTENCY_KEY.lower() and in_header["type"] == "missing":
        return Problem("idempotency_key_required", f"this request carries no {IDEMPOTENCY_KEY}")
    return Problem("malformed", f"header {name}: {_said(in_header)}")


def _field(fault: dict[str, Any]) -> FieldError:
    where, *steps = fault["loc"]
    pointer = json_pointer(steps) if where == "body" else str(steps[0])
    return FieldError(where=where, pointer=pointer, detail=_said(fault))


def json_pointer(steps: Sequence[str | int]) -> str:
    """RFC 6901: the way from a document's root to one of its values."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _without_followers(faults: Sequence[Any]) -> list[dict[str, Any]]:
    """Without lists that are too short only because what is in them cannot be read."""
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != TOO_SHORT or not any(at[:-1][: len(fault["loc"])] == fault["loc"] for at in places)
    ]


def _said(fault: dict[str, Any]) -> str:
    said = SAID.get(fault["type"])
    return said.format(**fault.get("ctx", {})) if said else cast("str", fault["msg"]).removeprefix("Value error, ")


def of_failure(failure: Exception) -> Problem:
    """The database is away, too busy, or broke off in the middle of an answer."""
    if isinstance(failure, failures.InDoubt):
        return Problem("in_doubt", "the connection broke before the database answered", headers=RETRY_SOON)
    if isinstance(failure, failures.CommandInFlight):
        return Problem("command_in_flight", "the same thing is being worked on", headers=RETRY_SOON)
    if isinstance(failure, failures.ClockFast):
        return Problem("unavailable", str(failure), headers=RETRY_SOON)
    if isinstance(failure, failures.EvidenceOutOfReach):
        return Problem("unavailable", "photos cannot be kept or read at this moment", headers=RETRY_SOON)
    return Problem("unavailable", "the database is away or too busy", headers=RETRY_SOON)


def of_lost_policy(error: Exception) -> Problem:
    """A case is pinned to a policy that is not at hand: nothing is decided about it until it is."""
    LOG.error("%s", error)
    return Problem("unavailable", str(error), headers=RETRY_LATER)


def _answer(of: Callable[[Any], Problem]) -> Callable[[Request, Exception], Any]:
    async def answer(request: Request, error: Exception) -> Response:
        return of(error).response(correlation_of(request))

    return answer


async def _answer_method(request: Request, _error: Exception) -> Response:
    return not_with_this_method(request).response(correlation_of(request))


HANDLERS: dict[Any, Callable[[Request, Exception], Any]] = {
    Problem: _answer(lambda problem: problem),
    Refused: _answer(of_refusal),
    HTTPStatus.METHOD_NOT_ALLOWED: _answer_method,
    HTTPException: _answer(of_framework),
    RequestValidationError: _answer(of_validation),
    failures.Unavailable: _answer(of_failure),
    UnknownPolicyError: _answer(of_lost_policy),
    sqlalchemy.exc.OperationalError: _answer(of_failure),
    sqlalchemy.exc.InterfaceError: _answer(of_failure),
    sqlalchemy.exc.TimeoutError: _answer(of_failure),
}
"""Whatever is not here is the program's own error: logged, and answered as ``internal``."""
