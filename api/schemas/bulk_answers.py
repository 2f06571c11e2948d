"""The shapes of answering many cases at once."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.answering.problems import ProblemDetails
from api.requests.preconditions import HIGHEST_VERSION
from api.schemas.shape import Shape
from domain.messages import Value
from domain.money import Money
from domain.vocabulary import Status

MOST_AT_ONCE = 100
"""Cases that one request may answer."""


class AnsweredCase(Value):
    """One of the cases that a bulk answer is for."""

    case_id: UUID
    version: Annotated[int, Field(ge=1, le=HIGHEST_VERSION)] | None = None
    """What was decided on; a case that has moved on is refused. Any version where none is given."""


Cases = Annotated[tuple[AnsweredCase, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class BulkRow(Shape):
    """What became of the answer to one case."""

    case_id: UUID
    href: str
    done: bool
    version: int | None = Field(description="Of the case after the answer; null where it was refused")
    status: Status | None = Field(description="Where the case stands after it")
    charged: Money | None = Field(description="What the seller bears of the case after it")
    problem: ProblemDetails | None = Field(description="Why it was refused; null where it was done")


class BulkAnswered(Shape):
    """What became of each case, in the order of the request."""

    done: int
    refused: int
    position: int | None = Field(description="Of the last event in the log, for `min_position`")
    items: tuple[BulkRow, ...]
