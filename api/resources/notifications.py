"""Notifications in the app: what the caller was told, in his language, read or unread (SPEC §7.7)."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from api.answering.answers import answer, may_answer
from api.answering.pages import Cursors, Paged
from api.entrance.door import admits, behind_the_door
from api.presenting.whereabouts import PATHS
from api.requests.errands import Asking
from api.requests.strictness import Flag, Id
from api.requests.views import MinPosition, at_one_moment, view
from api.schemas.notifications import Notification, Notifications, Unread
from api.services import Given
from domain.actors import Actor, Role
from domain.labels import notice_words
from domain.language import Locale
from domain.messages import Instant
from domain.notice import kind_of
from domain.refusals import Unknown
from projections import notifications

router = behind_the_door("notifications")
HERE = "/v1/notifications"
READERS = (Role.BUYER, Role.SELLER, Role.SUPPORT)
Key: TypeAlias = tuple[datetime, UUID]
CURSORS: Cursors[Key] = Cursors(tuple[Instant, UUID])
OnlyUnread = Annotated[Flag | None, Query(description="Only what is unread, or only what was read")]
InLocale = Annotated[Locale | None, Query(description="Another language than the caller's own")]
NoticeId = Annotated[Id, Path(description="One of the caller's own")]


@router.get(
    HERE,
    operation_id="list_notifications",
    summary="What the caller was told, newest first",
    response_model=Notifications,
    responses=may_answer(),
    **admits(*READERS),
)
def list_notifications(
    given: Given,
    actor: Asking,
    paged: Paged,
    unread: OnlyUnread = None,
    locale: InLocale = None,
    min_position: MinPosition = None,
) -> Response:
    """Support's agents are told the same; each reads for himself."""
    mailbox, now = notifications.Mailbox.of(actor), given.door.clock()
    after = CURSORS.place(paged, mailbox.reader, unread)
    said_in = locale or _locale_of(given, actor)
    with at_one_moment(view(given, min_position, notifications.Notifications.name)) as conn:
        found = notifications.notifications(conn, mailbox, now, unread=unread, after=after, limit=paged.limit)
        count = notifications.unread_count(conn, mailbox, now)
    return answer(
        Notifications(
            items=tuple(_shown(each, said_in) for each in found.items),
            next=CURSORS.mark(found.next, mailbox.reader, unread),
            unread=count,
            locale=said_in,
        )
    )


@router.get(
    f"{HERE}/unread",
    operation_id="count_unread_notifications",
    summary="How many of the caller's notifications are unread",
    response_model=Unread,
    responses=may_answer(),
    **admits(*READERS),
)
def count_unread(given: Given, actor: Asking, min_position: MinPosition = None) -> Response:
    with view(given, min_position, notifications.Notifications.name) as conn:
        count = notifications.unread_count(conn, notifications.Mailbox.of(actor), given.door.clock())
    return answer(Unread(unread=count))


@router.put(
    f"{HERE}/{{notification_id}}/read",
    operation_id="mark_notification_read",
    summary="Mark one as read",
    response_model=Unread,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*READERS),
)
def mark_read(given: Given, actor: Asking, notification_id: NoticeId) -> Response:
    """A second time changes nothing."""
    return _marked(given, actor, notification_id, with_older=False)


@router.put(
    f"{HERE}/{{notification_id}}/all-read",
    operation_id="mark_notifications_read",
    summary="Mark one and all that are older as read",
    response_model=Unread,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*READERS),
)
def mark_all_read(given: Given, actor: Asking, notification_id: NoticeId) -> Response:
    """What came after the one that the reader saw last stays unread."""
    return _marked(given, actor, notification_id, with_older=True)


def _marked(given: Given, actor: Actor, notice_id: UUID, *, with_older: bool) -> Response:
    mailbox, now = notifications.Mailbox.of(actor), given.door.clock()
    with given.engine.begin() as conn:
        if not notifications.mark_read(conn, mailbox, notice_id, now, with_older=with_older):
            raise Unknown("unknown_notification", f"no notification {notice_id} of yours", id=str(notice_id))
        count = notifications.unread_count(conn, mailbox, now)
    return answer(Unread(unread=count))


def _locale_of(given: Given, actor: Actor) -> Locale:
    """The language that the marketplace told for a buyer or seller; English where it told none, and for support."""
    if actor.role is Role.BUYER:
        return given.door.contacts.buyer(actor.id, actor).account.profile.locale
    if actor.role is Role.SUPPORT:
        return Locale.ENGLISH
    try:
        return given.door.accounts.seller(actor.id, actor).account.profile.locale
    except Unknown:
        return Locale.ENGLISH


def _shown(told: notifications.Notification, locale: Locale) -> Notification:
    return Notification(
        id=told.id,
        at=told.at,
        kind=kind_of(told.template),
        template=told.template,
        sentence=notice_words(told.template).said_in(locale),
        process=told.process,
        href=f"{PATHS[told.process]}/{told.matter_id}",
        matter_id=told.matter_id,
        version=told.version,
        order_id=told.order_id,
        line_id=told.line_id,
        title=told.title,
        read_at=told.read_at,
    )
