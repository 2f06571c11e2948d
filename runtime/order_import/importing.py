"""Imports a file of order lines: rows are judged as they are read and recorded in batches, each a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final
from uuid import uuid4

from domain.actors import Actor, Role
from domain.order.facts import OrderLineFacts
from runtime.order_import.csv_rows import csv_rows
from runtime.order_import.facts import Verdict, facts_of
from runtime.order_import.json_rows import json_rows
from runtime.order_import.lines import Lines, unfit
from runtime.order_import.repeats import Repeats
from runtime.order_import.rows import Fault, FileRefusedError, Judged, Row
from store.application import Errand, LineResult, OrderLines, Recorded

BATCH: Final = 200
"""Rows recorded in one transaction; an interrupted import has lost no more than the last of them."""
LONGEST_LINE_ID: Final = 128
"""Characters of what a row that is refused may name as its line."""
IMPORTER: Final = Actor(role=Role.MARKETPLACE, id="import")


@dataclass(frozen=True, slots=True)
class Pending:
    """A line of the file, and the facts that remain to be recorded."""

    line: int
    facts: OrderLineFacts


Batch = list[Pending | Judged]


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
        for batch in _batches(rows_of(lines), repeats):
            errand = Errand(actor=IMPORTER, command_id=uuid4(), correlation_id=import_id)
            yield from _recorded(batch, order_lines, errand, repeats)
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


def _batches(rows: Iterable[Row], repeats: Repeats) -> Iterator[Batch]:
    """The rows, judged as they are read, in batches that tell of no order line differently.

    What was read before the file turned out to be none is still handed on.
    """
    batch: Batch = []
    told: dict[str, OrderLineFacts] = {}
    try:
        for row in rows:
            verdict = facts_of(row)
            if isinstance(verdict, OrderLineFacts) and told.setdefault(verdict.line_id, verdict) != verdict:
                yield batch
                batch, told = [], {verdict.line_id: verdict}
            batch.append(_judged(row, verdict, repeats))
            if len(batch) == BATCH:
                yield batch
                batch, told = [], {}
    except FileRefusedError:
        yield batch
        raise
    yield batch


def _judged(row: Row, verdict: Verdict, repeats: Repeats) -> Pending | Judged:
    """What remains to be done with the row, or what became of it already."""
    if not isinstance(verdict, OrderLineFacts):
        return Judged(row.line, _line_id(row), Recorded.REFUSED, verdict)
    earlier = repeats.earlier(verdict)
    if earlier is None:
        return Pending(row.line, verdict)
    first, is_same = earlier
    if is_same:
        return Judged(row.line, verdict.line_id, Recorded.UNCHANGED)
    fault = Fault("line_id", f"line {first} of the file already tells of {verdict.line_id}, differently")
    return Judged(row.line, verdict.line_id, Recorded.REFUSED, (fault,))


def _line_id(row: Row) -> str | None:
    named = (row.body or row.cells or {}).get("line_id")
    return named if isinstance(named, str) and len(named) <= LONGEST_LINE_ID and not unfit(named) else None


def _recorded(
    batch: Sequence[Pending | Judged], order_lines: OrderLines, errand: Errand, repeats: Repeats
) -> Iterator[Judged]:
    good = [each.facts for each in batch if isinstance(each, Pending)]
    results = iter(order_lines.record(good, errand).lines if good else ())
    for each in batch:
        yield each if isinstance(each, Judged) else _result(each, next(results), repeats)


def _result(row: Pending, result: LineResult, repeats: Repeats) -> Judged:
    """What became of a row; of one that repeats another of its batch, that it changed nothing."""
    if refusal := result.refusal:
        fault = Fault(refusal.facts.get("field"), refusal.sentence)
        return Judged(row.line, result.line_id, result.recorded, (fault,))
    is_first = repeats.keep(row.facts, row.line)
    return Judged(row.line, result.line_id, result.recorded if is_first else Recorded.UNCHANGED)
