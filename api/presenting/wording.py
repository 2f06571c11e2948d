"""Definitions in words for callers, who do not have the specification that docstrings refer to."""

from __future__ import annotations

import inspect
import re
from typing import Any

REFERENCE = re.compile(r" \((SPEC|DESIGN) [^)]*\)")


def sentence_of(message: type) -> str:
    """What a command or event means, as the first paragraph of its definition says."""
    first = (inspect.getdoc(message) or "").partition("\n\n")[0]
    return REFERENCE.sub("", first.replace("\n", " ")).rstrip(".") + "."


def without_references(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """A document, its texts without the places where docstrings name the specification."""
    if isinstance(value, dict):
        return {name: without_references(part) for name, part in value.items()}
    if isinstance(value, list):
        return [without_references(part) for part in value]
    return REFERENCE.sub("", value) if isinstance(value, str) else value
