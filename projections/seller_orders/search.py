"""Which of a seller's lines his words find, kept in step with what the marketplace reports of them (SPEC §7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import TSQUERY

from domain.order.events import OrderLineRecorded, OrderLineUpdated
from projections.changes import Change, writing
from projections.decoding import topics_of
from projections.round_trips import ask
from projections.schema import Row, rows_of
from projections.seller_orders.tables import order_line_words
from projections.seller_orders.words import words_of_line
from store.envelope import Envelope

FEW = 1000
"""Lines that are looked up one by one; of more, a page is soon full by going through the seller's lines in order."""
FOUND_BY = order_line_words.c.words.op("@@")(sa.cast(sa.bindparam("words"), TSQUERY))
FIND = sa.select(order_line_words.c.line_id).where(FOUND_BY).limit(sa.bindparam("limit", type_=sa.Integer))


def _put() -> sa.Executable:
    reported = sa.table(
        "reported",
        sa.column("line_id", sa.Text),
        sa.column("line_version", sa.Integer),
        sa.column("words", sa.ARRAY(sa.Text)),
    )
    rows = rows_of(reported)
    names = [column.name for column in order_line_words.columns]
    insert = postgresql.insert(order_line_words).from_select(
        names, sa.select(rows.c.line_id, rows.c.line_version, sa.func.array_to_tsvector(rows.c.words))
    )
    return insert.on_conflict_do_update(
        index_elements=["line_id"],
        set_={name: insert.excluded[name] for name in names[1:]},
        where=order_line_words.c.line_version < insert.excluded.line_version,
    )


PUT = _put()


def find(conn: sa.Connection, words: str) -> list[str] | None:
    """The lines that these words find (``query_of``); None when they are more than ``FEW``."""
    (found,) = ask(conn, (FIND, {"words": words, "limit": FEW + 1}))
    return [line_id for (line_id,) in found] if len(found) <= FEW else None


def has_words(line_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the words bound to ``words`` find this line: asked line by line, however the planner sees it."""
    return sa.select(FOUND_BY).where(order_line_words.c.line_id == line_id).scalar_subquery()


class SellerSearch:
    """One row an order line, with the words of what was reported last."""

    name = "seller_search"
    tables = (order_line_words,)
    topics = topics_of(OrderLineRecorded, OrderLineUpdated)

    def changes(self, _conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        rows = (_row(envelope.originator_version, envelope.payload) for envelope in events)
        return writing(PUT, list({row["line_id"]: row for row in rows}.values()))


def _row(version: int, reported: Any) -> Row:  # noqa: ANN401 -- either of both events
    return {
        "line_id": reported.facts.line_id,
        "line_version": version,
        "words": words_of_line(reported.facts),
    }
