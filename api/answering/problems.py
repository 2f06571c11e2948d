"""Problems: how everything that goes wrong is answered, as RFC 9457 asks (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from api.answering.problem_catalogue import KINDS

PROBLEM_JSON = "application/problem+json"


class FieldError(BaseModel):
    """One field that is not as it should be."""

    where: str = Field(description="`body`, `query`, `path` or `header`", examples=["body"])
    pointer: str = Field(description="JSON pointer into the body, or the parameter's name", examples=["/amount/minor"])
    detail: str = Field(examples=["Input should be a valid integer"])


class ProblemDetails(BaseModel):
    """An RFC 9457 problem."""

    type: str = Field(description="The problem's page, relative to this service", examples=["/problems/rule-broken"])
    title: str = Field(examples=["A rule of the trade forbids it"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["a partial refund is above zero and below 45.90 EUR, not 50.00 EUR"])
    correlation_id: str = Field(description="Under which the service's log speaks of this request")
    rule: str | None = Field(default=None, description="The rule that refused", examples=["partial_below_full"])
    facts: dict[str, Any] | None = Field(default=None, description="The rule's numbers and words")
    possible: list[str] | None = Field(default=None, description="The actions open to the caller now")
    errors: list[FieldError] | None = Field(default=None, description="The fields at fault")


class Problem(Exception):  # noqa: N818 -- an answer, not an error of the program
    """Ends the request with a problem of this kind of the catalogue."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extensions: Any,  # noqa: ANN401
    ) -> None:
        """``extensions`` are the further members of ``ProblemDetails``."""
        super().__init__(detail)
        self.kind = KINDS[kind]
        self.detail = detail
        self.headers = dict(headers or {})
        self.extensions = extensions

    def response(self, correlation_id: str) -> Response:
        """The answer to the request of this correlation id."""
        content = to_json(self.details(correlation_id).model_dump(exclude_none=True), fallback=str)
        return Response(content, self.kind.status, self.headers, PROBLEM_JSON)

    def details(self, correlation_id: str) -> ProblemDetails:
        """What it says, met under this correlation id."""
        kind = self.kind
        return ProblemDetails(
            type=kind.type,
            title=kind.title,
            status=kind.status,
            detail=self.detail,
            correlation_id=correlation_id,
            **self.extensions,
        )


def correlation_of(request: Request) -> str:
    """The id under which this request is logged, answered and recorded."""
    return str(request.state.correlation_id)


def invalid_field(where: str, pointer: str, detail: str) -> Problem:
    """The problem of one field at fault."""
    return invalid_fields([FieldError(where=where, pointer=pointer, detail=detail)])


def invalid_fields(errors: Sequence[FieldError]) -> Problem:
    """The problem of these fields at fault; its detail names the first."""
    first, more = errors[0], len(errors) - 1
    place = first.pointer if first.where == "body" else f"{first.where} parameter {first.pointer}"
    others = f" (and {more} more)" if more else ""
    return Problem("invalid_field", f"{place or 'the body'}: {first.detail}{others}", errors=list(errors))
