"""Finds in a file of order lines the Friday on which requests are made, and the lines on which they can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from heapq import nlargest
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from domain.business_time import Calendar
from domain.order.facts import OrderLineFacts
from runtime.demo.scenes import RECENT
from runtime.order_import.facts import facts_of
from runtime.order_import.importing import rows_of
from runtime.order_import.lines import Lines

OPENS: Final = time(15, 30)
"""On the Friday, by the policy's clock."""
FRIDAY: Final = 4
WEEK: Final = timedelta(days=7)
WAITED_FOR: Final = timedelta(days=28)
"""How long after the last news of it a parcel that was never handed in is still asked for."""
ENOUGH: Final = 20
"""Recent lines that make a good story. The newest Friday with as many is taken, but none after the newest sale's."""
NEWEST: Final = 20_000
"""Lines looked at, however large the file is."""


class NoStoryError(Exception):
    """No Friday can be found on which a request could be made on these order lines."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When the story begins, and on which lines."""

    begins: datetime
    lines: tuple[OrderLineFacts, ...]
    """Those to which something happened lately, the sellers of many first, their newest first."""

    @property
    def sellers(self) -> list[str]:
        """Each once, in the order of the lines."""
        return list(dict.fromkeys(line.seller_id for line in self.lines))


def planned(file: Path, calendar: Calendar) -> Plan:
    """Raises NoStoryError for a file without a line that fits, FileRefusedError for one that is none of orders."""
    if file.is_fifo():
        raise NoStoryError(f"{file} is a pipe, and the demo reads its orders twice; write them into a file")
    newest = nlargest(NEWEST, _good_lines(file), key=lambda facts: facts.purchased_at)
    if not newest:
        raise NoStoryError(f"{file}: there is no order line that was not cancelled, so there is no story to tell")
    last = _friday_after(newest[0].purchased_at, calendar)
    fridays = Counter(friday for facts in newest for friday in _fridays(facts, calendar))
    counts = {friday: lines for friday, lines in fridays.items() if friday <= last} or fridays
    good = [friday for friday, lines in counts.items() if lines >= ENOUGH]
    begins = max(good) if good else max(counts, key=lambda friday: (counts[friday], -friday.timestamp()))
    return Plan(begins, tuple(_cast_order([facts for facts in newest if begins in _fridays(facts, calendar)])))


def _good_lines(file: Path) -> Iterator[OrderLineFacts]:
    with file.open("rb") as rows:
        for row in rows_of(Lines(rows)):
            facts = facts_of(row)
            if isinstance(facts, OrderLineFacts) and not facts.cancelled:
                yield facts


def _fridays(facts: OrderLineFacts, calendar: Calendar) -> list[datetime]:
    """The openings at which the last thing that happened to the line is past, but not long past."""
    times = (facts.purchased_at, facts.label_printed_at, facts.shipped_at, facts.delivered_at)
    happened = max(at for at in times if at is not None)
    first = _friday_after(happened, calendar)
    lasts = RECENT if facts.scanned_at else WAITED_FOR
    openings = [first + weeks * WEEK for weeks in range(lasts // WEEK + 1)]
    return [opening for opening in openings if opening < happened + lasts]


def _friday_after(at: datetime, calendar: Calendar) -> datetime:
    day = calendar.local(at).date()
    opening = datetime.combine(day + timedelta(days=(FRIDAY - day.weekday()) % 7), OPENS, ZoneInfo(calendar.zone))
    return opening if opening >= at else opening + WEEK


def _cast_order(lines: Iterable[OrderLineFacts]) -> list[OrderLineFacts]:
    lines = list(lines)
    of_seller = Counter(facts.seller_id for facts in lines)
    newest_first = sorted(lines, key=lambda facts: facts.purchased_at, reverse=True)
    return sorted(newest_first, key=lambda facts: (-of_seller[facts.seller_id], facts.seller_id))
