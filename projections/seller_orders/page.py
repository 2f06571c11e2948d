"""The hub's list: quick filters, sub-filters and search, most urgent first, page by page (SPEC §7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from projections.round_trips import ask
from projections.seller_orders.filters import Filter, Quick
from projections.seller_orders.rows import SellerOrder, order_of
from projections.seller_orders.search import find, has_words
from projections.seller_orders.standing import DUE, ENDED, OPEN, Standing, rank_of
from projections.seller_orders.tables import seller_order
from projections.seller_orders.words import query_of

SELLER = sa.bindparam("seller", type_=sa.Text)
OWN = seller_order.c.seller_id == SELLER
WITH_WORDS = sa.and_(OWN, has_words(seller_order.c.line_id))
AMONG = sa.and_(
    seller_order.c.line_id == sa.func.any(sa.bindparam("lines", type_=sa.ARRAY(sa.Text))),
    sa.func.concat(seller_order.c.seller_id) == SELLER,
)
"""``concat`` hides the sellers' index: a plan made for any seller takes each to have few lines and reads them all."""
Key = tuple[int, int, str]
"""Urgency, rank and line: where a page ends. Lines that move meanwhile never shift the others."""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some lines, and where the next page begins; None on the last."""

    items: tuple[SellerOrder, ...]
    next: Key | None


def page(  # noqa: PLR0913 -- one question with its filters
    conn: sa.Connection,
    seller_id: str,
    *,
    quick: Quick = Quick.ALL,
    sub: Filter | None = None,
    soon: datetime | None = None,
    search: str = "",
    after: Key | None = None,
    limit: int = 50,
) -> OrderPage:
    """The seller's lines under these filters, most urgent first, from behind ``after`` on.

    ``soon`` is needed for ``overdue_soon``: the instant up to which a deadline counts as soon
    (``overdue_soon_until``). A search of blanks and signs alone finds everything.
    """
    words = query_of(seller_id, search)
    lines = find(conn, words) if words else None
    which = OWN if words is None else WITH_WORDS if lines is None else AMONG
    statement = _statement(quick, sub, which, continued=after is not None)
    urgency, rank, line_id = after or (0, 0, "")
    asked = {
        "seller": seller_id,
        "soon": rank_of(soon) if soon else 0,
        "words": words,
        "lines": lines,
        "urgency": urgency,
        "rank": rank,
        "line": line_id,
        "limit": limit + 1,
    }
    (found,) = ask(conn, (statement, asked))
    key = _key_of(found[limit - 1], quick) if len(found) > limit else None
    return OrderPage(tuple(order_of(row) for row in found[:limit]), key)


@cache
def _statement(
    quick: Quick, sub: Filter | None, which: sa.ColumnElement[bool], *, continued: bool
) -> sa.Select[tuple[object, ...]]:
    urgency, rank = seller_order.c[f"{quick}_urgency"], seller_order.c[f"{quick}_rank"]
    key = (urgency, rank, seller_order.c.line_id)
    statement = sa.select(seller_order).where(which, urgency.is_not(None))
    if sub:
        statement = statement.where(*_sub_filter(quick, sub))
    if continued:
        behind = sa.tuple_(sa.bindparam("urgency"), sa.bindparam("rank"), sa.bindparam("line"))
        statement = statement.where(sa.tuple_(*key) > behind)
    return statement.order_by(*key).limit(sa.bindparam("limit"))


def _sub_filter(quick: Quick, sub: Filter) -> list[sa.ColumnElement[bool]]:
    urgency, rank = seller_order.c[f"{quick}_urgency"], seller_order.c[f"{quick}_rank"]
    match sub:
        case Filter.ACTION_DUE:
            return [urgency == DUE]
        case Filter.OVERDUE_SOON:
            return [urgency == DUE, rank <= sa.bindparam("soon", type_=sa.BigInteger)]
        case Filter.CLOSED:
            return [urgency == ENDED]
        case Filter.WAITING_ON_BUYER | Filter.ON_HOLD:
            return [urgency == OPEN, seller_order.c[f"{quick}_standing"] == Standing(sub)]


def _key_of(row: Any, quick: Quick) -> Key:  # noqa: ANN401 -- a row of seller_order
    return getattr(row, f"{quick}_urgency"), getattr(row, f"{quick}_rank"), row.line_id
