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
from store.tables import notice_read, notices_read

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
MARKER = sa.bindparam("marker", type_=sa.Text)
ITSELF = sa.and_(notice_read.c.notice_id == COLUMNS.id, notice_read.c.marker == MARKER)
VISIBLE = (COLUMNS.reader == sa.bindparam("reader"), sa.bindparam("now") >= COLUMNS.at)
PLACE = sa.tuple_(COLUMNS.at, COLUMNS.id)
ALL_UP_TO = sa.tuple_(notices_read.c.at, notices_read.c.notice_id)
WITH_OLDER = (
    sa.select(notices_read.c.read_at)
    .where(notices_read.c.marker == MARKER, ALL_UP_TO >= PLACE)
    .order_by(notices_read.c.at, notices_read.c.notice_id)
    .limit(1)
    .correlate(notification)
    .scalar_subquery()
)
"""When it was first read together with newer ones."""
LISTED = (
    sa.select(notification, sa.func.coalesce(notice_read.c.read_at, WITH_OLDER).label("read_at"))
    .select_from(notification.outerjoin(notice_read, ITSELF))
    .where(*VISIBLE)
    .order_by(COLUMNS.at.desc(), COLUMNS.id.desc())
)
COUNT_UNREAD = sa.select(sa.func.count()).select_from(notification).where(*VISIBLE, ~sa.exists().where(ITSELF))
FOUND = sa.select(COLUMNS.at, COLUMNS.id).where(*VISIBLE, sa.bindparam("wanted") == COLUMNS.id)
NEWEST_MARK = (
    sa.select(notices_read.c.at, notices_read.c.notice_id)
    .where(notices_read.c.marker == MARKER)
    .order_by(notices_read.c.at.desc(), notices_read.c.notice_id.desc())
    .limit(1)
)
MARK_ONE = postgresql.insert(notice_read).on_conflict_do_nothing()
MARK_ALL = postgresql.insert(notices_read).on_conflict_do_nothing()


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
        statement = statement.where(_is_unread(_all_read_up_to(conn, mailbox), unread=unread))
    if after:
        statement = statement.where(sa.tuple_(*after) > PLACE)
    rows = conn.execute(statement, _asked(mailbox, now)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return NotificationPage(tuple(_shown(row) for row in rows[:limit]), (last.at, last.id) if last else None)


def unread_count(conn: sa.Connection, mailbox: Mailbox, now: datetime) -> int:
    """How many of what he was told the reader has not read; what he has read all of is not looked at again."""
    statement = COUNT_UNREAD.where(_behind(_all_read_up_to(conn, mailbox)))
    return int(conn.execute(statement, _asked(mailbox, now)).scalar_one())


def mark_read(
    conn: sa.Connection, mailbox: Mailbox, notice_id: UUID, now: datetime, *, with_older: bool = False
) -> bool:
    """Note that the reader has read this one, ``with_older`` all before it too; False for none of his.

    A second time changes nothing.
    """
    found = conn.execute(FOUND, {**_asked(mailbox, now), "wanted": notice_id}).one_or_none()
    if found is None:
        return False
    mark, place = _all_read_up_to(conn, mailbox), (found.at, found.id)
    if mark is None or mark < place:
        row = {"marker": mailbox.marker, "notice_id": notice_id, "read_at": now}
        conn.execute(MARK_ALL, {**row, "at": found.at}) if with_older else conn.execute(MARK_ONE, row)
    return True


def _all_read_up_to(conn: sa.Connection, mailbox: Mailbox) -> Key | None:
    """The newest with which the reader read all that were older."""
    row = conn.execute(NEWEST_MARK, {"marker": mailbox.marker}).one_or_none()
    return (row.at, row.notice_id) if row else None


def _behind(mark: Key | None) -> sa.ColumnElement[bool]:
    return sa.tuple_(*mark) < PLACE if mark else sa.true()


def _asked(mailbox: Mailbox, now: datetime) -> dict[str, Any]:
    return {"reader": mailbox.reader, "marker": mailbox.marker, "now": now}


def _is_unread(mark: Key | None, *, unread: bool) -> sa.ColumnElement[bool]:
    is_unread = sa.and_(notice_read.c.read_at.is_(None), _behind(mark))
    return is_unread if unread else ~is_unread


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
