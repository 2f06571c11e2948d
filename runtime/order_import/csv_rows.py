"""Takes a CSV file of order lines apart; its first row names the columns."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from runtime.order_import.columns import NAMES, REQUIRED
from runtime.order_import.lines import LONGEST_LINE, Lines, unfit
from runtime.order_import.rows import Fault, FileRefusedError, Row, shown

MOST_LISTED: Final = 30
"""Names of columns that one sentence repeats: all that there are, and a few."""


class OneRow(Iterator[str]):
    """The lines of one row: several where a text has line ends in it, but no more than fit into memory.

    What comes after a row that was left off half-way is read on as the next.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._length = 0

    def begin(self) -> int:
        """The number of the line at which the next row begins."""
        self._length = 0
        return self._lines.number + 1

    def __next__(self) -> str:
        line = next(self._lines)
        self._length += len(line)
        if self._length > LONGEST_LINE:
            raise csv.Error(f"it is longer than {LONGEST_LINE} characters")
        return line


def csv_rows(lines: Lines) -> Iterator[Row]:
    """Every row but the header, blank ones left out. Raises FileRefusedError for columns that cannot be imported."""
    row = OneRow(lines)
    reader = csv.reader(row, strict=True)
    header = _header(reader)
    while True:
        first = row.begin()
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
    return Fault(None, f"no CSV row: {_reason(error)}{span}")


def _reason(error: csv.Error) -> str:
    """The library's words, but for those that speak of how it was called."""
    if "new-line character" in str(error):
        return "a carriage return stands alone; let lines end with a line feed"
    return str(error)


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except csv.Error as error:
        raise FileRefusedError(f"the first line is no CSV header: {_reason(error)}") from error
    for name in header:
        if reason := unfit(name):
            raise FileRefusedError(f"the first line names no columns: {reason}")
    if len(header) == 1 and (separator := next((s for s in ";\t|" if s in header[0]), None)):
        raise FileRefusedError(f"the columns are separated by {separator!r}; separate them by ','")
    _check_columns(header)
    return header


def _check_columns(header: Sequence[str]) -> None:
    counts = Counter(header)
    unknown = [name or "(no name)" for name in header if name not in NAMES]
    missing = [name for name in REQUIRED if name not in counts]
    twice = [name for name, count in counts.items() if count > 1]
    faults = [
        f"{words}: {_listed(names)}"
        for words, names in (("unknown columns", unknown), ("missing columns", missing), ("named twice", twice))
        if names
    ]
    if faults:
        raise FileRefusedError(f"{'; '.join(faults)} (known are {', '.join(NAMES)})")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return f"{', '.join(map(shown, names[:MOST_LISTED]))}{more}"
