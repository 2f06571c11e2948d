"""The shapes of notifications and of the choice of mails."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.shape import Shape
from domain.language import Locale
from domain.notice import NoticeKind
from projections.processes import Process


class Notification(Shape):
    """One thing that the reader was told."""

    id: UUID
    at: datetime
    kind: NoticeKind
    template: str = Field(description="Which sentence, whatever the language", examples=["turn.offer_pending"])
    sentence: str = Field(description="In the reader's language")
    process: Process
    href: str = Field(description="Where the refund case or cancellation is")
    matter_id: UUID
    version: int = Field(description="Of the refund case or cancellation, after the event that told it")
    order_id: str
    line_id: str
    title: str
    read_at: datetime | None = Field(description="When the reader marked it as read")


class Notifications(Shape):
    """A page of what the caller was told, newest first."""

    items: tuple[Notification, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last")
    unread: int = Field(description="How many of all of them are unread")
    locale: Locale


class Unread(Shape):
    """How many of the caller's notifications are unread."""

    unread: int


class BuyerContact(Shape):
    """How a buyer is reached."""

    buyer_id: str
    version: int = Field(description="Also its `ETag`")
    locale: Locale
    email: str | None
    muted: tuple[NoticeKind, ...] = Field(description="What he wants no mail of")
