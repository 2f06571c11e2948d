"""Turns one row into the facts of an order line, or finds everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from domain.order.facts import OrderLineFacts
from runtime.order_import.columns import COLUMNS, CURRENCY, NAMES, Column
from runtime.order_import.lines import unfit
from runtime.order_import.rows import Fault, Row

COLUMN_AT = {column.path: column.name for column in COLUMNS}
LONGEST_SHOWN = 60
"""Characters of a wrong text that a reason repeats."""

Verdict = OrderLineFacts | tuple[Fault, ...]
Location = tuple[int | str, ...]


def facts_of(row: Row) -> Verdict:
    """The facts, or every fault that can be found."""
    if row.faults:
        return row.faults
    return _from_body(row.body) if row.body is not None else _from_cells(row.cells or {})


# A line in the shape in which the API takes it


def _from_body(body: Mapping[str, Any]) -> Verdict:
    if faults := tuple(_unfit_texts(body)):
        return faults
    return _validated(body, _dotted)


def _unfit_texts(value: Any, *path: str) -> Iterator[Fault]:  # noqa: ANN401 -- any JSON
    if isinstance(value, str) and (reason := unfit(value)):
        yield Fault(".".join(path), reason)
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from _unfit_texts(part, *path, str(name))


def _dotted(location: Location) -> str | None:
    return ".".join(map(str, location)) or None


# A line as texts by column


def _from_cells(cells: Mapping[str, str]) -> Verdict:
    faults = [Fault(name, "is no known column") for name in cells if name not in NAMES]
    built: dict[str, Any] = {}
    unread = set()
    for column in COLUMNS:
        try:
            _read(column, cells, built)
        except ValueError as error:
            faults += _of_cell(column.name, error)
            unread.add(column.name)
    verdict = _validated(built, _column)
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


def _validated(facts: Mapping[str, Any], name: Callable[[Location], str | None]) -> Verdict:
    try:
        return OrderLineFacts.model_validate(facts)
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
