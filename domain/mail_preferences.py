"""Which notices a buyer or seller wants no mail of; everything stays to be read in the app (SPEC §7.7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from domain.messages import Event, Value
from domain.notice import Notice, NoticeKind
from domain.refusals import RuleBroken


class MailPreferences(Value):
    """What its owner wants no mail of; each choice replaces the one before."""

    muted: frozenset[NoticeKind] = frozenset()

    def wants(self, notice: Notice) -> bool:
        """Whether he is mailed this one."""
        return notice.kind not in self.muted or not notice.can_be_switched_off


EVERY_MAIL = MailPreferences()
"""Nothing is muted: how everybody begins."""


class MailPreferencesChosen(Event):
    """A buyer or seller chose what he wants no mail of."""

    topic: ClassVar[str] = "mail_preferences.chosen.v1"
    muted: tuple[NoticeKind, ...]
    """In alphabetical order."""


def choose(standing: MailPreferences, chosen: MailPreferences) -> list[Event]:
    """The events of a choice: none when nothing changed. Raises RuleBroken for mails that cannot be switched off."""
    if NoticeKind.NEW_REQUEST in chosen.muted:
        raise RuleBroken("new_requests_are_always_mailed", "mails of new requests cannot be switched off")
    if chosen == standing:
        return []
    return [MailPreferencesChosen(muted=ordered(chosen.muted))]


def ordered(muted: Iterable[NoticeKind]) -> tuple[NoticeKind, ...]:
    """In alphabetical order, as events and answers list them."""
    return tuple(sorted(muted))
