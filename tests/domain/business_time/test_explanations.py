"""Each deadline says in one line why it ends when it ends, in English as recorded and in German."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.business_time import Calendar, Span, Unit, Window, due, explained_in, parse_window
from domain.business_time.explanation import Explanation, read
from domain.language import Locale

BERLIN = ZoneInfo("Europe/Berlin")
CLOSED = Calendar(closed_days=["2026-04-03", "2026-05-06"])


@pytest.mark.parametrize(
    ("start", "window", "english", "german"),
    [
        (
            "2026-03-06 18:00",
            "48bh",
            "48 business hours from Fri 2026-03-06 18:00; weekend skipped",
            "48 Geschäftsstunden ab Fr 06.03.2026 18:00; Wochenende zählt nicht",
        ),
        (
            "2026-03-07 12:00",
            "5bd and 7d",
            "7 days from Sat 2026-03-07 12:00; 5 business days end no later",
            "7 Tage ab Sa 07.03.2026 12:00; 5 Werktage enden nicht später",
        ),
        (
            "2026-04-02 18:00",
            "6bd",
            "6 business days from Thu 2026-04-02 18:00; 2 weekends skipped; holiday Fri 2026-04-03 skipped",
            "6 Werktage ab Do 02.04.2026 18:00; 2 Wochenenden zählen nicht; Feiertag Fr 03.04.2026 zählt nicht",
        ),
        (
            "2026-03-09 09:00",
            "1bd and 1d and 2h",
            "1 business day from Mon 2026-03-09 09:00; 1 day and 2 hours end no later",
            "1 Werktag ab Mo 09.03.2026 09:00; 1 Tag und 2 Stunden enden nicht später",
        ),
        (
            "2026-03-27 18:00",
            "1bd and 1d",
            "1 business day from Fri 2026-03-27 18:00; weekend skipped; 1 day ends no later",
            "1 Werktag ab Fr 27.03.2026 18:00; Wochenende zählt nicht; 1 Tag endet nicht später",
        ),
        (
            "2026-05-05 09:00",
            "1bd",
            "1 business day from Tue 2026-05-05 09:00; holiday Wed 2026-05-06 skipped",
            "1 Werktag ab Di 05.05.2026 09:00; Feiertag Mi 06.05.2026 zählt nicht",
        ),
        ("2026-03-09 09:00", "48h", "48 hours from Mon 2026-03-09 09:00", "48 Stunden ab Mo 09.03.2026 09:00"),
    ],
)
def test_the_line_names_what_ran_from_when_and_what_did_not_count(start, window, english, german):
    at = datetime.fromisoformat(start).replace(tzinfo=BERLIN)
    line = due(at, parse_window(window), CLOSED).explanation
    assert line == english
    assert explained_in(Locale.GERMAN, line) == german
    assert explained_in(Locale.ENGLISH, line) == english


def test_a_line_in_words_that_are_no_longer_known_stays_as_it_was_recorded():
    assert explained_in(Locale.GERMAN, "two moons from Friday") == "two moons from Friday"


spans = st.builds(Span, amount=st.integers(0, 1000), unit=st.sampled_from(Unit))
explanations = st.builds(
    Explanation,
    span=spans,
    start=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 -- as local clocks show it
        lambda at: at.replace(second=0, microsecond=0)
    ),
    weekends=st.integers(0, 300),
    holidays=st.lists(st.dates(datetime(2000, 1, 1, tzinfo=UTC).date()), max_size=4).map(tuple),
    others=st.lists(spans, max_size=2).map(tuple),
)


@given(explanations)
def test_what_is_written_in_english_can_be_read_again(explanation):
    assert read(explanation.said_in(Locale.ENGLISH)) == explanation


@given(
    st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- bounds
    st.lists(spans, min_size=1, max_size=2).map(lambda some: Window(spans=tuple(some))),
)
def test_every_recorded_line_has_its_german(at, window):
    line = due(at, window, CLOSED).explanation
    assert explained_in(Locale.GERMAN, line) != line
