"""What every answer's shape has in common, and the parts that many share."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A part of an answer. Further fields may be added to it at any time."""

    model_config = ConfigDict(frozen=True)


class EvidenceLink(Shape):
    """A photo shown in a case."""

    evidence_id: UUID
    media_type: str = Field(examples=["image/jpeg"])
    size: int = Field(description="Bytes")
    digest: str = Field(description="SHA-256 of the content, hexadecimal")
    href: str = Field(description="Where the content is", examples=["/v1/evidence/…?case=…"])


class RecordedChange(Shape):
    """That something was recorded, or stands as it was reported."""

    version: int = Field(description="Of what was changed, also its `ETag`")
    position: int | None = Field(description="In the log, for `min_position`; null where nothing had to change")
