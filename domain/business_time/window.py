"""Windows: how long something lasts, as policies write it (SPEC §6)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from domain.messages import Value

LONGEST = 1000
"""No window is longer than this many units; a larger number is a typing error."""


class Unit(StrEnum):
    """What a window counts."""

    BUSINESS_HOURS = "bh"
    BUSINESS_DAYS = "bd"
    HOURS = "h"
    DAYS = "d"


class Span(Value):
    """A number of units: 48 business hours, 5 business days, 7 calendar days, 24 hours."""

    amount: Annotated[int, Field(ge=0, le=LONGEST)]
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


class Window(Value):
    """One span, or several of which the one that ends later holds (SPEC §6: "5 weekdays" and "7 days")."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]

    def __str__(self) -> str:
        return " and ".join(map(str, self.spans))

    @property
    def is_empty(self) -> bool:
        """It ends the moment it begins."""
        return not any(span.amount for span in self.spans)


def parse_window(text: str) -> Window:
    """Read ``48bh``, ``5bd``, ``7d``, ``24h`` or ``5bd and 7d`` (the later of the two).

    Raises ValueError naming the part that is no span, or longer than any window.
    """
    return Window(spans=tuple(_parse_span(part) for part in text.split(" and ")))


def _parse_span(text: str) -> Span:
    match = re.fullmatch(r"([0-9]{1,9})(bh|bd|h|d)", text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no window; write 48bh, 5bd, 24h, 7d, or two joined by ' and '")
    amount = int(match[1])
    if amount > LONGEST:
        raise ValueError(f"{text!r} is longer than any window; {LONGEST} units are the most")
    return Span(amount=amount, unit=Unit(match[2]))


def _read(value: Any) -> Any:  # noqa: ANN401 -- pydantic hands over whatever was written
    if isinstance(value, Window):
        return value
    if not isinstance(value, str):
        raise ValueError("a window is written as a text such as 48bh")  # noqa: TRY004 -- pydantic asks for ValueError
    return parse_window(value)


WindowField = Annotated[Window, BeforeValidator(_read), PlainSerializer(str)]
"""A window as policies write it."""
