"""Which of a seller's lines his words find, kept in step with what is reported of them and of parcels (SPEC §7.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import TSQUERY

from domain.order.events import OrderLineRecorded, OrderLineUpdated
from domain.refund.parcels import NAMING
from projections.changes import Change, writing
from projections.decoding import topics_of
from projections.openings import Openings
from projections.round_trips import ask
from projections.schema import Row, rows_of
from projections.seller_orders.tables import WORDS, line_words
from projections.seller_orders.words import words_of_line, words_of_parcel
from store.envelope import Envelope

FEW = 1000
"""Lines that are looked up one by one; of more, a page is soon full by going through the seller's lines in order."""
FOUND_BY = WORDS.op("@@")(sa.cast(sa.bindparam("words"), TSQUERY))
FIND = sa.select(line_words.c.line_id).where(FOUND_BY).limit(sa.bindparam("limit", type_=sa.Integer))


def _put() -> sa.Executable:
    reported = sa.table(
        "reported",
        sa.column("line_id", sa.Text),
        sa.column("line_version", sa.Integer),
        sa.column("words", sa.ARRAY(sa.Text)),
    )
    rows = rows_of(reported)
    names = ["line_id", "line_version", "reported"]
    insert = postgresql.insert(line_words).from_select(
        names, sa.select(rows.c.line_id, rows.c.line_version, sa.func.array_to_tsvector(rows.c.words))
    )
    return insert.on_conflict_do_update(
        index_elements=["line_id"],
        set_={name: insert.excluded[name] for name in names[1:]},
        where=line_words.c.line_version < insert.excluded.line_version,
    )


def _add() -> sa.Executable:
    named = sa.table("named", sa.column("line_id", sa.Text), sa.column("words", sa.ARRAY(sa.Text)))
    rows = rows_of(named)
    insert = postgresql.insert(line_words).from_select(
        ["line_id", "parcels"], sa.select(rows.c.line_id, sa.func.array_to_tsvector(rows.c.words))
    )
    joined = line_words.c.parcels.op("||")(insert.excluded.parcels)
    return insert.on_conflict_do_update(index_elements=["line_id"], set_={"parcels": joined})


PUT, ADD = _put(), _add()


def find(conn: sa.Connection, words: str) -> list[str] | None:
    """The lines that these words find (``query_of``); None when they are more than ``FEW``."""
    (found,) = ask(conn, (FIND, {"words": words, "limit": FEW + 1}))
    return [line_id for (line_id,) in found] if len(found) <= FEW else None


def has_words(line_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the words bound to ``words`` find this line: asked line by line, however the planner sees it."""
    return sa.select(FOUND_BY).where(line_words.c.line_id == line_id).scalar_subquery()


class SellerSearch:
    """One row an order line, with the words of what was reported last, and of every parcel its cases named."""

    name = "line_search"
    tables = (line_words,)
    topics = topics_of(OrderLineRecorded, OrderLineUpdated, *NAMING)

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        naming = [envelope for envelope in events if type(envelope.payload) in NAMING]
        reports = (envelope for envelope in events if type(envelope.payload) not in NAMING)
        rows = (_row(envelope.originator_version, envelope.payload) for envelope in reports)
        put = writing(PUT, list({row["line_id"]: row for row in rows}.values()))
        return [*put, *writing(ADD, list(self._named(conn, naming)))]

    def _named(self, conn: sa.Connection, naming: Sequence[Envelope]) -> Iterable[Row]:
        openings = self._openings.of(conn, naming) if naming else {}
        words = defaultdict[str, set[str]](set)
        for envelope in naming:
            line, tracking = openings[envelope.originator_id].line, getattr(envelope.payload, "tracking", None)
            words[line.line_id] |= words_of_parcel(line.seller_id, tracking.number) if tracking else set()
        return ({"line_id": line_id, "words": sorted(found)} for line_id, found in words.items() if found)


def _row(version: int, reported: Any) -> Row:  # noqa: ANN401 -- either of both events
    return {
        "line_id": reported.facts.line_id,
        "line_version": version,
        "words": words_of_line(reported.facts),
    }
