"""The outbox: what must leave the house and has not left it yet, each as a job with a stable id (DESIGN §5).

A job names only the event that caused it. What exactly is sent is read from its stream at that event when it is sent,
so that no personal data lies here and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.actors import Role
from domain.cancellation import events as cancellation
from domain.cancellation.events import CancellationEvent
from domain.messages import Event
from domain.notice import Channel
from domain.refund import events as refund
from domain.refund.events import CaseEvent
from domain.refund.transitions import TABLE
from domain.vocabulary import Status
from projections.changes import Change, adding
from projections.decoding import topics_of
from projections.schema import KEPT, Row, metadata, rows_of, text
from projections.tellings import Tellings, Told
from store.envelope import Envelope
from store.tables import dispatch, event, instant


class JobKind(StrEnum):
    """What the courier can be asked to do."""

    SUBMIT_REFUND = "submit_refund"
    ISSUE_RETURN_LABEL = "issue_return_label"
    VOID_RETURN_LABEL = "void_return_label"
    MAIL_BUYER = "mail_buyer"
    MAIL_SELLER = "mail_seller"
    MAIL_SUPPORT = "mail_support"
    MAIL_REMINDER = "mail_reminder"


MAIL_TO = {
    JobKind.MAIL_BUYER: Role.BUYER,
    JobKind.MAIL_SELLER: Role.SELLER,
    JobKind.MAIL_SUPPORT: Role.SUPPORT,
}
"""Each party's mails wait in a line of their own."""


outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("job_id", sa.Uuid, primary_key=True),
    text("kind"),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    instant("due_at", nullable=False),
    instant("claim_at", nullable=False, info=KEPT),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0", info=KEPT),
    text("failure", nullable=True, info=KEPT),
)
"""``claim_at`` is ``due_at``, or the end of a courier's claim, or when a failed job is tried again."""

by_claim = sa.Index("ix_outbox_kind_claim_at", outbox.c.kind, outbox.c.claim_at, outbox.c.position)

WANTS_NO_RETURN = frozenset(
    {Status.REFUND_PENDING, Status.CLOSED, Status.REPLACEMENT_IN_TRANSIT, Status.REPLACEMENT_INSPECTION}
)
LABELLED = frozenset({Status.AWAITING_RETURN, Status.SUPPORT_REVIEW})
"""Where a label may be out that no parcel has used yet."""
OPENS_RETURN = frozenset(
    row.event for row in TABLE.rows if row.to is Status.AWAITING_RETURN and row.status is not Status.AWAITING_RETURN
)
ENDS_RETURN = frozenset(row.event for row in TABLE.rows if row.status in LABELLED and row.to in WANTS_NO_RETURN)
ANOTHER_REFUND = (refund.RefundRequestedAgain, cancellation.RefundRequestedAgain)
ANOTHER_TRY = (refund.RefundAttemptFailed, cancellation.RefundAttemptFailed)
REST_AFTER_FAILED_ATTEMPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events cause a job of a kind."""

    kind: JobKind
    caused_by: Callable[[CaseEvent | CancellationEvent], bool]
    rest: timedelta = timedelta()
    """How long after its event the job is due."""
    after: frozenset[type[Event]] = frozenset()
    """Where given, the stream must have had one of these before."""


RULES = (
    Rule(JobKind.SUBMIT_REFUND, lambda it: it.refund is not None or isinstance(it, ANOTHER_REFUND)),
    Rule(JobKind.SUBMIT_REFUND, lambda it: isinstance(it, ANOTHER_TRY), rest=REST_AFTER_FAILED_ATTEMPT),
    Rule(JobKind.ISSUE_RETURN_LABEL, lambda it: type(it) in OPENS_RETURN),
    Rule(JobKind.VOID_RETURN_LABEL, lambda it: type(it) in ENDS_RETURN, after=OPENS_RETURN),
)
"""Another kind of job is another row here, and someone at the courier's who carries it out."""

NEW = rows_of(outbox)
PUT = (
    postgresql.insert(outbox)
    .from_select(
        [column.name for column in outbox.columns],
        sa.select(*(NEW.c[column.name] for column in outbox.columns)).where(
            ~sa.exists().where(dispatch.c.job_id == NEW.c.job_id)
        ),
    )
    .on_conflict_do_nothing()
)
"""A job that is waiting stays as it is, and one that is done does not come back."""
FIRST_OF = (
    sa.select(event.c.stream_id, sa.func.min(event.c.version).label("version"))
    .where(
        event.c.stream_id == sa.func.any(sa.bindparam("streams", type_=sa.ARRAY(sa.Uuid))),
        event.c.topic == sa.func.any(sa.bindparam("topics", type_=sa.ARRAY(sa.Text))),
    )
    .group_by(event.c.stream_id)
)


def job_id(stream_id: UUID, version: int, kind: JobKind) -> UUID:
    """The id of the job that this event causes; the same however often it is derived."""
    return uuid5(stream_id, f"{version}/{kind}")


class Outbox:
    """Derives the jobs from the events of cases and cancellations."""

    name = "outbox"
    tables = (outbox,)
    topics = topics_of(CaseEvent, CancellationEvent)

    def __init__(self, tellings: Tellings | None = None) -> None:
        """``tellings`` work out who is told what; without them nobody is mailed."""
        self._tellings = tellings

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        rows: list[Row] = [_row(rule, cause) for rule in RULES for cause in _causes(conn, rule, events)]
        told = self._tellings.of(conn, events) if self._tellings else []
        rows += [mail for each in told for mail in _mails(each)]
        return adding(PUT, rows, key="job_id")


def _mails(told: Told) -> Iterator[Row]:
    """One to each party that is told anything, and the reminders of whoever is waited on, each in its time."""
    envelope = told.envelope
    mailed = {notice.to for notice in told.notices if Channel.EMAIL in notice.channels}
    for kind, role in MAIL_TO.items():
        if role in mailed:
            identity = job_id(envelope.originator_id, envelope.originator_version, kind)
            yield _job(envelope, kind, identity, envelope.cause.recorded_at)
    for reminder_id, at in told.reminders:
        yield _job(envelope, JobKind.MAIL_REMINDER, reminder_id, at)


def _causes(conn: sa.Connection, rule: Rule, events: Sequence[Envelope]) -> list[Envelope]:
    causes = [it for it in events if rule.caused_by(cast("CaseEvent | CancellationEvent", it.payload))]
    if not causes or not rule.after:
        return causes
    since = _first_of(conn, rule.after, causes)
    return [it for it in causes if since.get(it.originator_id, it.originator_version) < it.originator_version]


def _first_of(conn: sa.Connection, kinds: frozenset[type[Event]], events: Sequence[Envelope]) -> Mapping[UUID, int]:
    """At which version each of these streams had one of these events first, as the log says."""
    streams, topics = {it.originator_id for it in events}, [kind.topic for kind in kinds]
    rows = conn.execute(FIRST_OF, {"streams": list(streams), "topics": topics})
    return {row.stream_id: row.version for row in rows}


def _row(rule: Rule, envelope: Envelope) -> Row:
    identity = job_id(envelope.originator_id, envelope.originator_version, rule.kind)
    return _job(envelope, rule.kind, identity, envelope.cause.recorded_at + rule.rest)


def _job(envelope: Envelope, kind: JobKind, identity: UUID, due_at: datetime) -> Row:
    return {
        "job_id": identity,
        "kind": kind,
        "stream_id": envelope.originator_id,
        "version": envelope.originator_version,
        "position": envelope.position,
        "due_at": due_at,
        "claim_at": due_at,
        "attempts": 0,
        "failure": None,
    }
