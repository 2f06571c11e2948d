"""The port to whoever carries mails to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.language import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one person, written and ready to go."""

    id: UUID
    """The stable identity: the same for every try, and with it the mail's ``Message-ID``."""
    person: str
    """To whom, as ``role:id``."""
    to: str
    """The address, as its owner or the marketplace told it; nobody has checked that it is one."""
    written_at: datetime
    locale: Locale
    subject: str
    text: str
    html: str


class Post(Protocol):
    """Carries letters."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over to be delivered, within the port's timeout.

        The same letter may be handed over twice when an answer was lost; its ``Message-ID`` lets the receiving side
        see that. Raises NoAnswer when nobody knows whether it was taken, and RefusedForGood when it never will be.
        """
        ...
