"""Business time against an independent slow clock that looks at every single minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.business_time import Calendar

MINUTE = timedelta(minutes=1)
GERMAN_HOLIDAYS = holidays.country_holidays("DE", years=range(2020, 2032))


class SlowClock:
    """Counts minutes one by one; knows nothing of days, midnights and skips."""

    def __init__(self, calendar):
        self.zone = ZoneInfo(calendar.zone)
        self.holidays = GERMAN_HOLIDAYS if calendar.market else ()

    def counts(self, at):
        day = at.astimezone(self.zone).date()
        return day.weekday() < 5 and day not in self.holidays

    def after(self, at, minutes):
        while minutes:
            minutes -= self.counts(at)
            at += MINUTE
        return at

    def elapsed(self, start, end):
        minutes = 0
        while start < end:
            minutes += self.counts(start)
            start += MINUTE
        return minutes * MINUTE


calendars = st.builds(
    Calendar,
    zone=st.sampled_from(
        ["Europe/Berlin", "UTC", "America/New_York", "Africa/Cairo", "America/Havana", "Asia/Kolkata"]
    ),
    market=st.sampled_from([None, "DE"]),
)
WEEK_MINUTES = 7 * 24 * 60
near_a_change = st.sampled_from(
    [
        datetime(2026, 3, 25, tzinfo=UTC),  # Berlin, Sunday
        datetime(2026, 10, 22, tzinfo=UTC),
        datetime(2026, 4, 22, tzinfo=UTC),  # Cairo, Friday at midnight
        datetime(2026, 10, 28, tzinfo=UTC),
        datetime(2026, 12, 29, tzinfo=UTC),  # the year's end
        datetime(2026, 4, 1, tzinfo=UTC),  # Easter
        datetime(2024, 2, 27, tzinfo=UTC),
    ]
).flatmap(lambda day: st.integers(0, WEEK_MINUTES).map(lambda minutes: day + minutes * MINUTE))


@given(calendar=calendars, at=near_a_change, minutes=st.integers(1, 5 * 24 * 60))
@example(calendar=Calendar(), at=datetime(2026, 3, 6, 17, tzinfo=UTC), minutes=48 * 60)
@settings(max_examples=150)
def test_business_time_ends_when_the_slow_clock_says(calendar, at, minutes):
    end, skipped = calendar.after(at, minutes * MINUTE)
    assert end == SlowClock(calendar).after(at, minutes)
    assert not any(map(calendar.counts, skipped))


@given(calendar=calendars, start=near_a_change, minutes=st.integers(0, 9 * 24 * 60))
@settings(max_examples=100)
def test_business_time_that_ran_is_what_the_slow_clock_counted(calendar, start, minutes):
    end = start + minutes * MINUTE
    assert calendar.elapsed(start, end) == SlowClock(calendar).elapsed(start, end)
