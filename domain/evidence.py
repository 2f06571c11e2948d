"""Evidence: photos uploaded by a party, each named in the log with the digest of its content (SPEC §8)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.messages import Event, Line

LARGEST_UPLOAD = 10 * 1024 * 1024
"""Bytes; what a phone's camera makes fits, a film does not."""


class MediaType(StrEnum):
    """What may be uploaded; told from the content, never from what the uploader says."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"


class EvidenceUploaded(Event):
    """A party uploaded a photo; the content lies in the evidence store under this id."""

    topic: ClassVar[str] = "evidence.uploaded.v1"
    evidence_id: UUID
    owner: Line
    """Whose it is, as ``role:id``: only he may name it, and its content is encrypted with his key."""
    digest: str
    """SHA-256 of the content as uploaded, hexadecimal."""
    media_type: MediaType
    size: int
    """Bytes."""
