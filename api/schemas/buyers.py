"""The shape of a buyer's standing."""

from __future__ import annotations

from api.schemas.shape import Shape


class Standing(Shape):
    """How a buyer stands with the marketplace's fraud review."""

    buyer_id: str
    under_review: bool
