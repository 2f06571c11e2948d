"""A buyer's conduct over a rolling window, across all sellers (SPEC §7.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.business_time import Window, began
from domain.buyer.standing import BuyerConduct
from domain.money import Money
from domain.policy import Policy
from projections.conduct.tables import case_conduct, sold_line
from store.engine import reading
from store.failures import translated

BUYER = sa.bindparam("buyer", type_=sa.Text)
SINCE, NOW = (sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("since", "now"))


def _within(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(column > SINCE, column <= NOW)


COUNT, CASES = sa.func.count(), case_conduct.c
BOUGHT = (
    sa.select(sold_line.c.currency, COUNT.label("times"), sa.func.sum(sold_line.c.paid_minor).label("minor"))
    .where(sold_line.c.buyer_id == BUYER, _within(sold_line.c.purchased_at), ~sold_line.c.cancelled)
    .group_by(sold_line.c.currency)
)
ASKED = (
    sa.select(CASES.currency, COUNT.label("times"), sa.func.sum(CASES.paid_minor).label("minor"))
    .where(CASES.buyer_id == BUYER, _within(CASES.opened_at))
    .group_by(CASES.currency)
)
REFUNDED = (
    sa.select(CASES.currency, COUNT.label("times"), sa.func.sum(CASES.refunded_minor).label("minor"))
    .where(CASES.buyer_id == BUYER, _within(CASES.refunded_at))
    .group_by(CASES.currency)
)
SELLERS = sa.select(sa.func.count(CASES.seller_id.distinct())).where(CASES.buyer_id == BUYER, _within(CASES.opened_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerAmounts:
    """Values in one currency."""

    bought: Money
    requested: Money
    """What was paid for the lines of the refund cases opened."""
    refunded: Money
    """What reached the buyer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerCounts:
    """What a buyer bought, asked for and got back within a window that ends now."""

    since: datetime
    """When the window began; what happened at this very instant is outside of it."""
    lines: int
    requests: int
    refunds: int
    sellers: int
    """Of how many sellers something was asked."""
    amounts: tuple[BuyerAmounts, ...]
    """By currency."""


def buyer_counts(conn: sa.Connection, buyer_id: str, since: datetime, now: datetime) -> BuyerCounts:
    """Lines count by their purchase, requests by their opening, refunds by when they reached the buyer."""
    asked = {"buyer": buyer_id, "since": since, "now": now}
    bought, requested, refunded = (_by_currency(conn, query, asked) for query in (BOUGHT, ASKED, REFUNDED))
    return BuyerCounts(
        since=since,
        lines=_times(bought),
        requests=_times(requested),
        refunds=_times(refunded),
        sellers=conn.execute(SELLERS, asked).scalar_one(),
        amounts=tuple(
            BuyerAmounts(
                bought=_value(bought, currency),
                requested=_value(requested, currency),
                refunded=_value(refunded, currency),
            )
            for currency in sorted({*bought, *requested, *refunded})
        ),
    )


Totals = dict[str, tuple[int, int]]


def _by_currency(conn: sa.Connection, query: sa.Executable, asked: dict[str, Any]) -> Totals:
    return {row.currency: (row.times, int(row.minor)) for row in conn.execute(query, asked)}


def _times(totals: Totals) -> int:
    return sum(times for times, _ in totals.values())


def _value(totals: Totals, currency: str) -> Money:
    return Money(minor=totals.get(currency, (0, 0))[1], currency=currency)


class ConductCounter:
    """Tells intake how a buyer's requests compare with what he buys."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def __call__(self, buyer_id: str, policy: Policy, now: datetime) -> BuyerConduct:
        """Over the policy's review window; as far as the read model has come, which is a moment behind."""
        window = policy.standing.review_window
        asked = {"buyer": buyer_id, "since": began(now, window, policy.calendar), "now": now}
        with translated(), reading(self._engine) as conn:
            lines, requests = (_times(_by_currency(conn, query, asked)) for query in (BOUGHT, ASKED))
        return BuyerConduct(window=window, lines=lines, requests=requests)


def counts_over(conn: sa.Connection, buyer_id: str, policy: Policy, now: datetime) -> list[tuple[Window, BuyerCounts]]:
    """The counts of each of the policy's windows, in its order."""
    return [
        (window, buyer_counts(conn, buyer_id, began(now, window, policy.calendar), now))
        for window in policy.standing.windows
    ]
