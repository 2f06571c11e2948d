"""Pages: lists answered a part at a time, from behind the place where the last part ended (DESIGN §6)."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import Field, TypeAdapter, ValidationError

from api.answering.problems import Problem, invalid_field

KeyT = TypeVar("KeyT")
Number = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
"""What PostgreSQL takes for a whole number."""

Limit = Annotated[int, Query(ge=1, le=200, description="Items a page")]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next` of the page before, with the same filters")]


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is asked for."""

    limit: int
    cursor: str | None


async def part(limit: Limit = 50, cursor: Cursor = None) -> Part:
    """The first page of fifty, unless something else is asked for."""
    return Part(limit, cursor)


Paged = Annotated[Part, Depends(part)]


class Cursors(Generic[KeyT]):
    """The cursors of one list: opaque to callers, and only ever good for the filters they were made under."""

    def __init__(self, key: type[KeyT]) -> None:
        self._marks = TypeAdapter(tuple[str, key])  # type: ignore[valid-type]  # the key is a type

    def mark(self, key: KeyT | None, *filters: object) -> str | None:
        """The cursor of a place; None on the last page."""
        if key is None:
            return None
        return urlsafe_b64encode(self._marks.dump_json((_digest(filters), key))).rstrip(b"=").decode()

    def place(self, paged: Part, *filters: object) -> KeyT | None:
        """The place that the cursor marks. Raises Problem (422) for one of another list, or of other filters."""
        if paged.cursor is None:
            return None
        cursor = paged.cursor
        try:
            digest, key = self._marks.validate_json(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), strict=True)
        except (binascii.Error, ValueError, ValidationError):
            raise _no_cursor("is no cursor of this list") from None
        if digest != _digest(filters):
            raise _no_cursor("belongs to other filters")
        return key


def _no_cursor(detail: str) -> Problem:
    return invalid_field("query", "cursor", detail)


def _digest(filters: tuple[object, ...]) -> str:
    return sha256("\n".join(map(str, filters)).encode()).hexdigest()[:16]
