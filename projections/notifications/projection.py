"""Keeps each reader's notifications in step with the log, reminders of what is not answered by then among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.cancellation.events import CancellationEvent
from projections.changes import Change, adding, writing
from projections.notifications.tables import notification
from projections.openings import Opening, Openings
from projections.processes import TOPICS, Process, step_of
from projections.schema import Row, appending, rows_of
from projections.tellings import Tellings, Told, deadline_name, reader_of
from store.envelope import Envelope

PUT: postgresql.Insert = appending(notification).on_conflict_do_nothing()
STEP = rows_of(
    sa.table(
        "step",
        sa.column("stream_id", sa.Uuid),
        sa.column("version", sa.Integer),
        sa.column("recorded_at", sa.DateTime(timezone=True)),
        sa.column("runs", sa.Text),
    )
)
ANSWERED = sa.delete(notification).where(
    notification.c.stream_id == STEP.c.stream_id,
    notification.c.version < STEP.c.version,
    notification.c.at >= STEP.c.recorded_at,
    notification.c.reminds_of != STEP.c.runs,
)
"""Reminders of a deadline that another one, or none, had taken the place of when they were due."""


class Notifications:
    """Writes down who is told what."""

    name = "notifications"
    tables = (notification,)
    topics = TOPICS

    def __init__(self, openings: Openings, tellings: Tellings) -> None:
        self._openings = openings
        self._tellings = tellings

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Change]:
        openings = self._openings.of(conn, events)
        rows: list[Row] = []
        for told in self._tellings.of(conn, events):
            opening = openings[told.envelope.originator_id]
            rows += [*_news(told, opening), *_reminders(told, opening)]
        return [*adding(PUT, rows, key="id"), *writing(ANSWERED, [_step(envelope) for envelope in events])]


def _news(told: Told, opening: Opening) -> Iterator[Row]:
    envelope = told.envelope
    for notice in told.notices:
        name = f"{envelope.originator_version}/{notice.to}/{notice.template}"
        yield {
            **_about(told, opening),
            "id": uuid5(envelope.originator_id, f"notice/{name}"),
            "reader": reader_of(notice.to, opening.line),
            "at": envelope.cause.recorded_at,
            "template": notice.template,
            "reminds_of": None,
        }


def _reminders(told: Told, opening: Opening) -> Iterator[Row]:
    if told.reminder is None:
        return
    for reminder_id, at in told.reminders:
        yield {
            **_about(told, opening),
            "id": reminder_id,
            "reader": reader_of(told.reminder.to, opening.line),
            "at": at,
            "template": told.reminder.template,
            "reminds_of": deadline_name(step_of(told.envelope).deadline),
        }


def _about(told: Told, opening: Opening) -> dict[str, Any]:
    line, envelope = opening.line, told.envelope
    of_cancellation = isinstance(envelope.payload, CancellationEvent)
    return {
        "stream_id": envelope.originator_id,
        "version": envelope.originator_version,
        "process": Process.CANCELLATION if of_cancellation else Process.REFUND,
        "order_id": line.order_id,
        "line_id": line.line_id,
        "title": line.title,
    }


def _step(envelope: Envelope) -> Row:
    return {
        "stream_id": envelope.originator_id,
        "version": envelope.originator_version,
        "recorded_at": envelope.cause.recorded_at,
        "runs": deadline_name(step_of(envelope).deadline),
    }
