"""Turns one row into the facts of an order line, or finds everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import to_json

from domain.order.facts import OrderLineFacts
from runtime.order_import.columns import COLUMNS, CURRENCY, NAMES, Column
from runtime.order_import.lines import unfit
from runtime.order_import.rows import LONGEST_SHOWN, Fault, Row, shown

COLUMN_AT = {column.path: column.name for column in COLUMNS}
MOST_FAULTS: Final = 50
LONGEST_REASON: Final = 300
"""Characters; more of either is told of no row, however much is wrong with it."""
DEEPEST: Final = 8
"""Levels of an object in the API's shape; an order line has half as many."""

Verdict = OrderLineFacts | tuple[Fault, ...]
Location = tuple[int | str, ...]


def facts_of(row: Row) -> Verdict:
    """The facts, or every fault that can be found; of very many the first."""
    verdict = row.faults or (_from_body(row.body) if row.body is not None else _from_cells(row.cells or {}))
    return verdict if isinstance(verdict, OrderLineFacts) else tuple(_told(verdict))


def _told(faults: Sequence[Fault]) -> Iterator[Fault]:
    for fault in faults[:MOST_FAULTS]:
        yield replace(fault, reason=_at_most(LONGEST_REASON, fault.reason))
    if len(faults) > MOST_FAULTS:
        yield Fault(None, f"and {len(faults) - MOST_FAULTS} faults more")


def _at_most(length: int, text: str) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


# A line in the shape in which the API takes it


def _from_body(body: Mapping[str, Any]) -> Verdict:
    if faults := tuple(_unfit_texts(body)):
        return faults
    return _validated(lambda: OrderLineFacts.model_validate_json(to_json(body), strict=True), _dotted)


def _unfit_texts(value: Any, *path: str) -> Iterator[Fault]:  # noqa: ANN401 -- any JSON
    if len(path) > DEEPEST:
        yield Fault(_dotted(path), "is nested too deep")
        return
    if isinstance(value, str) and (reason := unfit(value)):
        yield Fault(_dotted(path), reason)
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from _unfit_texts(part, *path, str(name))


def _dotted(location: Location) -> str | None:
    return shown(".".join(map(str, location))) or None


# A line as texts by column


def _from_cells(cells: Mapping[str, str]) -> Verdict:
    faults = [Fault(shown(name), "is no known column") for name in cells if name not in NAMES]
    built: dict[str, Any] = {}
    unread = set()
    for column in COLUMNS:
        try:
            _read(column, cells, built)
        except ValueError as error:
            faults += _of_cell(column.name, error)
            unread.add(column.name)
    verdict = _validated(lambda: OrderLineFacts.model_validate(built), _column)
    if not isinstance(verdict, OrderLineFacts):
        faults += [fault for fault in verdict if fault.column not in unread]
    elif not faults:
        return verdict
    return tuple(dict.fromkeys(faults))


def _of_cell(name: str, error: ValueError) -> Iterable[Fault]:
    if isinstance(error, ValidationError):
        return _faults(error, lambda at: CURRENCY if CURRENCY in at else name)
    return [Fault(name, str(error))]


def _read(column: Column, cells: Mapping[str, str], built: dict[str, Any]) -> None:
    text = cells.get(column.name, "").strip()
    if not text:
        return
    if reason := unfit(text):
        raise ValueError(reason)
    value = column.read(text, cells.get(CURRENCY, "").strip())
    *parents, name = column.path
    for parent in parents:
        built = built.setdefault(parent, {})
    built[name] = value


def _column(location: Location) -> str | None:
    """The column of a place in the facts; None for the line as a whole."""
    lengths = range(len(location), 0, -1)
    return next((COLUMN_AT[path] for n in lengths if (path := tuple(map(str, location[:n]))) in COLUMN_AT), None)


# Both


def _validated(read: Callable[[], OrderLineFacts], name: Callable[[Location], str | None]) -> Verdict:
    try:
        return read()
    except ValidationError as error:
        return tuple(_faults(error, name))


def _faults(error: ValidationError, name: Callable[[Location], str | None]) -> Iterator[Fault]:
    for each in error.errors():
        if each["type"] == "missing":
            yield Fault(name(each["loc"]), "is missing")
            continue
        reason = each["msg"].removeprefix("Value error, ")
        given = each["input"]
        yield Fault(name(each["loc"]), f"{reason}, not {given[:LONGEST_SHOWN]!r}" if isinstance(given, str) else reason)
