"""Tells the demo as it happens: a line for each event that the log has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import IO, Final
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.actors import Actor
from domain.business_time import Calendar
from domain.deadline import Deadline
from domain.labels import event_words, label
from domain.language import Locale
from domain.money import Money
from domain.posting import Account
from domain.refund.events import CaseEvent, RequestOpened
from domain.refusals import Refused
from store.envelope import Envelope

WIDTH: Final = 100
SHOWN: Final = 14
"""Characters of a marketplace's id; they can be very long."""
ENGLISH: Final = Locale.ENGLISH
DAY: Final = timedelta(days=1)


def console_of_the_demo(file: IO[str] | None = None) -> Console:
    """As wide as the terminal, a hundred columns at most, and that where there is none; what it prints is no markup."""
    console = Console(file=file, highlight=False, markup=False)
    if not console.is_terminal or console.width > WIDTH:
        console.width = WIDTH
    return console


def named(actor: Actor) -> str:
    """Role and id, the id cut where it is long."""
    if actor.id == actor.role:
        return actor.id
    return f"{actor.role} {actor.id if len(actor.id) <= SHOWN else f'{actor.id[: SHOWN - 1]}…'}"


class Narrator:
    """Tells what is recorded, in the order of the log."""

    def __init__(self, console: Console, calendar: Calendar) -> None:
        self._console = console
        self._calendar = calendar
        self._day: date | None = None
        self._titles: dict[UUID, str] = {}
        self._deadlines: dict[UUID, Deadline | None] = {}

    def chapter(self, title: str) -> None:
        self._console.print()
        self._console.rule(Text(title, style="bold"), align="left")

    def say(self, sentence: str) -> None:
        self._console.print(sentence)

    def tell(self, news: Iterable[Envelope]) -> None:
        """One line for each event of a case, and what follows from it."""
        for envelope in sorted(news, key=lambda envelope: envelope.occurred_at):
            if isinstance(envelope.payload, CaseEvent):
                at = self._calendar.local(envelope.occurred_at)
                self._turn_to(at)
                self._line(f"{at:%H:%M}", named(envelope.cause.actor), self._told(envelope, envelope.payload))

    def refused(self, actor: Actor, at: datetime, refusal: Refused) -> None:
        """What someone tried and the service refused."""
        self._turn_to(self._calendar.local(at))
        what = Text(f"is refused: {refusal.sentence}")
        what.append(f"\nrule {refusal.rule}", style="dim")
        if refusal.possible:
            what.append(f"; possible now: {', '.join(refusal.possible)}", style="dim")
        self._line(f"{self._calendar.local(at):%H:%M}", named(actor), what)

    def _told(self, envelope: Envelope, event: CaseEvent) -> Text:
        stream = envelope.originator_id
        if isinstance(event, RequestOpened):
            self._titles[stream] = f"{event.line.title}: {label(event.reason, ENGLISH)}"
        what = Text(event_words(type(event)).said_in(ENGLISH))
        what.append(f" [{self._titles.get(stream, '')}]", style="italic")
        is_new = event.deadline != self._deadlines.get(stream)
        self._deadlines[stream] = event.deadline
        if event.deadline and is_new:
            what.append(f"\n{deadline_words(event.deadline, self._calendar)}", style="dim")
        for followed in effects(event):
            what.append(f"\n{followed}", style="dim")
        return what

    def _turn_to(self, at: datetime) -> None:
        if at.date() == self._day:
            return
        heading = Text(f"\n{at:%A, %d %B %Y}", style="bold")
        is_first, self._day = self._day is None, at.date()
        if not is_first and self._calendar.counts(self._day) > self._calendar.counts(self._day - DAY):
            heading.append("  the days before were no business days, so no deadline came nearer", style="dim")
        self._console.print(heading)

    def _line(self, at: str, who: str, what: Text) -> None:
        line = Table.grid(padding=(0, 1), expand=True)
        line.add_column(width=5)
        line.add_column(width=24, no_wrap=True, overflow="ellipsis")
        line.add_column(ratio=1)
        line.add_row(at, who, what)
        self._console.print(line)


def deadline_words(deadline: Deadline, calendar: Calendar) -> str:
    """Until when is waited, and why until then."""
    return f"until {calendar.local(deadline.due_at):%a %d %b %H:%M}: {deadline.explanation}"


def effects(event: CaseEvent) -> Iterator[str]:
    """What an event does beside moving the case: to the buyer's money, the seller's balance, and the end."""
    if event.refund:
        yield f"the buyer gets {event.refund}"
    charged = event.posting.minor_on(Account.SELLER) if event.posting else 0
    if event.posting and charged:
        yield f"the seller's balance changes by {Money(minor=charged, currency=event.posting.currency)}"
    if event.outcome:
        yield f"closed: {label(event.outcome, ENGLISH)}"
