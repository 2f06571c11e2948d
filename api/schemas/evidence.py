"""The shape of an uploaded photo."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from api.schemas.shape import Shape
from domain.evidence import MediaType


class Upload(Shape):
    """A photo that was taken in, to be named by its id."""

    evidence_id: UUID
    media_type: MediaType = Field(description="Told from the content, whatever the sender says")
    size: int = Field(description="Bytes")
    digest: str = Field(description="SHA-256 of the content, hexadecimal")
