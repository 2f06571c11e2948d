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


@dataclass(frozen=True, slots=True)
class Notice:
    """One party is told one thing."""

    to: Role
    template: str
    """What it says: a key of the labels, and of the mails."""
    can_be_switched_off: bool = True
    """Whether the reader may do without its mail; a new request is always sent (SPEC §7.7)."""
    channels: frozenset[Channel] = EVERYWHERE


def first_of_each(*notices: Notice) -> tuple[Notice, ...]:
    """At most one notice for each party: the first, which says more than those after it."""
    return tuple({notice.to: notice for notice in reversed(notices)}.values())[::-1]
