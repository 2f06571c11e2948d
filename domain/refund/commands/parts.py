"""Parts that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.messages import Value
from domain.vocabulary import Party

Evidence = Annotated[tuple[UUID, ...], Field(max_length=20)]
"""Ids of uploaded evidence, in the order they are shown."""


class Purpose(StrEnum):
    """What a message or piece of evidence is for (SPEC §12)."""

    QUESTION = "question"
    ANSWER = "answer"
    PROOF_OF_PACKING = "proof_of_packing"
    SHOWN_IN_STREAM = "shown_in_stream"
    TRACKING = "tracking"
    REPLACEMENT_ITEM = "replacement_item"
    OTHER = "other"


class Liability(Value):
    """Who bears a refund that support decides, in shares that sum to one hundred (SPEC §4)."""

    seller: Annotated[int, Field(ge=0, le=100)] = 0
    platform: Annotated[int, Field(ge=0, le=100)] = 0
    carrier: Annotated[int, Field(ge=0, le=100)] = 0

    @property
    def shares(self) -> dict[Party, int]:
        return {Party.SELLER: self.seller, Party.PLATFORM: self.platform, Party.CARRIER: self.carrier}
