"""The calendar: on which days of which zone business time runs (SPEC §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import AfterValidator

from domain.messages import IN_ORDER, Value

DAY = timedelta(days=1)
NO_TIME = timedelta()
FRIDAY = 4


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone") from error
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]
"""An IANA time zone, ``Europe/Berlin``."""


def _known_market(name: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", name) or not _has_calendar(name):
        raise ValueError(f"{name!r} is no market with a known holiday calendar, such as DE or DE-BY")
    return name


def _has_calendar(market: str) -> bool:
    try:
        _holidays(market, 2026)
    except NotImplementedError:
        return False
    return True


Market = Annotated[str, AfterValidator(_known_market)]
"""A country, or a country and its subdivision, whose public holidays do not count: ``DE``, ``DE-BY``."""


@lru_cache(maxsize=512)
def _holidays(market: str, year: int) -> frozenset[date]:
    """Computed a year at a time and then left alone: the library's own object fills up while others read it."""
    country, _, subdivision = market.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


class _Day(NamedTuple):
    """A local day: the UTC instants between which it runs, and whether its hours count."""

    begins: datetime
    ends: datetime
    counts: bool


class _Days(dict[date, _Day]):
    """The days of one calendar, each computed when first asked for: deadlines ask for the same few weeks again."""

    def __init__(self, calendar: Calendar) -> None:
        super().__init__()
        self._calendar = calendar

    def __missing__(self, day: date) -> _Day:
        zone = self._calendar.timezone
        counts = day.weekday() <= FRIDAY and not self._calendar.is_holiday(day)
        self[day] = told = _Day(_midnight(zone, day), _midnight(zone, day + DAY), counts)
        return told


class Calendar(Value):
    """Which days count, in which zone: Monday to Friday, 24 hours each, without a market's holidays (SPEC §6)."""

    zone: ZoneName = "Europe/Berlin"
    market: Market | None = None
    closed_days: Annotated[frozenset[date], IN_ORDER] = frozenset()
    """Further days that do not count, listed one by one."""

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The zone with its rules."""
        return ZoneInfo(self.zone)

    @cached_property
    def _days(self) -> _Days:
        return _Days(self)

    def counts(self, day: date) -> bool:
        """Whether hours of this local day run."""
        return self._days[day].counts

    def is_holiday(self, day: date) -> bool:
        """Whether the market's calendar or the list closes this day."""
        return day in self.closed_days or (self.market is not None and day in _holidays(self.market, day.year))

    def is_open(self, at: datetime) -> bool:
        """Whether business time runs at this instant."""
        return self.counts(self.day_of(at))

    def local(self, at: datetime) -> datetime:
        """The instant as clocks of the zone show it. Raises ValueError for a naive time."""
        if at.tzinfo is None:
            raise ValueError(f"{at} is naive; an instant knows its offset")
        return at.astimezone(self.timezone)

    def midnight(self, day: date) -> datetime:
        """The UTC instant at which this local day begins; days of 23 or 25 hours come out right.

        Where clocks jump over midnight, the day begins with its first minute; where they repeat it, with the first.
        """
        return self._days[day].begins

    def day_of(self, at: datetime) -> date:
        """The local day that holds this instant: it has begun, and the next has not.

        Clocks set back across midnight show the old date again; the day that has begun stays.
        """
        day = self.local(at).date()
        return day + DAY if at >= self._days[day].ends else day

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself when business time runs, else the beginning of the next day that counts."""
        if self.is_open(at):
            return at
        day = self.day_of(at) + DAY
        while not self.counts(day):
            day += DAY
        return self.midnight(day)

    def after(self, at: datetime, elapsed: timedelta) -> tuple[datetime, list[date]]:
        """The instant at which ``elapsed`` business time has run since ``at``, and the days that did not count."""
        skipped: list[date] = []
        for day, (begins, ends, counts) in self._days_from(self.day_of(at), DAY):
            if not counts:
                skipped.append(day)
                continue
            start = max(at, begins)
            room = ends - start
            if elapsed <= room:
                return start + elapsed, skipped
            elapsed -= room
        raise AssertionError  # pragma: no cover -- the days never end

    def before(self, at: datetime, elapsed: timedelta) -> datetime:
        """The instant from which ``elapsed`` business time runs until ``at``."""
        for _, (begins, ends, counts) in self._days_from(self.day_of(at), -DAY):
            if not counts:
                continue
            end = min(at, ends)
            room = end - begins
            if elapsed <= room:
                return end - elapsed
            elapsed -= room
        raise AssertionError  # pragma: no cover -- the days never end

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How much business time ran between the two instants; none when ``end`` is not after ``start``."""
        ran = NO_TIME
        for _, (begins, ends, counts) in self._days_from(self.day_of(start), DAY):
            if begins >= end:
                return ran
            if counts:
                ran += max(NO_TIME, min(end, ends) - max(start, begins))
        raise AssertionError  # pragma: no cover -- the days never end

    def _days_from(self, day: date, step: timedelta) -> Iterator[tuple[date, _Day]]:
        days = self._days
        while True:
            yield day, days[day]
            day += step
