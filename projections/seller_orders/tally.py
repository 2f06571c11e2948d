"""How many lines stand under each filter, the same effort for a seller of ten and of a hundred thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.business_time import due
from domain.policy import Policy
from projections.round_trips import ask
from projections.seller_orders.filters import Filter, Quick
from projections.seller_orders.standing import DUE, Standing, rank_of
from projections.seller_orders.tables import seller_order, seller_order_count


def _soon(quick: Quick) -> sa.Select[str, str, int]:
    """Counted as asked, since time alone moves lines into it: a seller's deadlines of the next hours are few."""
    return sa.select(sa.literal_column(f"'{quick}'", sa.Text), SOON, sa.func.count()).where(
        seller_order.c.seller_id == sa.bindparam("seller"),
        seller_order.c[f"{quick}_urgency"] == DUE,
        seller_order.c[f"{quick}_rank"] <= sa.bindparam("soon", type_=sa.BigInteger),
    )


SOON = sa.literal_column(f"'{Filter.OVERDUE_SOON}'", sa.Text)
COUNTED = sa.select(seller_order_count.c.quick, seller_order_count.c.standing, seller_order_count.c.lines).where(
    seller_order_count.c.seller_id == sa.bindparam("seller")
)
COUNTS: sa.CompoundSelect[Any] = sa.union_all(COUNTED, *map(_soon, Quick))


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
    counts: dict[Quick, dict[str, int]] = {quick: {} for quick in Quick}
    (found,) = ask(conn, (COUNTS, {"seller": seller_id, "soon": rank_of(soon)}))
    for quick, standing, lines in found:
        counts[Quick(quick)][standing] = lines
    return {quick: _tally(of_quick) for quick, of_quick in counts.items()}


def _tally(counts: Mapping[str, int]) -> Tally:
    lines = sum(counts.get(standing, 0) for standing in Standing)
    return Tally(lines, {sub: counts.get(sub, 0) for sub in Filter})
