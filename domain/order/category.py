"""Categories: the marketplace's own, compared by a code that forgives how it writes them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints

LONGEST = 100


def category_code(name: str) -> str:
    """The code of a category: ``Sports Cards``, ``sports-cards`` and ``sports_cards`` are all ``sports_cards``."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def _coded(value: Any) -> Any:  # noqa: ANN401 -- pydantic hands over whatever was written
    return category_code(value) if isinstance(value, str) else value


def _is_code(text: str) -> str:
    if text != category_code(text):
        raise ValueError(f"{text!r} is no category code; write {category_code(text)!r}")
    return text


_Length = StringConstraints(min_length=1, max_length=LONGEST)
Category = Annotated[str, BeforeValidator(_coded), _Length]
"""A category as the marketplace writes it, kept as its code."""
CategoryCode = Annotated[str, _Length, AfterValidator(_is_code)]
"""A category's code, written as it is kept."""
