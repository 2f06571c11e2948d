"""The calendar: on which days of which zone business time runs (SPEC §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import AfterValidator

from domain.messages import Value

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


@lru_cache(maxsize=4096)  # every deadline asks for the same few weeks again and again
def _midnight(zone: str, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Calendar(Value):
    """Which days count, in which zone: Monday to Friday, 24 hours each, without a market's holidays (SPEC §6)."""

    zone: ZoneName = "Europe/Berlin"
    market: Market | None = None
    closed_days: frozenset[date] = frozenset()
    """Further days that do not count, listed one by one."""

    def counts(self, day: date) -> bool:
        """Whether hours of this local day run."""
        return day.weekday() <= FRIDAY and not self.is_holiday(day)

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
        return at.astimezone(ZoneInfo(self.zone))

    def midnight(self, day: date) -> datetime:
        """The UTC instant at which this local day begins; days of 23 or 25 hours come out right.

        Where clocks jump over midnight, the day begins with its first minute; where they repeat it, with the first.
        """
        return _midnight(self.zone, day)

    def day_of(self, at: datetime) -> date:
        """The local day that holds this instant: it has begun, and the next has not.

        Clocks set back across midnight show the old date again; the day that has begun stays.
        """
        day = self.local(at).date()
        return day + DAY if at >= self.midnight(day + DAY) else day

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
        for day in _days_from(self.day_of(at), DAY):
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
        for day in _days_from(self.day_of(at), -DAY):
            if not self.counts(day):
                continue
            end = min(at, self.midnight(day + DAY))
            room = end - self.midnight(day)
            if elapsed <= room:
                return end - elapsed
            elapsed -= room
        raise AssertionError  # pragma: no cover -- the days never end

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How much business time ran between the two instants; none when ``end`` is not after ``start``."""
        ran = NO_TIME
        for day in _days_from(self.day_of(start), DAY):
            opens = self.midnight(day)
            if opens >= end:
                return ran
            if self.counts(day):
                ran += max(NO_TIME, min(end, self.midnight(day + DAY)) - max(start, opens))
        raise AssertionError  # pragma: no cover -- the days never end


def _days_from(day: date, step: timedelta) -> Iterator[date]:
    while True:
        yield day
        day += step
