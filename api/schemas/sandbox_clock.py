"""The shapes of the sandbox's time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from api.schemas.shape import Shape
from domain.messages import Instant, Value


class Advance(Value):
    """How far to move time forward."""

    by: Annotated[timedelta, Field(description="An ISO 8601 duration", examples=["PT48H"])]


class SetTo(Value):
    """To which instant to move time forward."""

    now_at: Annotated[Instant, Field(examples=["2026-03-09T09:00:00+01:00"])]


class ClockTime(Shape):
    """What time it is."""

    now_at: datetime
