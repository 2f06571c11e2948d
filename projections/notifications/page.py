"""A reader's notifications, newest first, and which of them are unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.actors import Actor, Role
from projections.notifications.tables import notification
from projections.processes import Process
from store.tables import notice_read

Key = tuple[datetime, UUID]
"""When, and id: where a page ends."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whose notifications are looked at, and by whom: support's agents share theirs, each reads for himself."""

    reader: str
    marker: str

    @classmethod
    def of(cls, actor: Actor) -> Mailbox:
        return cls(str(actor.role) if actor.role is Role.SUPPORT else str(actor), str(actor))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One thing that a reader was told."""

    id: UUID
    at: datetime
    process: Process
    matter_id: UUID
    version: int
    """Of the case or cancellation, after the event that told it."""
    template: str
    order_id: str
    line_id: str
    title: str
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NotificationPage:
    """Some notifications, newest first, and where the next page begins; None on the last."""

    items: tuple[Notification, ...]
    next: Key | None


COLUMNS = notification.c
READ = sa.and_(notice_read.c.notice_id == COLUMNS.id, notice_read.c.marker == sa.bindparam("marker"))
VISIBLE = (COLUMNS.reader == sa.bindparam("reader"), sa.bindparam("now") >= COLUMNS.at)
UNREAD = ~sa.exists().where(READ)
LISTED = (
    sa.select(notification, notice_read.c.read_at)
    .select_from(notification.outerjoin(notice_read, READ))
    .where(*VISIBLE)
    .order_by(COLUMNS.at.desc(), COLUMNS.id.desc())
)
COUNT_UNREAD = sa.select(sa.func.count()).select_from(notification).where(*VISIBLE, UNREAD)
PLACE = sa.select(COLUMNS.at, COLUMNS.id).where(*VISIBLE, sa.bindparam("wanted") == COLUMNS.id)
CHOSEN = sa.select(sa.bindparam("marker", type_=sa.Text), COLUMNS.id, sa.bindparam("now")).where(*VISIBLE, UNREAD)
MARKS = postgresql.insert(notice_read)


def notifications(
    conn: sa.Connection,
    mailbox: Mailbox,
    now: datetime,
    *,
    unread: bool | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> NotificationPage:
    """What the reader was told until ``now``, from behind ``after`` on; only unread, or only read, where asked."""
    statement = LISTED.limit(limit + 1)
    if unread is not None:
        statement = statement.where(_is_unread(unread=unread))
    if after:
        statement = statement.where(sa.tuple_(COLUMNS.at, COLUMNS.id) < sa.tuple_(*after))
    rows = conn.execute(statement, _asked(mailbox, now)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return NotificationPage(tuple(_shown(row) for row in rows[:limit]), (last.at, last.id) if last else None)


def unread_count(conn: sa.Connection, mailbox: Mailbox, now: datetime) -> int:
    """How many of what he was told the reader has not read."""
    return int(conn.execute(COUNT_UNREAD, _asked(mailbox, now)).scalar_one())


def mark_read(
    conn: sa.Connection, mailbox: Mailbox, notice_id: UUID, now: datetime, *, with_older: bool = False
) -> bool:
    """Note that the reader has read this one, ``with_older`` all before it too; False for none of his.

    A second time changes nothing.
    """
    asked = _asked(mailbox, now)
    place = conn.execute(PLACE, {**asked, "wanted": notice_id}).one_or_none()
    if place is None:
        return False
    key = sa.tuple_(COLUMNS.at, COLUMNS.id)
    chosen = CHOSEN.where(key <= sa.tuple_(*place) if with_older else COLUMNS.id == notice_id)
    conn.execute(MARKS.from_select(["marker", "notice_id", "read_at"], chosen).on_conflict_do_nothing(), asked)
    return True


def _asked(mailbox: Mailbox, now: datetime) -> dict[str, Any]:
    return {"reader": mailbox.reader, "marker": mailbox.marker, "now": now}


def _is_unread(*, unread: bool) -> sa.ColumnElement[bool]:
    read_at = notice_read.c.read_at
    return read_at.is_(None) if unread else read_at.is_not(None)


def _shown(row: Any) -> Notification:  # noqa: ANN401 -- a row of LISTED
    return Notification(
        id=row.id,
        at=row.at,
        process=Process(row.process),
        matter_id=row.stream_id,
        version=row.version,
        template=row.template,
        order_id=row.order_id,
        line_id=row.line_id,
        title=row.title,
        read_at=row.read_at,
    )
