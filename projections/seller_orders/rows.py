"""A line as the hub shows it, and how its events change its row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.deadline import DeadlineKind
from domain.money import Money
from domain.order.facts import OrderLineFacts, Tracking
from domain.refund.waiting import WAITING_ON
from domain.vocabulary import Outcome, Reason, Status
from projections.case_glance import NO_CASE, Columns
from projections.seller_orders.standing import OF_WAIT, Place, Standing, place


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGlance:
    """A line's open case, else its newest, at a glance."""

    id: UUID
    version: int
    reason: Reason
    status: Status
    standing: Standing
    outcome: Outcome | None
    opened_at: datetime
    closed_at: datetime | None
    deadline_kind: DeadlineKind | None
    due_at: datetime | None
    refund: Money | None
    """What is, or was last, due to the buyer."""
    charged: Money
    """What the seller bears of it so far, positive when he pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerOrder:
    """One order line of a seller."""

    line_id: str
    order_id: str
    buyer_id: str
    title: str
    category: str
    quantity: int
    paid: Money
    purchased_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    tracking: Tracking | None
    cancelled: bool
    case: CaseGlance | None


def order_of(row: Any) -> SellerOrder:  # noqa: ANN401 -- a row of seller_order
    """The row in the trade's terms."""
    tracking = Tracking(carrier=row.carrier, number=row.tracking_number) if row.tracking_number else None
    return SellerOrder(
        line_id=row.line_id,
        order_id=row.order_id,
        buyer_id=row.buyer_id,
        title=row.title,
        category=row.category,
        quantity=row.quantity,
        paid=Money(minor=row.paid_minor, currency=row.currency),
        purchased_at=row.purchased_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        tracking=tracking,
        cancelled=row.cancelled,
        case=_glance(row) if row.case_id else None,
    )


def _glance(row: Any) -> CaseGlance:  # noqa: ANN401 -- as above
    refund = row.refund_minor
    return CaseGlance(
        id=row.case_id,
        version=row.case_version,
        reason=Reason(row.reason),
        status=Status(row.status),
        standing=Standing(row.refund_standing),
        outcome=Outcome(row.outcome) if row.outcome else None,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        deadline_kind=DeadlineKind(row.deadline_kind) if row.deadline_kind else None,
        due_at=row.due_at,
        refund=None if refund is None else Money(minor=refund, currency=row.currency),
        charged=Money(minor=row.charged_minor, currency=row.currency),
    )


# What events change


def new_row(facts: OrderLineFacts) -> Columns:
    """A line nothing is asked about."""
    return {"line_version": 0, **facts_columns(facts), "case_id": None, "attempt": None, **NO_CASE}


def facts_columns(facts: OrderLineFacts) -> Columns:
    """What the marketplace says of the line."""
    return {
        "line_id": facts.line_id,
        "seller_id": facts.seller_id,
        "order_id": facts.order_id,
        "buyer_id": facts.buyer_id,
        "title": facts.title,
        "category": facts.category,
        "quantity": facts.quantity,
        "currency": facts.price.currency,
        "paid_minor": facts.paid.minor,
        "purchased_at": facts.purchased_at,
        "shipped_at": facts.shipped_at,
        "delivered_at": facts.delivered_at,
        "carrier": facts.tracking.carrier if facts.tracking else None,
        "tracking_number": facts.tracking.number if facts.tracking else None,
        "cancelled": facts.cancelled,
    }


def placed(row: Columns) -> None:
    """Say where the row comes in each list."""
    refund = _refund_place(row)
    everywhere = refund or place(Standing.NO_REQUEST, row["purchased_at"])
    row["all_standing"], row["all_urgency"], row["all_rank"] = everywhere.standing, *everywhere.key
    if refund:
        row["refund_standing"], row["refund_urgency"], row["refund_rank"] = refund.standing, *refund.key
    else:
        row["refund_standing"] = row["refund_urgency"] = row["refund_rank"] = None


def _refund_place(row: Columns) -> Place | None:
    if row["case_id"] is None:
        return None
    standing = OF_WAIT[WAITING_ON.get(row["status"])]
    at = {Standing.ACTION_DUE: row["due_at"], Standing.CLOSED: row["closed_at"]}.get(standing)
    return place(standing, at or row["opened_at"])
