"""When a window ends, and why then (SPEC §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.business_time.calendar import DAY, FRIDAY, Calendar
from domain.business_time.explanation import Explanation
from domain.business_time.window import Span, Unit, Window
from domain.language import Locale
from domain.messages import Value

HOUR = timedelta(hours=1)


class Due(Value):
    """When a window ends, and why then, in one line."""

    at: datetime
    """The first instant after the window, UTC."""
    explanation: str


@dataclass(frozen=True, slots=True)
class _End:
    at: datetime
    span: Span
    skipped: tuple[date, ...] = ()


def _end(at: datetime, span: Span, calendar: Calendar) -> _End:
    match span.unit:
        case Unit.BUSINESS_HOURS | Unit.BUSINESS_DAYS:
            end, skipped = calendar.after(at, span.amount * (HOUR if span.unit is Unit.BUSINESS_HOURS else DAY))
            return _End(end, span, tuple(skipped))
        case Unit.HOURS:
            return _End(at + span.amount * HOUR, span)
        case Unit.DAYS:
            return _End((calendar.local(at) + span.amount * DAY).astimezone(UTC), span)


def due(at: datetime, window: Window, calendar: Calendar) -> Due:
    """The instant at which ``window`` ends when it begins ``at``, UTC, and the explanation in one line.

    Business hours end the instant they have run: Friday 24:00 is Saturday 00:00, not Monday. Days are calendar
    days in the calendar's zone: the same local time, across clock changes (SPEC §6). Raises ValueError for a
    naive ``at``.
    """
    local = calendar.local(at)
    start = local.astimezone(UTC)
    ends = [_end(start, span, calendar) for span in window.spans]
    latest = max(ends, key=lambda end: end.at)
    explanation = Explanation(
        span=latest.span,
        start=local,
        weekends=len({day.isocalendar()[:2] for day in latest.skipped if day.weekday() > FRIDAY}),
        holidays=tuple(day for day in latest.skipped if day.weekday() <= FRIDAY),
        others=tuple(end.span for end in ends if end is not latest),
    )
    return Due(at=latest.at, explanation=explanation.said_in(Locale.ENGLISH))


def began(at: datetime, window: Window, calendar: Calendar) -> datetime:
    """When the window of one span of days began that ends ``at``: the same local time, so many days before."""
    (span,) = window.spans
    return (calendar.local(at) - span.amount * DAY).astimezone(UTC)


def later(first: Due, second: Due) -> Due:
    """The one that ends later; the first when they end together."""
    return second if second.at > first.at else first


def earlier(first: Due, second: Due) -> Due:
    """The one that ends earlier; the first when they end together."""
    return second if second.at < first.at else first


def halfway(at: datetime, end: datetime, calendar: Calendar) -> datetime:
    """The instant at which half of the business time between the two has run."""
    return calendar.after(at, calendar.elapsed(at, end) / 2)[0]
