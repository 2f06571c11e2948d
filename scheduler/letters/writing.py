"""Writes letters from templates: what happened, to which order, until when, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from domain.business_time import explained_in
from domain.deadline import Deadline
from domain.language import Locale
from domain.mail_preferences import MailPreferences
from domain.money import Money
from scheduler.ports.post import Letter

TEMPLATES = Environment(
    loader=PackageLoader("scheduler.letters", "."),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
"""HTML is escaped, text is not."""
SHOWN_AS = {Locale.GERMAN: "EEEE, d. MMMM y, HH:mm 'Uhr' (z)", Locale.ENGLISH: "EEEE, d MMMM y, HH:mm (z)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who gets a letter."""

    person: str
    """As ``role:id``."""
    address: str
    locale: Locale
    zone: str
    """In which he reads times."""
    mail: MailPreferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a letter tells."""

    sentences: tuple[str, ...]
    """In the addressee's language; the first is the subject."""
    title: str
    order_id: str
    reason: str | None
    """What the buyer says went wrong, in the addressee's language; None for a cancellation."""
    offered: Money | None = None
    refund: Money | None = None
    """What becomes due to the buyer."""
    booked: Money | None = None
    """What is booked on the seller's balance, negative when he pays."""
    deadline: Deadline | None = None
    """Until when the addressee is waited for; None when he is not."""
    counted_in: str
    """The zone by whose clocks the deadline was counted and is explained."""
    link: str | None = None
    """Where he can look at it."""


def write(letter_id: UUID, to: Addressee, contents: Contents, written_at: datetime) -> Letter:
    """The letter, the same whenever it is written again."""
    told = {
        "contents": contents,
        "shown": lambda amount: amount.shown_in(to.locale),
        "until": _until(contents.deadline, to),
        "elsewhere": contents.counted_in if contents.counted_in != to.zone else None,
        "why_then": explained_in(to.locale, contents.deadline.explanation) if contents.deadline else None,
    }
    text, html = (TEMPLATES.get_template(f"letter.{to.locale}.{form}").render(told) for form in ("txt", "html"))
    return Letter(
        id=letter_id,
        person=to.person,
        to=to.address,
        written_at=written_at,
        locale=to.locale,
        subject=f"{contents.sentences[0]}: {contents.title}",
        text=text,
        html=html,
    )


def _until(deadline: Deadline | None, to: Addressee) -> str | None:
    if deadline is None:
        return None
    return format_datetime(deadline.due_at, SHOWN_AS[to.locale], ZoneInfo(to.zone), str(to.locale))
