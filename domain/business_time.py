"""Business time: windows in business hours, business days or calendar days, and the instants they end (SPEC §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from domain.messages import Value

DAY = timedelta(days=1)
FRIDAY = 4
LONGEST = 1000
"""No window is longer than this many units; a larger number is a typing error."""


class Unit(StrEnum):
    """What a window counts."""

    BUSINESS_HOURS = "bh"
    BUSINESS_DAYS = "bd"
    HOURS = "h"
    DAYS = "d"


UNIT_NAMES = {
    Unit.BUSINESS_HOURS: "business hour",
    Unit.BUSINESS_DAYS: "business day",
    Unit.HOURS: "hour",
    Unit.DAYS: "day",
}


class Span(Value):
    """A number of units: 48 business hours, 5 business days, 7 calendar days, 24 hours."""

    amount: Annotated[int, Field(ge=0, le=LONGEST)]
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def words(self) -> str:
        return f"{self.amount} {UNIT_NAMES[self.unit]}{'' if self.amount == 1 else 's'}"


class Window(Value):
    """One span, or several of which the one that ends later holds (SPEC §6: "5 weekdays" and "7 days")."""

    spans: tuple[Span, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.spans))


def parse_window(text: str) -> Window:
    """Read ``48bh``, ``5bd``, ``7d``, ``24h`` or ``5bd and 7d`` (the later of the two).

    Raises ValueError naming the part that is no span.
    """
    spans = []
    for part in text.split(" and "):
        match = re.fullmatch(r"(\d{1,4})(bh|bd|h|d)", part.strip())
        if match is None:
            raise ValueError(f"{part!r} is no window; write 48bh, 5bd, 24h, 7d, or two joined by ' and '")
        spans.append(Span(amount=int(match[1]), unit=Unit(match[2])))
    return Window(spans=tuple(spans))


def _read(value: Any) -> Any:  # noqa: ANN401 -- pydantic hands over whatever was written
    return parse_window(value) if isinstance(value, str) else value


WindowField = Annotated[Window, BeforeValidator(_read), PlainSerializer(str)]
"""A window as policies write it."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone") from error
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]


def _known_market(name: str) -> str:
    try:
        _holidays(name)
    except (NotImplementedError, KeyError) as error:
        raise ValueError(f"{name!r} is no market with a known holiday calendar, such as DE or DE-BY") from error
    return name


Market = Annotated[str, AfterValidator(_known_market)]
"""A country, or a country and its subdivision, whose public holidays do not count: ``DE``, ``DE-BY``."""


@lru_cache(maxsize=64)
def _holidays(market: str) -> holidays.HolidayBase:
    country, _, subdivision = market.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None)


class Due(Value):
    """When a window ends, and why then, in one line."""

    at: datetime
    explanation: str


class Calendar(Value):
    """Which days count, in which zone: Monday to Friday, 24 hours each, without a market's holidays (SPEC §6)."""

    zone: ZoneName = "Europe/Berlin"
    market: Market | None = None

    def counts(self, day: date) -> bool:
        """Whether hours of this local day run."""
        return day.weekday() <= FRIDAY and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        return self.market is not None and day in _holidays(self.market)

    def is_open(self, at: datetime) -> bool:
        """Whether business time runs at this instant."""
        return self.counts(self.local(at).date())

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def midnight(self, day: date) -> datetime:
        """The UTC instant at which this local day begins; days of 23 or 25 hours come out right."""
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself when business time runs, else the beginning of the next day that counts."""
        if self.is_open(at):
            return at
        day = self.local(at).date() + DAY
        while not self.counts(day):
            day += DAY
        return self.midnight(day)

    def after(self, at: datetime, elapsed: timedelta) -> tuple[datetime, list[date]]:
        """The instant at which ``elapsed`` business time has run since ``at``, and the days that did not count."""
        skipped: list[date] = []
        for day in _days_from(self.local(at).date(), DAY):
            if not self.counts(day):
                skipped.append(day)
                continue
            start = max(at, self.midnight(day))
            room = self.midnight(day + DAY) - start
            if elapsed <= room:
                return start + elapsed, skipped
            elapsed -= room
        raise AssertionError  # pragma: no cover -- the days never end

    def before(self, at: datetime, elapsed: timedelta) -> datetime:
        """The instant from which ``elapsed`` business time runs until ``at``."""
        for day in _days_from(self.local(at).date(), -DAY):
            if not self.counts(day):
                continue
            end = min(at, self.midnight(day + DAY))
            room = end - self.midnight(day)
            if elapsed <= room:
                return end - elapsed
            elapsed -= room
        raise AssertionError  # pragma: no cover -- the days never end

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How much business time ran between the two instants."""
        ran = timedelta()
        for day in _days_from(self.local(start).date(), DAY):
            opens = self.midnight(day)
            if opens >= end:
                return ran
            if self.counts(day):
                ran += max(timedelta(), min(end, self.midnight(day + DAY)) - max(start, opens))
        raise AssertionError  # pragma: no cover -- the days never end


def _days_from(day: date, step: timedelta) -> Iterator[date]:
    while True:
        yield day
        day += step


@dataclass(frozen=True, slots=True)
class _End:
    at: datetime
    skipped: tuple[date, ...] = ()


def _end(at: datetime, span: Span, calendar: Calendar) -> _End:
    match span.unit:
        case Unit.BUSINESS_HOURS | Unit.BUSINESS_DAYS:
            size = timedelta(hours=1) if span.unit is Unit.BUSINESS_HOURS else DAY
            end, skipped = calendar.after(at, span.amount * size)
            return _End(end, tuple(skipped))
        case Unit.HOURS:
            return _End(at + timedelta(hours=span.amount))
        case Unit.DAYS:
            return _End((calendar.local(at) + timedelta(days=span.amount)).astimezone(UTC))


def due(at: datetime, window: Window, calendar: Calendar) -> Due:
    """The instant at which ``window`` ends when it begins at ``at`` (UTC), and the explanation in one line.

    Business hours end the instant they have run: Friday 24:00 is Saturday 00:00, not Monday. Days are calendar
    days in the calendar's zone: the same local time, across clock changes (SPEC §6).
    """
    ends = [(_end(at, span, calendar), span) for span in window.spans]
    latest, span = max(ends, key=lambda pair: pair[0].at)
    explanation = f"{span.words} from {_stamp(at, calendar)}{_skips(latest.skipped, calendar)}"
    others = [other.words for _, other in ends if other is not span]
    if others:
        explanation += f"; {' and '.join(others)} end no later"
    return Due(at=latest.at, explanation=explanation)


def later(first: Due, second: Due) -> Due:
    """The one that ends later; the first when they end together."""
    return second if second.at > first.at else first


def _stamp(at: datetime, calendar: Calendar) -> str:
    return f"{calendar.local(at):%a %Y-%m-%d %H:%M}"


def _skips(skipped: tuple[date, ...], calendar: Calendar) -> str:
    weekends = {day.isocalendar()[:2] for day in skipped if day.weekday() > FRIDAY}
    closed = [day for day in skipped if day.weekday() <= FRIDAY and calendar.is_holiday(day)]
    words = []
    if weekends:
        words.append("weekend skipped" if len(weekends) == 1 else f"{len(weekends)} weekends skipped")
    words += [f"holiday {day:%a %Y-%m-%d} skipped" for day in closed]
    return "".join(f"; {word}" for word in words)


def halfway(at: datetime, end: datetime, calendar: Calendar) -> datetime:
    """The instant at which half of the business time between the two has run."""
    return calendar.after(at, calendar.elapsed(at, end) / 2)[0]
