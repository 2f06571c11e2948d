"""Takes a file of order lines apart that has one JSON object a line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from runtime.order_import.lines import Lines, unfit
from runtime.order_import.rows import Fault, Row, shown

MOST_DIGITS: Final = 100
"""Of a whole number; no amount or quantity comes near."""


def json_rows(lines: Lines) -> Iterator[Row]:
    """Every line but blank ones; an object whose ``price`` is one itself is in the API's shape, else it has columns."""
    for text in map(str.strip, lines):
        if text:
            yield _row(lines.number, text)


def _row(line: int, text: str) -> Row:
    try:
        content = _object(text)
    except ValueError as error:
        return Row(line, faults=(Fault(None, str(error)),))
    if isinstance(content.get("price"), dict):
        return Row(line, body=content)
    faults = tuple(
        Fault(shown(name), "is a list or an object; a column holds one value")
        for name, value in content.items()
        if isinstance(value, dict | list)
    )
    return Row(line, cells={name: _text(value) for name, value in content.items()}, faults=faults)


def _object(text: str) -> dict[str, Any]:
    """The line's object, its decimals exact. Raises ValueError with the reason when it is none."""
    if reason := unfit(text):
        raise ValueError(reason)
    try:
        content = json.loads(
            text,
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_no_number,
            object_pairs_hook=_named_once,
            strict=True,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} at character {error.colno}") from error
    except RecursionError:
        raise ValueError("no order line: nested too deep") from None
    if not isinstance(content, dict):
        raise ValueError("no JSON object; each line is one")  # noqa: TRY004 -- wrong content, not a wrong call
    return content


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"a number has {len(text)} digits")
    return int(text)


def _no_number(name: str) -> None:
    raise ValueError(f"no JSON: {name} is no number")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if reason := next(filter(None, map(unfit, content)), None):
        raise ValueError(f"a name's {reason}")
    if len(content) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"names '{shown(twice)}' twice")
    return content


def _text(value: Any) -> str:  # noqa: ANN401 -- any JSON
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
