"""Imports a file of order lines: rows are judged as they are read and recorded in batches, each a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final
from uuid import uuid4

from domain.actors import Actor, Role
from domain.order.facts import OrderLineFacts
from runtime.order_import.csv_rows import csv_rows
from runtime.order_import.facts import facts_of
from runtime.order_import.json_rows import json_rows
from runtime.order_import.lines import Lines, unfit
from runtime.order_import.repeats import Repeats
from runtime.order_import.rows import Fault, FileRefusedError, Judged, Row
from store.application import Errand, LineResult, OrderLines, Recorded

BATCH: Final = 200
"""Rows recorded in one transaction; an interrupted import has lost no more than the last of them."""
IMPORTER: Final = Actor(role=Role.MARKETPLACE, id="import")

Pending = tuple[int, OrderLineFacts]
"""A line of the file and the facts that remain to be recorded."""


def import_orders(
    file: BinaryIO, order_lines: OrderLines, *, read_so_far: Callable[[int], None] = lambda _: None
) -> Iterator[Judged]:
    """What becomes of each row, in the file's order, in bounded memory; rows are recorded as this is consumed.

    ``read_so_far`` is told the bytes read. The same file twice changes nothing, so an import that was interrupted
    is simply repeated. Raises FileRefusedError for a file that is none of order lines, and what recording raises.
    """
    lines = Lines(file)
    import_id = uuid4()
    with Repeats() as repeats:
        for rows in batches(rows_of(lines), BATCH):
            errand = Errand(actor=IMPORTER, command_id=uuid4(), correlation_id=import_id)
            yield from _recorded([_judged(row, repeats) for row in rows], order_lines, errand)
            read_so_far(lines.bytes_read)


def rows_of(lines: Lines) -> Iterator[Row]:
    """The rows of a file that is either CSV or has one JSON object a line, told by its first character."""
    match lines.peek().lstrip()[:1]:
        case "":
            raise FileRefusedError("the file does not begin with a header or an order line; it may be empty")
        case "[":
            raise FileRefusedError("the file is one JSON array; write one object a line, without brackets and commas")
        case "{":
            return json_rows(lines)
        case _:
            return csv_rows(lines)


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """The rows in lists of ``size``; what was read before the file turned out to be none is still handed on."""
    batch: list[Row] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == size:
                yield batch
                batch = []
    except FileRefusedError:
        yield batch
        raise
    yield batch


def _judged(row: Row, repeats: Repeats) -> Pending | Judged:
    """What remains to be done with the row, or what became of it already."""
    verdict = facts_of(row)
    if not isinstance(verdict, OrderLineFacts):
        return Judged(row.line, _line_id(row), Recorded.REFUSED, verdict)
    earlier = repeats.earlier(verdict, row.line)
    if earlier is None:
        return row.line, verdict
    first, is_same = earlier
    if is_same:
        return Judged(row.line, verdict.line_id, Recorded.UNCHANGED)
    fault = Fault("line_id", f"line {first} of the file already tells of {verdict.line_id}, differently")
    return Judged(row.line, verdict.line_id, Recorded.REFUSED, (fault,))


def _line_id(row: Row) -> str | None:
    named = (row.body or row.cells or {}).get("line_id")
    return named if isinstance(named, str) and not unfit(named) else None


def _recorded(batch: list[Pending | Judged], order_lines: OrderLines, errand: Errand) -> Iterator[Judged]:
    good = [each[1] for each in batch if not isinstance(each, Judged)]
    results = iter(order_lines.record(good, errand).lines if good else ())
    for each in batch:
        yield each if isinstance(each, Judged) else _result(each[0], next(results))


def _result(line: int, result: LineResult) -> Judged:
    refusal = result.refusal
    faults = (Fault(refusal.facts.get("field"), refusal.sentence),) if refusal else ()
    return Judged(line, result.line_id, result.recorded, faults)
