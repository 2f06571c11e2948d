"""The shape of the list of policies."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shape import Shape
from domain.policy import Policy


class Policies(Shape):
    """All policy versions in force or pinned anywhere."""

    current: str = Field(description="The version that new cases are pinned to", examples=["standard@1"])
    items: tuple[Policy, ...]
