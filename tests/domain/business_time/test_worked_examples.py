"""The source's 48 hours and 5 weekdays, hour by hour: SPEC §11 and its neighbours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.business_time import Calendar, began, due, parse_window

BERLIN = ZoneInfo("Europe/Berlin")
WORKDAYS = Calendar()
GERMANY = Calendar(market="DE")


def ends(start, window, calendar=WORKDAYS):
    """The end of a window, both told as the zone's clocks show them."""
    zone = ZoneInfo(calendar.zone)
    at = datetime.fromisoformat(start).replace(tzinfo=zone)
    return due(at, parse_window(window), calendar).at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "window", "end"),
    [
        ("2026-03-06 18:00", "48bh", "Tue 2026-03-10 18:00"),  # example 1
        ("2026-03-09 09:00", "5bd and 7d", "Mon 2026-03-16 09:00"),  # example 2
        ("2026-03-14 14:00", "48bh", "Wed 2026-03-18 00:00"),  # example 2, inspection
        ("2026-03-07 12:00", "5bd", "Sat 2026-03-14 00:00"),  # example 5
        ("2026-03-07 12:00", "7d", "Sat 2026-03-14 12:00"),
        ("2026-03-07 12:00", "5bd and 7d", "Sat 2026-03-14 12:00"),
        ("2026-03-27 18:00", "48bh", "Tue 2026-03-31 18:00"),  # example 6
        ("2026-10-23 18:00", "48bh", "Tue 2026-10-27 18:00"),  # its autumn neighbour
        ("2026-03-07 00:00", "48bh", "Wed 2026-03-11 00:00"),  # a start on the weekend counts from Monday 00:00
        ("2026-03-08 23:59", "48bh", "Wed 2026-03-11 00:00"),
        ("2026-03-06 23:59", "48bh", "Tue 2026-03-10 23:59"),
        ("2026-03-05 00:00", "48bh", "Sat 2026-03-07 00:00"),  # ends the instant it has run, not on Monday
    ],
)
def test_the_worked_examples_come_out_to_the_minute(start, window, end):
    assert ends(start, window) == end


MONDAYS = {
    "plain": "2026-03-02",
    "summer time begins on its Sunday": "2026-03-23",
    "winter time begins on its Sunday": "2026-10-19",
    "the year ends in it": "2025-12-29",
}


def expected_end(monday, day, hour):
    """48 business hours by hand: two days later; over the weekend four; from the weekend to Wednesday 00:00."""
    start_of = [monday + timedelta(days=n) for n in range(10)]
    if day >= 5:
        return start_of[9], 0
    if day < 3 or (day == 3 and hour == 0):
        return start_of[day + 2], hour
    return start_of[day + 4], hour


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("monday", MONDAYS.values(), ids=MONDAYS)
def test_48_business_hours_from_each_hour_of_each_weekday(monday, day, hour):
    first = datetime.fromisoformat(monday)
    end_day, end_hour = expected_end(first, day, hour)
    start = first + timedelta(days=day, hours=hour)
    assert ends(start.isoformat(), "48bh") == (end_day + timedelta(hours=end_hour)).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "calendar", "end"),
    [
        ("2025-12-31 18:00", WORKDAYS, "Fri 2026-01-02 18:00"),
        ("2025-12-31 18:00", GERMANY, "Mon 2026-01-05 18:00"),  # New Year's Day is a Thursday
        ("2026-04-02 18:00", WORKDAYS, "Mon 2026-04-06 18:00"),
        ("2026-04-02 18:00", GERMANY, "Wed 2026-04-08 18:00"),  # Good Friday and Easter Monday
        ("2026-10-02 18:00", GERMANY, "Tue 2026-10-06 18:00"),  # Unity Day falls on a Saturday: no other day for it
        ("2026-01-05 18:00", GERMANY, "Wed 2026-01-07 18:00"),
        ("2026-01-05 18:00", Calendar(market="DE-BY"), "Thu 2026-01-08 18:00"),  # Epiphany in Bavaria alone
        ("2026-01-05 18:00", Calendar(closed_days=["2026-01-06"]), "Thu 2026-01-08 18:00"),
    ],
)
def test_holidays_count_unless_a_market_or_a_list_closes_them(start, calendar, end):
    assert ends(start, "48bh", calendar) == end


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("Africa/Cairo", "2026-04-23 12:00", "Mon 2026-04-27 13:00"),  # Friday has 23 hours: no 00:00 to 01:00
        ("Africa/Cairo", "2026-10-28 12:00", "Fri 2026-10-30 11:00"),  # Thursday has 25: 23:00 to 24:00 twice
        ("America/Havana", "2026-03-06 18:00", "Tue 2026-03-10 18:00"),  # midnight skipped, but on a Sunday
        ("Asia/Kathmandu", "2026-03-06 18:00", "Tue 2026-03-10 18:00"),  # a quarter past the hours of others
        ("Pacific/Apia", "2011-12-29 12:00", "Mon 2012-01-02 12:00"),  # Friday the 30th never was
    ],
)
def test_on_days_of_23_or_25_hours_the_hours_that_run_count(zone, start, end):
    assert ends(start, "48bh" if zone != "Pacific/Apia" else "24bh", Calendar(zone=zone)) == end


@pytest.mark.parametrize(
    ("start", "window", "end"),
    [
        ("2026-03-28 02:30", "1d", "Sun 2026-03-29 03:30"),  # 02:30 is not shown that night: an hour later it is
        ("2026-03-24 18:00", "7d", "Tue 2026-03-31 18:00"),  # 167 hours
        ("2026-10-20 18:00", "7d", "Tue 2026-10-27 18:00"),  # 169 hours
        ("2026-10-24 02:30", "1d", "Sun 2026-10-25 02:30"),
        ("2026-01-31 10:00", "30d", "Mon 2026-03-02 10:00"),
        ("2028-02-28 10:00", "1d", "Tue 2028-02-29 10:00"),
        ("2026-10-24 18:00", "24h", "Sun 2026-10-25 17:00"),  # hours are hours, on any day
    ],
)
def test_calendar_days_keep_the_local_time_and_hours_do_not(start, window, end):
    assert ends(start, window) == end


def test_days_that_end_now_began_at_the_same_local_time():
    now = datetime(2026, 4, 7, 10, tzinfo=BERLIN)
    assert began(now, parse_window("30d"), WORKDAYS) == datetime(2026, 3, 8, 10, tzinfo=BERLIN)


def test_the_second_2_30_of_the_autumn_night_is_an_hour_later():
    window, night = parse_window("24h"), datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    first, second = (due(night.replace(fold=fold), window, WORKDAYS).at for fold in (0, 1))
    assert second - first == timedelta(hours=1)


def test_an_end_is_told_in_utc_and_a_naive_start_is_no_instant():
    assert due(datetime(2026, 3, 6, 18, tzinfo=BERLIN), parse_window("48bh"), WORKDAYS).at.tzinfo is UTC
    with pytest.raises(ValueError, match="is naive; an instant knows its offset"):
        due(datetime(2026, 3, 6, 18), parse_window("48h"), WORKDAYS)  # noqa: DTZ001 -- the point of the test
