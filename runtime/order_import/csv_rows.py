"""Takes a CSV file of order lines apart; its first row names the columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from runtime.order_import.columns import NAMES, REQUIRED
from runtime.order_import.lines import Lines, unfit
from runtime.order_import.rows import Fault, FileRefusedError, Row


def csv_rows(lines: Lines) -> Iterator[Row]:
    """Every row but the header, blank ones left out. Raises FileRefusedError for columns that cannot be imported."""
    reader = csv.reader(lines, strict=True)
    header = _header(reader)
    while True:
        first = lines.number + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Row(first, faults=(_broken(error, first, lines.number),))
            continue
        if cells is None:
            return
        if cells:
            yield _row(first, header, cells)


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(header):
        return Row(line, faults=(Fault(None, f"has {len(cells)} cells where the header names {len(header)} columns"),))
    return Row(line, cells=dict(zip(header, cells, strict=True)))


def _broken(error: csv.Error, first: int, last: int) -> Fault:
    span = f"; lines {first} to {last} were taken as one row" if last > first else ""
    return Fault(None, f"no CSV row: {error}{span}")


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except csv.Error as error:
        raise FileRefusedError(f"the first line is no CSV header: {error}") from error
    for name in header:
        if reason := unfit(name):
            raise FileRefusedError(f"the first line names no columns: {reason}")
    if len(header) == 1 and (separator := next((s for s in ";\t|" if s in header[0]), None)):
        raise FileRefusedError(f"the columns are separated by {separator!r}; separate them by ','")
    _check_columns(header)
    return header


def _check_columns(header: Sequence[str]) -> None:
    unknown = [name or "(no name)" for name in header if name not in NAMES]
    missing = [name for name in REQUIRED if name not in header]
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    faults = [
        f"{words}: {', '.join(names)}"
        for words, names in (("unknown columns", unknown), ("missing columns", missing), ("named twice", twice))
        if names
    ]
    if faults:
        raise FileRefusedError(f"{'; '.join(faults)} (known are {', '.join(NAMES)})")
