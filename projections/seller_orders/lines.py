"""All lines of one seller, for those who go through them one by one."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from projections.seller_orders.tables import seller_order
from store.engine import reading
from store.failures import translated

READ = 2000
HANDED_OUT = 50
LINES = (
    sa.select(seller_order.c.line_id)
    .where(seller_order.c.seller_id == sa.bindparam("seller"), seller_order.c.line_id > sa.bindparam("after"))
    .order_by(seller_order.c.line_id)
    .limit(READ)
)


def lines_of(engine: sa.Engine, seller_id: str) -> Iterator[list[str]]:
    """The ids of the seller's lines, some at a time; no connection is kept while the caller works on them."""
    after = ""
    while True:
        with translated(), reading(engine) as conn:
            found = conn.execute(LINES, {"seller": seller_id, "after": after}).scalars().all()
        yield from (list(found[place : place + HANDED_OUT]) for place in range(0, len(found), HANDED_OUT))
        if len(found) < READ:
            return
        after = found[-1]
