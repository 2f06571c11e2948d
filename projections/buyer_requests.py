"""The buyer's requests: one row a case, with its status, outcome, deadline and refund (SPEC §7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.deadline import DeadlineKind
from domain.money import Money
from domain.refund.events import CaseEvent, RefundSubmitted
from domain.vocabulary import Outcome, Reason, Status
from projections import case_glance
from projections.case_glance import Columns, glance_columns
from projections.decoding import topics_of
from projections.openings import Opening, Openings
from projections.schema import metadata, putting, text, write
from store.envelope import Envelope
from store.tables import instant

buyer_request = sa.Table(
    "buyer_request",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    text("buyer_id"),
    text("order_id"),
    text("line_id"),
    text("title"),
    text("currency"),
    *glance_columns(),
    instant("refund_submitted_at"),
)
by_buyer = sa.Index(
    "ix_buyer_request_buyer", buyer_request.c.buyer_id, buyer_request.c.opened_at.desc(), buyer_request.c.case_id.desc()
)

LOAD = sa.select(buyer_request).where(
    buyer_request.c.case_id == sa.func.any(sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid)))
)
PUT = putting(buyer_request)


class BuyerRequests:
    """Keeps each buyer's list."""

    name = "buyer_requests"
    tables = (buyer_request,)
    topics = topics_of(CaseEvent)

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def apply(self, conn: sa.Connection, events: Sequence[Envelope]) -> None:
        openings = self._openings.of(conn, events)
        stored = conn.execute(LOAD, {"cases": list(openings)}).mappings()
        rows: dict[UUID, Columns] = {row["case_id"]: dict(row) for row in stored}
        for envelope in events:
            case_id, event = envelope.originator_id, envelope.payload
            if isinstance(event, CaseEvent):
                row = rows.setdefault(case_id, _new_row(openings[case_id]))
                case_glance.move(row, envelope, event)
                if isinstance(event, RefundSubmitted):
                    row["refund_submitted_at"] = envelope.occurred_at
        write(conn, PUT, list(rows.values()))


def _new_row(opening: Opening) -> Columns:
    line = opening.event.line
    return {
        "case_id": opening.event.case_id,
        "buyer_id": line.buyer_id,
        "order_id": line.order_id,
        "line_id": line.line_id,
        "title": line.title,
        "currency": line.price.currency,
        **case_glance.opened(opening),
        "refund_submitted_at": None,
    }


# The list

Key = tuple[datetime, UUID]
"""Opening and case: where a page ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerRequest:
    """One request of a buyer at a glance; the case's detail holds the rest."""

    case_id: UUID
    version: int
    order_id: str
    line_id: str
    title: str
    reason: Reason
    status: Status
    outcome: Outcome | None
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


def _of_buyer(*, of_order: bool, continued: bool) -> sa.Select[Any]:
    columns = buyer_request.c
    statement = sa.select(buyer_request).where(columns.buyer_id == sa.bindparam("buyer"))
    if of_order:
        statement = statement.where(columns.order_id == sa.bindparam("order"))
    if continued:
        behind = sa.tuple_(sa.bindparam("at", type_=sa.DateTime(timezone=True)), sa.bindparam("case", type_=sa.Uuid))
        statement = statement.where(sa.tuple_(columns.opened_at, columns.case_id) < behind)
    return statement.order_by(columns.opened_at.desc(), columns.case_id.desc()).limit(sa.bindparam("limit"))


def requests(
    conn: sa.Connection, buyer_id: str, *, order_id: str | None = None, after: Key | None = None, limit: int = 50
) -> RequestPage:
    """The buyer's requests, of one order where given, newest first, from behind ``after`` on."""
    at, case = after or (None, None)
    statement = _of_buyer(of_order=order_id is not None, continued=after is not None)
    wanted = {"buyer": buyer_id, "order": order_id, "at": at, "case": case, "limit": limit + 1}
    rows = conn.execute(statement, wanted).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return RequestPage(tuple(_request(row) for row in rows[:limit]), (last.opened_at, last.case_id) if last else None)


def _request(row: Any) -> BuyerRequest:  # noqa: ANN401 -- a row of buyer_request
    refund = row.refund_minor
    return BuyerRequest(
        case_id=row.case_id,
        version=row.case_version,
        order_id=row.order_id,
        line_id=row.line_id,
        title=row.title,
        reason=Reason(row.reason),
        status=Status(row.status),
        outcome=Outcome(row.outcome) if row.outcome else None,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        deadline_kind=DeadlineKind(row.deadline_kind) if row.deadline_kind else None,
        due_at=row.due_at,
        refund=None if refund is None else Money(minor=refund, currency=row.currency),
        refund_submitted_at=row.refund_submitted_at,
    )
