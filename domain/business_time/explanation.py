"""Why a window ends when it does: one line, recorded in English and read in every language (SPEC §6).

The line is a small language of its own: what writes it can read it back, so that history recorded as one line
can be shown in German, today and in a later language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from domain.business_time.window import Span, Unit
from domain.language import Locale


@dataclass(frozen=True, slots=True)
class Phrases:
    """How one language says the parts of the line."""

    weekdays: tuple[str, ...]
    units: dict[Unit, tuple[str, str]]
    """Each unit for one and for many."""
    date: str
    start: str
    weekend: str
    weekends: str
    holiday: str
    others: tuple[str, str]
    """Said of one other span, and of several units or spans."""
    joint: str


ENGLISH = Phrases(
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    units={
        Unit.BUSINESS_HOURS: ("business hour", "business hours"),
        Unit.BUSINESS_DAYS: ("business day", "business days"),
        Unit.HOURS: ("hour", "hours"),
        Unit.DAYS: ("day", "days"),
    },
    date="%Y-%m-%d",
    start="{span} from {day} {time}",
    weekend="weekend skipped",
    weekends="{count} weekends skipped",
    holiday="holiday {day} skipped",
    others=("{spans} ends no later", "{spans} end no later"),
    joint=" and ",
)
PHRASES = {
    Locale.ENGLISH: ENGLISH,
    Locale.GERMAN: Phrases(
        weekdays=("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
        units={
            Unit.BUSINESS_HOURS: ("Geschäftsstunde", "Geschäftsstunden"),
            Unit.BUSINESS_DAYS: ("Werktag", "Werktage"),
            Unit.HOURS: ("Stunde", "Stunden"),
            Unit.DAYS: ("Tag", "Tage"),
        },
        date="%d.%m.%Y",
        start="{span} ab {day} {time}",
        weekend="Wochenende zählt nicht",
        weekends="{count} Wochenenden zählen nicht",
        holiday="Feiertag {day} zählt nicht",
        others=("{spans} endet nicht später", "{spans} enden nicht später"),
        joint=" und ",
    ),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The parts of the line."""

    span: Span
    """The span that decides."""
    start: datetime
    """When it began, as clocks of the calendar's zone showed it, to the minute."""
    weekends: int = 0
    holidays: tuple[date, ...] = ()
    others: tuple[Span, ...] = ()
    """The window's other spans, which end no later."""

    def said_in(self, locale: Locale) -> str:
        """The line in this language."""
        phrases = PHRASES[locale]
        start = phrases.start.format(
            span=_span(self.span, phrases), day=_day(self.start, phrases), time=f"{self.start:%H:%M}"
        )
        return "; ".join([start, *self._skips(phrases), *self._others(phrases)])

    def _skips(self, phrases: Phrases) -> list[str]:
        weekends = [phrases.weekend] if self.weekends == 1 else [phrases.weekends.format(count=self.weekends)]
        return [
            *(weekends if self.weekends else []),
            *(phrases.holiday.format(day=_day(day, phrases)) for day in self.holidays),
        ]

    def _others(self, phrases: Phrases) -> list[str]:
        if not self.others:
            return []
        is_one = len(self.others) == 1 and self.others[0].amount == 1
        spans = phrases.joint.join(_span(span, phrases) for span in self.others)
        return [phrases.others[0 if is_one else 1].format(spans=spans)]


def _span(span: Span, phrases: Phrases) -> str:
    return f"{span.amount} {phrases.units[span.unit][0 if span.amount == 1 else 1]}"


def _day(day: date, phrases: Phrases) -> str:
    return f"{phrases.weekdays[day.weekday()]} {day.strftime(phrases.date)}"


UNITS = {name: unit for unit, names in ENGLISH.units.items() for name in names}
SPAN = rf"\d+ (?:{'|'.join(sorted(UNITS, key=len, reverse=True))})"
LINE = re.compile(
    rf"(?P<span>{SPAN}) from \w+ (?P<start>[\d-]{{10}} [\d:]{{5}})"
    r"(?:; (?:(?P<weekend>weekend)|(?P<weekends>\d+) weekends) skipped)?"
    r"(?P<holidays>(?:; holiday \w+ [\d-]{10} skipped)*)"
    rf"(?:; (?P<others>{SPAN}(?: and {SPAN})*) ends? no later)?"
)


def read(line: str) -> Explanation | None:
    """The parts of a recorded line; None for a line in other words."""
    match = LINE.fullmatch(line)
    if match is None:
        return None
    return Explanation(
        span=_read_span(match["span"]),
        start=datetime.fromisoformat(match["start"]),
        weekends=1 if match["weekend"] else int(match["weekends"] or 0),
        holidays=tuple(map(date.fromisoformat, re.findall(r"[\d-]{10}", match["holidays"]))),
        others=tuple(map(_read_span, re.findall(SPAN, match["others"] or ""))),
    )


def _read_span(text: str) -> Span:
    amount, _, unit = text.partition(" ")
    return Span(amount=int(amount), unit=UNITS[unit])


def explained_in(locale: Locale, line: str) -> str:
    """A recorded explanation in this language; one in words that are no longer known stays as it is."""
    explanation = read(line)
    return explanation.said_in(locale) if explanation else line
