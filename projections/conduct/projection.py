"""Keeps conduct in step with the log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from domain.order.events import OrderLineRecorded, OrderLineUpdated
from domain.policy import PolicyBook
from domain.refund.events import CaseEvent, RequestOpened
from projections.changes import Change, writing
from projections.conduct.progress import take_in
from projections.conduct.tables import case_conduct, sold_line
from projections.decoding import topics_of
from projections.glance import Columns
from projections.openings import Opening, Openings
from projections.round_trips import load
from projections.schema import Row, appending, putting
from store.envelope import Envelope

LOAD = sa.select(case_conduct).where(
    case_conduct.c.case_id == sa.func.any(sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid)))
)
PUT_CASES = putting(case_conduct)
NOTHING_YET: Columns = dict.fromkeys(str(column.name) for column in case_conduct.columns)
"""Under plain names: with SQLAlchemy's own a row takes ten times as long to become JSON."""


def _put_lines() -> sa.Executable:
    insert = appending(sold_line)
    newest = {column.name: insert.excluded[column.name] for column in sold_line.columns if not column.primary_key}
    return insert.on_conflict_do_update(
        index_elements=["line_id"], set_=newest, where=insert.excluded.version > sold_line.c.version
    )


PUT_LINES = _put_lines()


class Conduct:
    """Notes what is sold, what is asked, and how it is answered and ends."""

    name = "conduct"
    tables = (sold_line, case_conduct)
    topics = topics_of(CaseEvent, OrderLineRecorded, OrderLineUpdated)

    def __init__(self, openings: Openings, policies: PolicyBook) -> None:
        """``policies`` hold the calendars by which business time is counted: each case's own."""
        self._openings = openings
        self._policies = policies

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        lines = {it.originator_id: _line(it) for it in events if not isinstance(it.payload, CaseEvent)}
        steps = [it for it in events if isinstance(it.payload, CaseEvent)]
        cases = self._cases(conn, steps) if steps else []
        return [*writing(PUT_LINES, list(lines.values())), *writing(PUT_CASES, cases)]

    def _cases(self, conn: sa.Connection, steps: Sequence[Envelope]) -> list[Columns]:
        openings = self._openings.of(conn, steps)
        rows: dict[UUID, Columns] = {row["case_id"]: row for row in load(conn, LOAD, {"cases": list(openings)})}
        for envelope in steps:
            case_id = envelope.originator_id
            row = rows.get(case_id) or rows.setdefault(case_id, _opened(openings[case_id]))
            take_in(row, envelope, self._policies[envelope.policy or ""].calendar)
        return list(rows.values())


def _line(envelope: Envelope) -> Row:
    event = envelope.payload
    assert isinstance(event, OrderLineRecorded | OrderLineUpdated)  # noqa: S101 -- the topics asked for say so
    facts = event.facts
    return {
        "line_id": facts.line_id,
        "version": envelope.originator_version,
        "buyer_id": facts.buyer_id,
        "seller_id": facts.seller_id,
        "purchased_at": facts.purchased_at,
        "cancelled": facts.cancelled,
        "currency": facts.price.currency,
        "paid_minor": facts.paid.minor,
    }


def _opened(opening: Opening) -> Columns:
    event, line = opening.event, opening.line
    assert isinstance(event, RequestOpened)  # noqa: S101 -- a case begins with nothing else
    return {
        **NOTHING_YET,
        "case_id": event.case_id,
        "version": 0,
        "buyer_id": line.buyer_id,
        "seller_id": line.seller_id,
        "reason": event.reason,
        "opened_at": opening.at,
        **dict.fromkeys(("rejected", "escalated", "overturned"), False),
        "currency": line.price.currency,
        "paid_minor": line.paid.minor,
        **dict.fromkeys(("due_minor", "refunded_minor", "charged_minor"), 0),
    }
