"""A seller's metrics over a rolling window: how he answers, how his cases end, what they cost him (SPEC §7.9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.business_time import Window, began
from domain.money import Money
from domain.policy import Policy
from domain.vocabulary import Outcome, Reason, Status
from projections.conduct.tables import case_conduct, sold_line

SELLER = sa.bindparam("seller", type_=sa.Text)
SINCE, NOW = (sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("since", "now"))
PAID_BACK = (Outcome.REFUNDED, Outcome.PARTIALLY_REFUNDED, Outcome.REFUNDED_ELSEWHERE)
CASES, COUNT = case_conduct.c, sa.func.count()
COHORT = (CASES.seller_id == SELLER, CASES.opened_at > SINCE, CASES.opened_at <= NOW)


def _response(share: float) -> sa.ColumnElement[Any]:
    """A response time that occurred, below which this share of them lies: exact, never between two."""
    return sa.func.percentile_disc(share).within_group(CASES.response_seconds)


LINES = sa.select(COUNT).where(
    sold_line.c.seller_id == SELLER,
    sold_line.c.purchased_at > SINCE,
    sold_line.c.purchased_at <= NOW,
    ~sold_line.c.cancelled,
)
ANSWERS = sa.select(
    COUNT.label("requests"),
    sa.func.count(CASES.asked_at).label("asked"),
    sa.func.count(CASES.answered_at).label("answered"),
    sa.func.count(CASES.silent_at).label("silent"),
    COUNT.filter(CASES.status == Status.AWAITING_SELLER).label("waiting"),
    _response(0.5).label("median_seconds"),
    _response(0.9).label("slow_seconds"),
    COUNT.filter(CASES.rejected).label("rejected"),
    COUNT.filter(CASES.escalated).label("escalated"),
    COUNT.filter(CASES.overturned).label("overturned"),
).where(*COHORT)
ENDS = sa.select(CASES.reason, CASES.outcome, COUNT.label("times")).where(*COHORT).group_by(CASES.reason, CASES.outcome)
COSTS = (
    sa.select(
        CASES.currency,
        sa.func.sum(CASES.refunded_minor).label("refunded"),
        sa.func.sum(CASES.charged_minor).label("charged"),
    )
    .where(*COHORT)
    .group_by(CASES.currency)
    .order_by(CASES.currency)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCounts:
    """The cases of one reason."""

    reason: Reason
    requests: int
    ended: int
    paid_back: int
    """Of those that ended: how many gave the buyer money back, all or a part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerCosts:
    """What the cases of one currency came to."""

    refunded: Money
    """What reached the buyers, whoever bears it."""
    charged: Money
    """What the seller bears of it as the books stand: charges less credits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerMetrics:
    """A seller's refund cases that were opened within a window that ends now."""

    since: datetime
    """When the window began; what was opened at this very instant is outside of it."""
    lines: int
    """Order lines sold in the window."""
    requests: int
    asked: int
    """Of these, how many became the seller's to answer."""
    answered: int
    """How many of those he moved on himself, before his time was up."""
    silent: int
    """In how many his time ran out."""
    waiting: int
    """How many wait for his first answer now."""
    median_response: timedelta | None
    """Business time until his answer; half of his answers took at most this long."""
    slow_response: timedelta | None
    """Nine of ten of his answers took at most this long."""
    rejected: int
    escalated: int
    overturned: int
    """Rejections that were escalated and in which support then granted money."""
    reasons: tuple[ReasonCounts, ...]
    outcomes: dict[Outcome, int]
    costs: tuple[SellerCosts, ...]


def seller_metrics(conn: sa.Connection, seller_id: str, since: datetime, now: datetime) -> SellerMetrics:
    """The cases are chosen by when they were opened; what became of them counts whenever it happened."""
    asked = {"seller": seller_id, "since": since, "now": now}
    answers = conn.execute(ANSWERS, asked).one()._asdict()
    median, slow = (answers.pop(name) for name in ("median_seconds", "slow_seconds"))
    ends = conn.execute(ENDS, asked).all()
    return SellerMetrics(
        since=since,
        lines=conn.execute(LINES, asked).scalar_one(),
        median_response=_span(median),
        slow_response=_span(slow),
        reasons=tuple(_reason(reason, ends) for reason in Reason if any(row.reason == reason for row in ends)),
        outcomes={outcome: total for outcome in Outcome if (total := _total(ends, outcome))},
        costs=tuple(_costs(row) for row in conn.execute(COSTS, asked)),
        **answers,
    )


def metrics_over(
    conn: sa.Connection, seller_id: str, policy: Policy, now: datetime
) -> list[tuple[Window, SellerMetrics]]:
    """The metrics of each of the policy's windows, in its order."""
    return [
        (window, seller_metrics(conn, seller_id, began(now, window, policy.calendar), now))
        for window in policy.standing.windows
    ]


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _reason(reason: Reason, ends: Any) -> ReasonCounts:  # noqa: ANN401 -- rows of ENDS
    rows = [row for row in ends if row.reason == reason]
    return ReasonCounts(
        reason=reason,
        requests=sum(row.times for row in rows),
        ended=sum(row.times for row in rows if row.outcome),
        paid_back=sum(row.times for row in rows if row.outcome in PAID_BACK),
    )


def _total(ends: Any, outcome: Outcome) -> int:  # noqa: ANN401 -- rows of ENDS
    return sum(row.times for row in ends if row.outcome == outcome)


def _costs(row: Any) -> SellerCosts:  # noqa: ANN401 -- a row of COSTS
    refunded, charged = (Money(minor=int(minor), currency=row.currency) for minor in (row.refunded, row.charged))
    return SellerCosts(refunded=refunded, charged=charged)
