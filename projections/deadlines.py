"""Deadlines: what is due when, one row for each case or cancellation that waits with an end in sight (SPEC §7.4).

The scheduler sweeps them through ``projections.sweeping``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from domain.deadline import Deadline
from projections.changes import Change, writing
from projections.openings import Openings
from projections.processes import TOPICS, step_of, waits_on
from projections.schema import Row, appending, metadata, rows_of, text
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
``reminders`` and the first of them, ``remind_at``, are there to be looked at: mails follow ``tellings``."""

by_claim = sa.Index("ix_deadline_claim_at", deadline.c.claim_at, deadline.c.stream_id)
by_reminder = sa.Index("ix_deadline_remind_at", deadline.c.remind_at)
set_aside = sa.Index("ix_deadline_set_aside", deadline.c.due_at, postgresql_where=deadline.c.attempts > 0)


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


NEXT_AFTER = sa.select(sa.func.min(deadline.c.due_at)).where(deadline.c.due_at > sa.bindparam("now"))


def next_due(conn: sa.Connection, now: datetime) -> datetime | None:
    """When the first deadline that lies ahead is due; None where none does."""
    due_at: datetime | None = conn.execute(NEXT_AFTER, {"now": now}).scalar_one()
    return due_at


class Deadlines:
    """Keeps the one live deadline of each case and cancellation."""

    name = "deadlines"
    tables = (deadline,)
    topics = TOPICS

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        openings = self._openings.of(conn, events)
        ended, live = [], []
        for stream_id, envelope in _setters(events).items():
            runs = step_of(envelope).deadline
            identity = {"stream_id": stream_id, "version": envelope.originator_version}
            if runs is None:
                ended.append(identity)
            else:
                live.append({**identity, **_columns(envelope, runs), "seller_id": openings[stream_id].line.seller_id})
        return [*writing(REMOVE_ENDED, ended), *writing(PUT, live)]


def _setters(events: Sequence[Envelope]) -> dict[UUID, Envelope]:
    """For each stream the first of these events that has the deadline with which they end, or has none as they do."""
    setters: dict[UUID, Envelope] = {}
    for envelope in events:
        earlier = setters.get(envelope.originator_id)
        if earlier is None or step_of(earlier).deadline != step_of(envelope).deadline:
            setters[envelope.originator_id] = envelope
    return setters


def _columns(envelope: Envelope, runs: Deadline) -> Row:
    return {
        "kind": runs.kind,
        "due_at": runs.due_at,
        "waiting_on": waits_on(step_of(envelope).status),
        "reminders": runs.remind_at,
        "remind_at": min(runs.remind_at, default=None),
        "claim_at": runs.due_at,
        "attempts": 0,
    }
