"""What every answer's shape has in common, and the parts that many share."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, TypeAdapter, WithJsonSchema

SPAN = TypeAdapter(timedelta)


class Shape(BaseModel):
    """A part of an answer. Further fields may be added to it at any time."""

    model_config = ConfigDict(frozen=True)


def share(part: int, whole: int) -> Decimal | None:
    """One number by another, to four decimals, half up; None where there is nothing to compare with."""
    return (Decimal(part) / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP) if whole else None


Share = Annotated[
    Decimal | None, Field(examples=["0.3333"], description="Four decimals; null where there is nothing to compare with")
]
"""A rate as a decimal text, so that it is exact."""


def _in_days(span: timedelta) -> str:
    """ISO 8601 without years, which have no length of their own."""
    days, rest = divmod(span, timedelta(days=1))
    return f"P{days}D{_within_a_day(rest)}" if days else f"P{_within_a_day(rest) or 'T0S'}"


def _within_a_day(rest: timedelta) -> str:
    return str(SPAN.dump_python(rest, mode="json")).removeprefix("P") if rest else ""


Duration = Annotated[
    timedelta,
    PlainSerializer(
        _in_days, Annotated[str, WithJsonSchema({"type": "string", "format": "duration"})], when_used="json"
    ),
]
"""How long something took or waited, in days of 24 hours, hours, minutes and seconds; never below zero."""


class EvidenceLink(Shape):
    """A photo shown in a case."""

    evidence_id: UUID
    media_type: str = Field(examples=["image/jpeg"])
    size: int = Field(description="Bytes")
    digest: str = Field(description="SHA-256 of the content, hexadecimal")
    href: str = Field(description="Where the content is", examples=["/v1/evidence/…?case=…"])


class RecordedChange(Shape):
    """That something was recorded, stands as it was reported, or would."""

    version: int = Field(description="Of what was changed, also its `ETag`")
    position: int | None = Field(
        description="In the log, for `min_position`; null where nothing had to change, and in a preview"
    )
