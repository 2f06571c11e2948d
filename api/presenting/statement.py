"""A statement's entries, as JSON answers show them and as CSV for whoever keeps books with a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO

from api.presenting.whereabouts import matter_link
from api.schemas import ledger as shapes
from domain.labels import label
from domain.language import Locale
from domain.money import Money
from projections.ledger import StatementLine

COLUMNS = (
    "entry", "booked_at", "occurred_at", "text", "amount", "balance", "currency", "item", "rule", "process",
    "matter_id", "line_id", "policy", "position",
)  # fmt: skip
OPENING, ENTRY, CLOSING = "opening", "entry", "closing"
"""What the rows of a CSV statement are, in the first column."""


def statement_line(line: StatementLine) -> shapes.StatementLine:
    """An entry on the seller's account."""
    values = {name: getattr(line, name) for name in shapes.StatementLine.model_fields if name != "matter"}
    return shapes.StatementLine(**values, matter=matter_link(line.process, line.stream_id))


def csv_statement(
    opening: Money, pages: Iterable[Iterable[StatementLine]], start: datetime, end: datetime, locale: Locale
) -> Iterator[str]:
    """The opening balance, every entry with the balance after it, and the closing balance, page by page.

    Amounts are decimals with a point, whatever the language of the texts.
    """
    yield _written([COLUMNS, _balance(OPENING, start, opening)])
    closing = opening
    for page in pages:
        lines = list(page)
        closing = lines[-1].balance if lines else closing
        yield _written([_entry(line, locale) for line in lines])
    yield _written([_balance(CLOSING, end, closing)])


def _entry(line: StatementLine, locale: Locale) -> tuple[object, ...]:
    matter_id = line.stream_id if line.process else None
    return (
        ENTRY, _instant(line.booked_at), _instant(line.occurred_at), label(line.item, locale), line.amount.decimal,
        line.balance.decimal, line.amount.currency, line.item, line.rule, line.process, matter_id, line.line_id,
        line.policy, line.position,
    )  # fmt: skip


def _balance(kind: str, at: datetime, balance: Money) -> tuple[object, ...]:
    rest = ("",) * (len(COLUMNS) - 7)
    return kind, _instant(at), "", "", "", balance.decimal, balance.currency, *rest


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _written(rows: Iterable[Iterable[object]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
