"""Deadlines: what is due when, one row for each case that waits with an end in sight (SPEC §7.4).

The scheduler sweeps them through ``projections.sweeping``.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from domain.deadline import Deadline
from domain.refund.events import CaseEvent
from domain.refund.waiting import WAITING_ON
from projections.decoding import topics_of
from projections.openings import Openings
from projections.schema import Row, appending, metadata, rows_of, text, write
from store.envelope import Envelope
from store.tables import instant

deadline = sa.Table(
    "deadline",
    metadata,
    sa.Column("stream_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    text("kind"),
    instant("due_at", nullable=False),
    text("waiting_on"),
    text("seller_id"),
    sa.Column("reminders", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False),
    instant("remind_at"),
    instant("claim_at", nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    text("failure", nullable=True),
)
"""``version`` is the event that set the deadline; ``claim_at`` is ``due_at``, or later for a row set aside;
``remind_at`` is the next of the ``reminders``."""

by_claim = sa.Index("ix_deadline_claim_at", deadline.c.claim_at, deadline.c.stream_id)
by_reminder = sa.Index("ix_deadline_remind_at", deadline.c.remind_at)


def _put() -> sa.Executable:
    insert = appending(deadline)
    new, old = insert.excluded, deadline.c
    later = new.version > old.version
    another = sa.tuple_(new.kind, new.due_at).is_distinct_from(sa.tuple_(old.kind, old.due_at))
    values = {column.name: new[column.name] for column in deadline.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=["stream_id"], set_=values, where=later & another)


PUT = _put()
"""A deadline that runs on unchanged keeps its row, and with it what the scheduler noted there."""
ENDED = rows_of(deadline)
REMOVE_ENDED = sa.delete(deadline).where(
    deadline.c.stream_id == ENDED.c.stream_id, deadline.c.version < ENDED.c.version
)


class Deadlines:
    """Keeps the one live deadline of each case."""

    name = "deadlines"
    tables = (deadline,)
    topics = topics_of(CaseEvent)

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def apply(self, conn: sa.Connection, events: Sequence[Envelope]) -> None:
        last = {envelope.originator_id: envelope for envelope in events}
        openings = self._openings.of(conn, events)
        ended, live = [], []
        for stream_id, envelope in last.items():
            runs = _deadline_after(envelope)
            identity = {"stream_id": stream_id, "version": envelope.originator_version}
            if runs is None:
                ended.append(identity)
            else:
                seller_id = openings[stream_id].event.line.seller_id
                live.append({**identity, **_columns(envelope, runs), "seller_id": seller_id})
        write(conn, REMOVE_ENDED, ended)
        write(conn, PUT, live)


def _deadline_after(envelope: Envelope) -> Deadline | None:
    return envelope.payload.deadline if isinstance(envelope.payload, CaseEvent) else None


def _columns(envelope: Envelope, runs: Deadline) -> Row:
    assert isinstance(envelope.payload, CaseEvent)  # noqa: S101 -- only such an event brings a deadline
    return {
        "kind": runs.kind,
        "due_at": runs.due_at,
        "waiting_on": WAITING_ON[envelope.payload.status],
        "reminders": runs.remind_at,
        "remind_at": min(runs.remind_at, default=None),
        "claim_at": runs.due_at,
        "attempts": 0,
    }
