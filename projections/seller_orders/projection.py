"""Keeps the hub's lines and their counts in step with the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.order.events import OrderLineRecorded, OrderLineUpdated
from domain.order.facts import OrderLineFacts
from domain.refund.events import RequestOpened
from projections.changes import Change, writing
from projections.decoding import topics_of
from projections.glance import Columns
from projections.openings import Opening, Openings
from projections.processes import TOPICS, Step
from projections.round_trips import load
from projections.schema import putting, rows_of
from projections.seller_orders.filters import Quick
from projections.seller_orders.rows import facts_columns, new_row, placed
from projections.seller_orders.tables import CANCELLATION, CASE, seller_order, seller_order_count
from store.envelope import Envelope

Report: TypeAlias = OrderLineRecorded | OrderLineUpdated

LOAD = sa.select(seller_order).where(
    seller_order.c.line_id == sa.func.any(sa.bindparam("lines", type_=sa.ARRAY(sa.Text)))
)
PUT_LINES = putting(seller_order)


def _counting() -> sa.Executable:
    rows = rows_of(seller_order_count)
    insert = postgresql.insert(seller_order_count).from_select(list(rows.c.keys()), sa.select(rows))
    counted = seller_order_count.c.lines + insert.excluded.lines
    return insert.on_conflict_do_update(index_elements=list(seller_order_count.primary_key), set_={"lines": counted})


COUNT = _counting()
NONE_LEFT = sa.delete(seller_order_count).where(
    seller_order_count.c.seller_id == sa.func.any(sa.bindparam("sellers", type_=sa.ARRAY(sa.Text))),
    seller_order_count.c.lines == 0,
)


class SellerOrders:
    """One row an order line; what happens is folded on what the row says already."""

    name = "seller_orders"
    tables = (seller_order, seller_order_count)
    topics = TOPICS | topics_of(OrderLineRecorded, OrderLineUpdated)

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        openings = self._openings.of(conn, [it for it in events if isinstance(it.payload, Step)])
        lines = [_line_of(envelope, openings) for envelope in events]
        stored = {row["line_id"]: row for row in load(conn, LOAD, {"lines": list(set(lines))})}
        fold = _Fold({line: dict(row) for line, row in stored.items()}, openings)
        for line, envelope in zip(lines, events, strict=True):
            fold.take_in(line, envelope)
        changed = [row for line, row in fold.rows.items() if row != stored.get(line)]
        for row in changed:
            placed(row)
        return [*writing(PUT_LINES, changed), *_counting_anew(_differences(stored, changed))]


def _counting_anew(differences: Sequence[Columns]) -> list[Change]:
    fewer = {row["seller_id"] for row in differences if row["lines"] < 0}
    emptied = [Change(NONE_LEFT, {"sellers": list(fewer)})] if fewer else []
    return [*writing(COUNT, differences), *emptied]


def _line_of(envelope: Envelope, openings: Mapping[UUID, Opening]) -> str:
    event = envelope.payload
    if isinstance(event, Report):
        return event.facts.line_id
    return openings[envelope.originator_id].line.line_id


class _Fold:
    """The rows that a batch touches."""

    def __init__(self, rows: dict[str, Columns], openings: Mapping[UUID, Opening]) -> None:
        self.rows = rows
        self._openings = openings

    def take_in(self, line: str, envelope: Envelope) -> None:
        event = envelope.payload
        if isinstance(event, Report):
            self._report(self._row(line, event.facts), envelope, event)
        else:
            opening = self._openings[envelope.originator_id]
            self._step(self._row(line, opening.line), envelope, opening)

    def _row(self, line: str, facts: OrderLineFacts) -> Columns:
        return self.rows.get(line) or self.rows.setdefault(line, new_row(facts))

    def _report(self, row: Columns, envelope: Envelope, event: Report) -> None:
        if envelope.originator_version > row["line_version"]:
            row.update(facts_columns(event.facts), line_version=envelope.originator_version)

    def _step(self, row: Columns, envelope: Envelope, opening: Opening) -> None:
        if isinstance(opening.event, RequestOpened):
            CASE.take_in(row, envelope, opening)
            row["reason"] = opening.event.reason if row["case_id"] == opening.event.case_id else row["reason"]
        else:
            CANCELLATION.take_in(row, envelope, opening)


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
    return [(row["seller_id"], quick, standing) for quick in Quick if (standing := row[f"{quick}_standing"])]
