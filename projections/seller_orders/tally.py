"""How many lines stand under each filter, the same effort for a seller of ten and of a hundred thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.business_time import due
from domain.policy import Policy
from projections.seller_orders.filters import Filter, Quick
from projections.seller_orders.standing import DUE, Standing, rank_of
from projections.seller_orders.tables import seller_order, seller_order_count

OF_STANDING: dict[Filter, Standing] = {sub: Standing(sub) for sub in Filter if sub is not Filter.OVERDUE_SOON}
COUNTS = sa.select(seller_order_count).where(seller_order_count.c.seller_id == sa.bindparam("seller"))
SOON = {
    quick: sa.select(sa.func.count()).where(
        seller_order.c.seller_id == sa.bindparam("seller"),
        seller_order.c[f"{quick}_urgency"] == DUE,
        seller_order.c[f"{quick}_rank"] <= sa.bindparam("soon", type_=sa.BigInteger),
    )
    for quick in Quick
}
"""Counted as asked, since time alone moves lines into it: a seller's deadlines of the next hours are few."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines one quick filter holds, and each of its sub-filters."""

    lines: int
    by_filter: Mapping[Filter, int]


def overdue_soon_until(now: datetime, policy: Policy) -> datetime:
    """The last instant that is no further away than the policy's last reminder, four business hours (SPEC §7.1)."""
    return due(now, policy.windows.reminder_before_end, policy.calendar).at


def tally(conn: sa.Connection, seller_id: str, soon: datetime) -> dict[Quick, Tally]:
    """The counts of each quick filter; ``soon`` as in ``page``."""
    rows = conn.execute(COUNTS, {"seller": seller_id}).all()
    tallies = {}
    for quick in Quick:
        lines = {Standing(row.standing): row.lines for row in rows if row.quick == quick}
        due_soon = conn.execute(SOON[quick], {"seller": seller_id, "soon": rank_of(soon)}).scalar_one()
        by_filter = {sub: lines.get(standing, 0) for sub, standing in OF_STANDING.items()}
        tallies[quick] = Tally(sum(lines.values()), {**by_filter, Filter.OVERDUE_SOON: due_soon})
    return tallies
