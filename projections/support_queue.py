"""The support queue: every case that support has or was asked to look at, and why (SPEC §7.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.actors import Role
from domain.money import Money
from domain.refund.events import CaseEvent, RequestRoutedToSupport, SupportAskedIn
from domain.vocabulary import Reason, ReviewCause, Status, SupportRouting
from projections.decoding import topics_of
from projections.histories import histories, last_versions
from projections.schema import metadata, putting, text, write
from store.application.case_record import record_of
from store.envelope import Envelope
from store.tables import instant

queued_case = sa.Table(
    "queued_case",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    text("status"),
    instant("since", nullable=False),
    text("cause", nullable=True),
    sa.Column("routing", sa.ARRAY(sa.Text), nullable=False),
    text("asked_in_by", nullable=True),
    instant("answered_at"),
    sa.Column("on_hold", sa.Boolean, nullable=False),
    sa.Column("fraud_suspected", sa.Boolean, nullable=False),
    text("currency"),
    sa.Column("at_stake_minor", sa.BigInteger, nullable=False),
    text("reason"),
    text("seller_id"),
    text("buyer_id"),
    text("order_id"),
    text("line_id"),
    text("title"),
    instant("opened_at", nullable=False),
)
"""``cause`` is NULL where support was only asked in, ``asked_in_by`` where it has the case anyway."""

by_age = sa.Index("ix_queued_case_since", queued_case.c.since, queued_case.c.case_id)

WITH_SUPPORT = frozenset({Status.SUPPORT_REVIEW, Status.APPEAL_REVIEW})
NO_LONGER_ASKED = WITH_SUPPORT | {Status.REFUND_PENDING, Status.CLOSED}

CASES = sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))
QUEUED = sa.select(queued_case.c.case_id).where(queued_case.c.case_id == sa.func.any(CASES))
LEAVE = sa.delete(queued_case).where(queued_case.c.case_id == sa.func.any(CASES))
PUT = putting(queued_case)


class SupportQueue:
    """Reads the few cases that come to support anew from the log, and writes down what they are there for."""

    name = "support_queue"
    tables = (queued_case,)
    topics = topics_of(CaseEvent)

    def apply(self, conn: sa.Connection, events: Sequence[Envelope]) -> None:
        last = last_versions(events)
        queued = set(conn.execute(QUEUED, {"cases": list(last)}).scalars())
        concerned = {case_id: last[case_id] for case_id in _of_interest(events) | queued}
        entries = {case_id: entry_of(history) for case_id, history in histories(conn, concerned).items()}
        gone = [case_id for case_id in queued if not entries.get(case_id)]
        if gone:
            conn.execute(LEAVE, {"cases": gone})
        write(conn, PUT, [entry for entry in entries.values() if entry])


def _of_interest(events: Sequence[Envelope]) -> set[UUID]:
    """The cases that these events leave with support, or in which someone asks for it."""
    status = {envelope.originator_id: _event(envelope).status for envelope in events}
    asked = {envelope.originator_id for envelope in events if isinstance(envelope.payload, SupportAskedIn)}
    return {case_id for case_id, now in status.items() if now in WITH_SUPPORT} | asked


@dataclass(slots=True)
class _Stay:
    """How a case came to support, as its history tells."""

    status: Status | None = None
    since: datetime | None = None
    asked_in_by: Role | None = None
    answered_at: datetime | None = None
    routing: tuple[SupportRouting, ...] = ()

    def take_in(self, envelope: Envelope, event: CaseEvent) -> None:
        actor = envelope.cause.actor
        if event.status in WITH_SUPPORT and event.status is not self.status:
            self.since, self.answered_at = envelope.occurred_at, None
        elif actor.role is Role.SUPPORT and self.since:
            self.answered_at = self.answered_at or envelope.occurred_at
        self.status = event.status
        if event.status in NO_LONGER_ASKED:
            self.asked_in_by = None
        elif isinstance(event, SupportAskedIn) and self.asked_in_by is None:
            self.asked_in_by, self.since, self.answered_at = actor.role, envelope.occurred_at, None
        if isinstance(event, RequestRoutedToSupport):
            self.routing = event.routing

    @property
    def lasts(self) -> bool:
        return self.status in WITH_SUPPORT or self.asked_in_by is not None


def entry_of(history: Sequence[Envelope]) -> dict[str, Any] | None:
    """The row of a case; None when it is none of support's business."""
    record, stay = record_of(history), _Stay()
    for envelope in history:
        stay.take_in(envelope, _event(envelope))
    if record is None or not stay.lasts:
        return None
    case = record.case
    line = case.line
    in_review = case.status is Status.SUPPORT_REVIEW
    at_stake = case.seller_charged if case.status is Status.APPEAL_REVIEW else case.refund_due or line.paid
    return {
        "case_id": case.id,
        "status": case.status,
        "since": stay.since,
        "cause": case.review_cause if in_review else None,
        "routing": stay.routing if case.review_cause is ReviewCause.INTAKE else (),
        "asked_in_by": stay.asked_in_by,
        "answered_at": stay.answered_at,
        "on_hold": in_review and case.review_cause is ReviewCause.RETURN_DISPUTED,
        "fraud_suspected": case.fraud_suspected,
        "currency": at_stake.currency,
        "at_stake_minor": at_stake.minor,
        "reason": case.reason,
        "seller_id": line.seller_id,
        "buyer_id": line.buyer_id,
        "order_id": line.order_id,
        "line_id": line.line_id,
        "title": line.title,
        "opened_at": case.opened_at,
    }


