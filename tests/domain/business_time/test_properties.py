"""What holds of business time whatever the zone, the holidays, the start and the length."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.business_time import Calendar, Span, Unit, Window, due, earlier, halfway, later

ZONES = [
    "Europe/Berlin",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
]
calendars = st.builds(
    Calendar,
    zone=st.sampled_from(ZONES),
    market=st.sampled_from([None, "DE", "US", "JP"]),
    closed_days=st.frozensets(st.dates(date(2011, 1, 1), date(2026, 12, 31)), max_size=5),
)
instants = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(days=40))
business_windows = st.builds(
    lambda amount, unit: Window(spans=(Span(amount=amount, unit=unit),)),
    st.integers(1, 60),
    st.sampled_from([Unit.BUSINESS_HOURS, Unit.BUSINESS_DAYS]),
)


def after(calendar, at, length):
    return calendar.after(at, length)[0]


@given(calendars, instants, lengths)
def test_between_start_and_end_exactly_the_length_has_run(calendar, at, length):
    assert calendar.elapsed(at, after(calendar, at, length)) == length


@given(calendars, instants, lengths, lengths)
def test_two_lengths_in_a_row_are_their_sum(calendar, at, first, second):
    assert after(calendar, after(calendar, at, first), second) == after(calendar, at, first + second)


@given(calendars, instants, lengths)
def test_before_undoes_after(calendar, at, length):
    assert calendar.before(after(calendar, at, length), length) == calendar.next_open(at)


@given(calendars, instants, instants, lengths)
def test_who_starts_later_never_ends_earlier(calendar, one, other, length):
    first, second = sorted((one, other))
    assert after(calendar, first, length) <= after(calendar, second, length)


@given(calendars, instants, lengths, lengths)
def test_what_lasts_longer_never_ends_earlier(calendar, at, one, other):
    short, long = sorted((one, other))
    assert after(calendar, at, short) <= after(calendar, at, long)


@given(calendars, instants, lengths)
def test_an_end_lies_on_a_counted_day_or_at_the_very_end_of_one(calendar, at, length):
    end = after(calendar, at, length)
    moment_before = end - timedelta(microseconds=1)
    assert calendar.is_open(moment_before)
    assert calendar.is_open(end) or end == calendar.midnight(calendar.day_of(end))


@given(calendars, instants)
def test_a_day_holds_the_instant_between_its_midnight_and_the_next(calendar, at):
    day = calendar.day_of(at)
    assert calendar.midnight(day) <= at < calendar.midnight(day + timedelta(days=1))


@given(calendars, instants, instants, instants)
def test_time_that_ran_adds_up(calendar, one, two, three):
    first, second, third = sorted((one, two, three))
    whole = calendar.elapsed(first, third)
    assert calendar.elapsed(first, second) + calendar.elapsed(second, third) == whole
    assert timedelta() <= whole <= third - first
    assert calendar.elapsed(third, first) == timedelta()


@given(calendars, instants, lengths)
def test_halfway_has_run_as_long_as_is_left(calendar, at, length):
    end = after(calendar, at, length)
    half = halfway(at, end, calendar)
    ran, left = calendar.elapsed(at, half), calendar.elapsed(half, end)
    assert abs(ran - left) <= timedelta(microseconds=1)


@given(calendars, instants, st.integers(0, 400))
@settings(max_examples=200)
def test_calendar_days_end_at_the_same_local_time_unless_clocks_skip_it(calendar, at, days):
    zone = ZoneInfo(calendar.zone)
    wanted = at.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    is_shown = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wanted
    assume(is_shown)
    end = due(at, Window(spans=(Span(amount=days, unit=Unit.DAYS),)), calendar).at
    assert end.astimezone(zone).replace(tzinfo=None) == wanted


@given(calendars, instants, business_windows, business_windows)
def test_the_later_of_two_spans_holds(calendar, at, first, second):
    both = due(at, Window(spans=first.spans + second.spans), calendar)
    ends = [due(at, window, calendar) for window in (first, second)]
    assert both.at == max(end.at for end in ends)
    assert later(*ends).at == both.at
    assert earlier(*ends).at == min(end.at for end in ends)
