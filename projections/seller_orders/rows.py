"""A line as the hub shows it, and what its row says of line, case and cancellation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.deadline import DeadlineKind
from domain.money import Money
from domain.order.facts import OrderLineFacts, Tracking
from domain.vocabulary import CancellationOutcome, CancellationStatus, Outcome, Reason, Status
from projections.glance import Columns
from projections.processes import waits_on
from projections.seller_orders.filters import Quick
from projections.seller_orders.standing import OF_WAIT, Place, Standing, place
from projections.seller_orders.tables import CANCELLATION, CASE


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
class CancellationGlance:
    """A line's open cancellation request, else its newest, at a glance."""

    id: UUID
    version: int
    status: CancellationStatus
    standing: Standing
    outcome: CancellationOutcome | None
    opened_at: datetime
    closed_at: datetime | None
    deadline_kind: DeadlineKind | None
    due_at: datetime | None
    refund: Money | None
    charged: Money
    """The proceeds that the seller gave back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerOrder:
    """One order line of a seller; its case and its cancellation stand side by side."""

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
    cancellation: CancellationGlance | None


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
        case=_case(row) if row.case_id else None,
        cancellation=_cancellation(row) if row.cancellation_id else None,
    )


def _case(row: Any) -> CaseGlance:  # noqa: ANN401 -- as above
    return CaseGlance(
        **CASE.values(row, row.currency),
        reason=Reason(row.reason),
        status=Status(row.case_status),
        outcome=Outcome(row.case_outcome) if row.case_outcome else None,
        standing=Standing(row.refund_standing),
    )


def _cancellation(row: Any) -> CancellationGlance:  # noqa: ANN401 -- as above
    outcome = row.cancellation_outcome
    return CancellationGlance(
        **CANCELLATION.values(row, row.currency),
        status=CancellationStatus(row.cancellation_status),
        outcome=CancellationOutcome(outcome) if outcome else None,
        standing=Standing(row.cancellations_standing),
    )


# What events change


def new_row(facts: OrderLineFacts) -> Columns:
    """A line nothing is asked about."""
    return {"line_version": 0, **facts_columns(facts), "reason": None, **CASE.none, **CANCELLATION.none}


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
    """Say where the row comes in each list; in that of all lines, as urgent as the more urgent of both processes."""
    case = _place(row, "case", Status)
    cancellation = _place(row, "cancellation", CancellationStatus)
    both = [it for it in (case, cancellation) if it]
    everywhere = min(both, key=lambda it: it.key) if both else place(Standing.NO_REQUEST, row["purchased_at"])
    for quick, where in ((Quick.ALL, everywhere), (Quick.REFUND, case), (Quick.CANCELLATIONS, cancellation)):
        values = (where.standing, *where.key) if where else (None, None, None)
        row[f"{quick}_standing"], row[f"{quick}_urgency"], row[f"{quick}_rank"] = values


def _place(row: Columns, process: str, status: type[Status | CancellationStatus]) -> Place | None:
    if row[f"{process}_id"] is None:
        return None
    standing = OF_WAIT[waits_on(status(row[f"{process}_status"]))]
    at = {Standing.ACTION_DUE: row[f"{process}_due_at"], Standing.CLOSED: row[f"{process}_closed_at"]}.get(standing)
    return place(standing, at or row[f"{process}_opened_at"])
