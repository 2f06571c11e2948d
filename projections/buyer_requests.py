"""The buyer's requests: one row a case or cancellation, with its status, outcome, deadline and refund (SPEC §7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.cancellation.events import RefundSubmitted as CancellationRefundSubmitted
from domain.deadline import DeadlineKind
from domain.money import Money
from domain.refund.events import RefundSubmitted, RequestOpened
from domain.vocabulary import CancellationOutcome, CancellationStatus, Outcome, Reason, Status
from projections.changes import Change, writing
from projections.glance import Columns, Glance
from projections.openings import Opening, Openings
from projections.processes import TOPICS, Process
from projections.round_trips import load
from projections.schema import metadata, putting, text
from store.envelope import Envelope
from store.tables import instant

REQUEST = Glance("request")
buyer_request = sa.Table(
    "buyer_request",
    metadata,
    *REQUEST.columns(),
    text("buyer_id"),
    text("order_id"),
    text("line_id"),
    text("title"),
    text("currency"),
    text("reason", nullable=True),
    instant("refund_submitted_at"),
    sa.PrimaryKeyConstraint("request_id"),
)
"""A cancellation has no ``reason``."""

by_buyer = sa.Index(
    "ix_buyer_request_buyer", buyer_request.c.buyer_id, buyer_request.c.request_opened_at, buyer_request.c.request_id
)

LOAD = sa.select(buyer_request).where(
    buyer_request.c.request_id == sa.func.any(sa.bindparam("requests", type_=sa.ARRAY(sa.Uuid)))
)
PUT = putting(buyer_request)


class BuyerRequests:
    """Keeps each buyer's list."""

    name = "buyer_requests"
    tables = (buyer_request,)
    topics = TOPICS

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        openings = self._openings.of(conn, events)
        rows: dict[UUID, Columns] = {row["request_id"]: row for row in load(conn, LOAD, {"requests": list(openings)})}
        for envelope in events:
            opening, request = openings[envelope.originator_id], envelope.originator_id
            row = rows.get(request) or rows.setdefault(request, _new_row(opening))
            REQUEST.take_in(row, envelope, opening)
            if isinstance(envelope.payload, RefundSubmitted | CancellationRefundSubmitted):
                row["refund_submitted_at"] = envelope.occurred_at
        return writing(PUT, list(rows.values()))


def _new_row(opening: Opening) -> Columns:
    line, event = opening.line, opening.event
    return {
        **REQUEST.none,
        "buyer_id": line.buyer_id,
        "order_id": line.order_id,
        "line_id": line.line_id,
        "title": line.title,
        "currency": line.price.currency,
        "reason": event.reason if isinstance(event, RequestOpened) else None,
        "refund_submitted_at": None,
    }


# The list

Key = tuple[datetime, UUID]
"""Opening and id: where a page ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerRequest:
    """One request of a buyer at a glance; the detail of case or cancellation holds the rest."""

    id: UUID
    process: Process
    version: int
    order_id: str
    line_id: str
    title: str
    reason: Reason | None
    """Of a refund request."""
    status: Status | CancellationStatus
    outcome: Outcome | CancellationOutcome | None
    opened_at: datetime
    closed_at: datetime | None
    deadline_kind: DeadlineKind | None
    due_at: datetime | None
    refund: Money | None
    """What is, or was last, due to the buyer."""
    refund_submitted_at: datetime | None
    """When the provider took it: from then on its arrival is estimated."""


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Some requests, newest first, and where the next page begins; None on the last."""

    items: tuple[BuyerRequest, ...]
    next: Key | None


def requests(
    conn: sa.Connection, buyer_id: str, *, order_id: str | None = None, after: Key | None = None, limit: int = 50
) -> RequestPage:
    """The buyer's requests, of one order where given, newest first, from behind ``after`` on."""
    columns = buyer_request.c
    key = (columns.request_opened_at, columns.request_id)
    statement = sa.select(buyer_request).where(columns.buyer_id == buyer_id)
    if order_id is not None:
        statement = statement.where(columns.order_id == order_id)
    if after:
        statement = statement.where(sa.tuple_(*key) < sa.tuple_(*after))
    rows = conn.execute(statement.order_by(*(column.desc() for column in key)).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    place = (last.request_opened_at, last.request_id) if last else None
    return RequestPage(tuple(_request(row) for row in rows[:limit]), place)


def _request(row: Any) -> BuyerRequest:  # noqa: ANN401 -- a row of buyer_request
    values = REQUEST.values(row, row.currency)
    del values["charged"]
    return BuyerRequest(
        **values,
        **_standing(row),
        order_id=row.order_id,
        line_id=row.line_id,
        title=row.title,
        refund_submitted_at=row.refund_submitted_at,
    )


def _standing(row: Any) -> Columns:  # noqa: ANN401 -- as above
    status, outcome = row.request_status, row.request_outcome
    if row.reason:
        return {
            "process": Process.REFUND,
            "reason": Reason(row.reason),
            "status": Status(status),
            "outcome": Outcome(outcome) if outcome else None,
        }
    return {
        "process": Process.CANCELLATION,
        "reason": None,
        "status": CancellationStatus(status),
        "outcome": CancellationOutcome(outcome) if outcome else None,
    }
