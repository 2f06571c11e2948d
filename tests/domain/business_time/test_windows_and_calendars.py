"""Windows, zones and markets as policies write them, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.business_time import Calendar, Span, Unit, WindowField, parse_window
from domain.business_time import calendar as calendars


@pytest.mark.parametrize("text", ["48bh", "5bd", "24h", "7d", "0h", "5bd and 7d", "1000bd"])
def test_a_window_is_read_and_written_the_same(text):
    assert str(parse_window(text)) == text


def test_a_window_of_two_is_both_of_them():
    assert parse_window("5bd and 7d").spans == (
        Span(amount=5, unit=Unit.BUSINESS_DAYS),
        Span(amount=7, unit=Unit.DAYS),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "'' is no window"),
        ("48", "'48' is no window"),
        ("48 bh", "'48 bh' is no window"),
        ("-5d", "'-5d' is no window"),
        ("1.5d", "'1.5d' is no window"),
        ("٤٨bh", "'٤٨bh' is no window"),
        ("5bd or 7d", "'5bd or 7d' is no window"),
        ("5bd and ", "'' is no window"),
        ("1001d", "'1001d' is longer than any window; 1000 units are the most"),
        ("9" * 30 + "d", "is no window"),
    ],
)
def test_anything_else_is_refused_by_its_name(text, fault):
    with pytest.raises(ValueError, match=fault):
        parse_window(text)


def test_a_window_in_data_is_its_text():
    adapter = TypeAdapter(WindowField)
    window = adapter.validate_python("5bd and 7d")
    assert adapter.dump_python(window) == "5bd and 7d"
    assert adapter.validate_python(window) is window
    with pytest.raises(ValidationError, match="a window is written as a text such as 48bh"):
        adapter.validate_python(48)


def test_a_window_without_length_is_empty():
    assert parse_window("0bd and 0h").is_empty
    assert not parse_window("0bd and 1h").is_empty


@pytest.mark.parametrize("zone", ["Europe/Berlln", "Europe", "", "../etc/passwd", "CEST+1"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(ValidationError, match="is no IANA time zone"):
        Calendar(zone=zone)


@pytest.mark.parametrize("market", ["XX", "de", "DE-XX", "DE-", "Germany", ""])
def test_an_unknown_market_is_refused(market):
    with pytest.raises(ValidationError, match="is no market with a known holiday calendar, such as DE or DE-BY"):
        Calendar(market=market)


def test_many_threads_that_ask_at_once_all_see_the_holiday():
    calendars._holidays.cache_clear()
    germany = Calendar(market="DE")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: germany.is_holiday(date(2000 + n % 40, 5, 1)), range(400)))
    assert all(answers)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2010-11-07T02:59:59Z", date(2010, 11, 6)),  # 23:59:59, before midnight
        ("2010-11-07T03:00:00Z", date(2010, 11, 7)),  # 00:00, the day begins
        ("2010-11-07T03:01:00Z", date(2010, 11, 7)),  # clocks are set back to 23:01 of the sixth
        ("2010-11-07T04:00:00Z", date(2010, 11, 7)),  # 00:00 once more
    ],
)
def test_a_day_that_has_begun_stays_though_clocks_go_back_across_midnight(at, day):
    calendar = Calendar(zone="America/Goose_Bay")
    assert calendar.day_of(datetime.fromisoformat(at)) == day