def _event(envelope: Envelope) -> CaseEvent:
    assert isinstance(envelope.payload, CaseEvent)  # noqa: S101 -- the topics asked for say so
    return envelope.payload


# The queue

Key = tuple[datetime, UUID]
"""Since when, and case: where a page ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCase:
    """A case that support has, or was asked to look at."""

    case_id: UUID
    status: Status
    since: datetime
    cause: ReviewCause | None
    """Why it is under review; None for an appeal, and where support was only asked in."""
    routing: tuple[SupportRouting, ...]
    """Why intake sent it here."""
    asked_in_by: Role | None
    """Who asked for support while the case goes on without it."""
    answered_at: datetime | None
    """When support first did something about it."""
    on_hold: bool
    """A disputed return: nothing is charged or refunded, and no clock runs, until support decides."""
    fraud_suspected: bool
    at_stake: Money
    """What the buyer may get, or what the appealing seller may get back."""
    reason: Reason
    seller_id: str
    buyer_id: str
    order_id: str
    line_id: str
    title: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some cases, longest waiting first, and where the next page begins; None on the last."""

    items: tuple[QueuedCase, ...]
    next: Key | None


def queue(
    conn: sa.Connection,
    *,
    on_hold: bool | None = None,
    asked_in: bool | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> QueuePage:
    """The queue, longest waiting first, from behind ``after`` on.

    ``on_hold`` and ``asked_in`` choose those cases alone that are on hold, or that support was only asked into, or
    all others.
    """
    columns = queued_case.c
    statement = sa.select(queued_case).order_by(columns.since, columns.case_id).limit(limit + 1)
    if on_hold is not None:
        statement = statement.where(columns.on_hold.is_(on_hold))
    if asked_in is not None:
        statement = statement.where(columns.asked_in_by.is_not(None) if asked_in else columns.asked_in_by.is_(None))
    if after:
        statement = statement.where(sa.tuple_(columns.since, columns.case_id) > sa.tuple_(*after))
    rows = conn.execute(statement).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return QueuePage(tuple(_queued(row) for row in rows[:limit]), (last.since, last.case_id) if last else None)


def _queued(row: Any) -> QueuedCase:  # noqa: ANN401 -- a row of queued_case
    values = row._asdict()
    at_stake = Money(minor=values.pop("at_stake_minor"), currency=values.pop("currency"))
    return QueuedCase(
        **{
            **values,
            "status": Status(row.status),
            "cause": ReviewCause(row.cause) if row.cause else None,
            "routing": tuple(SupportRouting(it) for it in row.routing),
            "asked_in_by": Role(row.asked_in_by) if row.asked_in_by else None,
            "reason": Reason(row.reason),
            "at_stake": at_stake,
        }
    )
