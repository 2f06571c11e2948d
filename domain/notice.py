"""Notices: who is told of what, by which channels; the same shape for cases and cancellations (SPEC §7.7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.actors import Role


class Channel(StrEnum):
    """How a notice reaches its reader."""

    EMAIL = "email"
    IN_APP = "in_app"


EVERYWHERE = frozenset(Channel)


class NoticeKind(StrEnum):
    """What a notice is about, as far as its reader may choose whether to be mailed of it."""

    NEW_REQUEST = "new_request"
    """A request became the seller's to answer; its mail cannot be switched off (SPEC §7.7)."""
    TURN = "turn"
    """The case waits for the reader now."""
    REMINDER = "reminder"
    """The case still waits for him, and his time runs out."""
    NEWS = "news"
    """Something happened; nothing is asked of him."""
    MESSAGE = "message"
    """The other party wrote or showed something."""
    BALANCE = "balance"
    """An amount moved on the seller's balance."""


KIND_OF = {
    "new_request": NoticeKind.NEW_REQUEST,
    "turn": NoticeKind.TURN,
    "reminder": NoticeKind.REMINDER,
    "message": NoticeKind.MESSAGE,
    "charged": NoticeKind.BALANCE,
    "credited": NoticeKind.BALANCE,
}
"""By the first word of the template; whatever else is told is news."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One party is told one thing."""

    to: Role
    template: str
    """What it says: a key of the labels, and of the mails."""
    can_be_switched_off: bool = True
    """Whether the reader may do without its mail; a new request is always sent (SPEC §7.7)."""
    channels: frozenset[Channel] = EVERYWHERE

    @property
    def kind(self) -> NoticeKind:
        """What it is about."""
        return kind_of(self.template)


def kind_of(template: str) -> NoticeKind:
    """What a notice of this template is about."""
    return KIND_OF.get(template.removeprefix("cancellation.").partition(".")[0], NoticeKind.NEWS)


def first_of_each(*notices: Notice) -> tuple[Notice, ...]:
    """At most one notice for each party: the first, which says more than those after it."""
    return tuple({notice.to: notice for notice in reversed(notices)}.values())[::-1]
