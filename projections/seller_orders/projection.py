"""Keeps the hub's lines, their counts and their words in step with the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.order.events import OrderLineRecorded, OrderLineUpdated
from domain.order.facts import OrderLineFacts
from domain.refund.events import CaseEvent
from projections import case_glance
from projections.case_glance import Columns
from projections.decoding import topics_of
from projections.openings import Opening, Openings
from projections.schema import putting, rows_of, write
from projections.seller_orders.rows import facts_columns, new_row, placed
from projections.seller_orders.tables import seller_order, seller_order_count, seller_order_search
from projections.seller_orders.words import words_of_line
from store.envelope import Envelope

LOAD = sa.select(seller_order).where(
    seller_order.c.line_id == sa.func.any(sa.bindparam("lines", type_=sa.ARRAY(sa.Text)))
)
PUT_LINES = putting(seller_order)


def _counting() -> sa.Executable:
    rows = rows_of(seller_order_count)
    insert = postgresql.insert(seller_order_count).from_select(list(rows.c.keys()), sa.select(rows))
    counted = seller_order_count.c.lines + insert.excluded.lines
    return insert.on_conflict_do_update(index_elements=list(seller_order_count.primary_key), set_={"lines": counted})


def _find_by() -> sa.Executable:
    words = sa.table("found_by", sa.column("line_id", sa.Text), sa.column("words", sa.ARRAY(sa.Text)))
    rows = rows_of(words)
    insert = postgresql.insert(seller_order_search).from_select(
        ["line_id", "words"], sa.select(rows.c.line_id, sa.func.array_to_tsvector(rows.c.words))
    )
    return insert.on_conflict_do_update(index_elements=["line_id"], set_={"words": insert.excluded.words})


COUNT = _counting()
NONE_LEFT = sa.delete(seller_order_count).where(
    seller_order_count.c.seller_id == sa.func.any(sa.bindparam("sellers", type_=sa.ARRAY(sa.Text))),
    seller_order_count.c.lines == 0,
)
FIND_BY = _find_by()


class SellerOrders:
    """One row an order line; its case's events are folded on what the row says already."""

    name = "seller_orders"
    tables = (seller_order, seller_order_count, seller_order_search)
    topics = topics_of(OrderLineRecorded, OrderLineUpdated, CaseEvent)

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def apply(self, conn: sa.Connection, events: Sequence[Envelope]) -> None:
        openings = self._openings.of(conn, [it for it in events if isinstance(it.payload, CaseEvent)])
        lines = [_line_of(envelope, openings) for envelope in events]
        stored: dict[str, Columns] = {
            row["line_id"]: dict(row) for row in conn.execute(LOAD, {"lines": list(set(lines))}).mappings()
        }
        rows = {line: dict(row) for line, row in stored.items()}
        found_by: dict[str, OrderLineFacts] = {}
        for line, envelope in zip(lines, events, strict=True):
            _fold(rows, line, envelope, openings, found_by)
        changed = [row for line, row in rows.items() if row != stored.get(line)]
        for row in changed:
            placed(row)
        write(conn, PUT_LINES, changed)
        _count(conn, _differences(stored, changed))
        write(conn, FIND_BY, [{"line_id": line, "words": words_of_line(facts)} for line, facts in found_by.items()])


def _count(conn: sa.Connection, differences: Sequence[Columns]) -> None:
    write(conn, COUNT, differences)
    fewer = {row["seller_id"] for row in differences if row["lines"] < 0}
    if fewer:
        conn.execute(NONE_LEFT, {"sellers": list(fewer)})


def _line_of(envelope: Envelope, openings: Mapping[Any, Opening]) -> str:
    event = envelope.payload
    if isinstance(event, OrderLineRecorded | OrderLineUpdated):
        return event.facts.line_id
    return openings[envelope.originator_id].event.line.line_id


def _fold(
    rows: dict[str, Columns],
    line: str,
    envelope: Envelope,
    openings: Mapping[Any, Opening],
    found_by: dict[str, OrderLineFacts],
) -> None:
    event = envelope.payload
    if isinstance(event, OrderLineRecorded | OrderLineUpdated):
        row = rows.setdefault(line, new_row(event.facts))
        if envelope.originator_version > row["line_version"]:
            row.update(facts_columns(event.facts), line_version=envelope.originator_version)
            found_by[line] = event.facts
    elif isinstance(event, CaseEvent):
        opening = openings[envelope.originator_id]
        _fold_case(rows.setdefault(line, new_row(opening.event.line)), envelope, event, opening)


def _fold_case(row: Columns, envelope: Envelope, event: CaseEvent, opening: Opening) -> None:
    """A newer case takes the row over; an older one no longer shows."""
    attempt = opening.event.attempt
    if attempt > (row["attempt"] or 0):
        row.update(case_id=opening.event.case_id, attempt=attempt, **case_glance.opened(opening))
    if attempt == row["attempt"]:
        case_glance.move(row, envelope, event)


def _differences(before: Mapping[str, Columns], after: Iterable[Columns]) -> list[Columns]:
    """By how much each count changes."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in after:
        counts.update(_counted(row))
        if row["line_id"] in before:
            counts.subtract(_counted(before[row["line_id"]]))
    names = ("seller_id", "quick", "standing")
    return [{**dict(zip(names, key, strict=True)), "lines": lines} for key, lines in sorted(counts.items()) if lines]


def _counted(row: Columns) -> Iterable[tuple[str, str, str]]:
    """The counts a row is part of."""
    yield row["seller_id"], "all", row["all_standing"]
    if row["refund_standing"]:
        yield row["seller_id"], "refund", row["refund_standing"]
