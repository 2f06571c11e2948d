"""How a query names a moment of a matter's history: a version, or an instant by either clock (SPEC §7.10)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from api.answering.problems import invalid_field
from api.requests.preconditions import HIGHEST_VERSION
from domain.messages import Instant
from projections.moments import Clock, Moment

DIGITS = re.compile(r"[0-9]+", re.ASCII)
VERSION: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(ge=1, le=HIGHEST_VERSION)])
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def _read(text: Any) -> Any:  # noqa: ANN401 -- whatever the query holds
    if not isinstance(text, str):
        return text
    try:
        return VERSION.validate_python(int(text)) if DIGITS.fullmatch(text) else INSTANT.validate_python(text)
    except (ValidationError, ValueError):
        raise ValueError("is neither a version nor an instant such as 2026-03-06T18:00:00+01:00") from None


VersionOrInstant = Annotated[
    int | datetime,
    BeforeValidator(_read, json_schema_input_type=Annotated[str, Field(pattern=r"^([1-9][0-9]{0,9}|[0-9]{4}-.+)$")]),
]
From = Annotated[VersionOrInstant, Query(alias="from", description="A version, or an instant")]
To = Annotated[VersionOrInstant | None, Query(description="A version, or an instant; the newest state unless given")]
Version = Annotated[int | None, Query(ge=1, le=HIGHEST_VERSION, description="As it stood at this version")]
AsOf = Annotated[Instant | None, Query(description="As it stood at this moment")]
By = Annotated[
    Clock | None,
    Query(
        description="Which of two clocks an instant is read by: `recorded`, as the house knew it then, unless given; "
        "`occurred`, as it was then, with what the house learned only later"
    ),
]


def one_moment(version: int | None, as_of: datetime | None, by: Clock | None, now: datetime) -> Moment | None:
    """What ``version``, ``as_of`` and ``by`` name together; None for now. Raises Problem (422) where they clash."""
    if version is not None and as_of is not None:
        raise invalid_field("query", "as_of", "give a version or a moment, not both")
    if by is not None and as_of is None:
        raise invalid_field("query", "by", "says how `as_of` is meant, which is not given")
    at = version if as_of is None else as_of
    return None if at is None else past_moment("as_of", at, by, now)


def past_moment(name: str, at: int | datetime, by: Clock | None, now: datetime) -> Moment:
    """What the parameter of this name says. Raises Problem (422) for an instant that is still to come."""
    if isinstance(at, datetime) and at > now:
        raise invalid_field("query", name, "lies in the future")
    return Moment(at, by or Clock.RECORDED)
