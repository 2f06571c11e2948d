"""A log as a marketplace fills it: cases of every kind over a year, most of them of a few large sellers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from random import Random
from uuid import uuid4

from benchmarks import cases
from benchmarks.ways import MARKETPLACE, Template, templates
from domain.order.events import OrderLineRecorded
from domain.order.facts import OrderLineFacts
from store import streams
from store.engine import connect
from store.envelope import Cause, Draft
from store.log import Append, EventLog, Tip

SELLERS, BUYERS = 2_000, 5_000
SKEW = 1.1
"""Of the power law of cases a seller: the largest has about an eighth of all, half of the sellers a handful."""
LARGEST = "s-1"
SHARES = list(accumulate(1 / rank**SKEW for rank in range(1, SELLERS + 1)))
SPAN = timedelta(days=365)
OPEN_FOR = timedelta(days=14)
"""Of older cases none is open: whoever stays silent is overtaken."""
AT_ONCE = 200
"""Cases a transaction."""
WRITERS = 2
"""Processes that fill the log side by side."""


def fill(url: str, cases_wanted: int) -> None:
    """Put so many cases into the log behind this address, each with its order line."""
    step = -(-cases_wanted // WRITERS)
    shares = [(url, first, min(first + step, cases_wanted), cases_wanted) for first in range(0, cases_wanted, step)]
    with get_context("spawn").Pool(WRITERS) as writers:
        writers.starmap(write, shares)


def write(url: str, first: int, last: int, of: int) -> None:
    """The cases numbered from ``first`` to before ``last``."""
    engine = connect(url)
    with tempfile.TemporaryDirectory() as folder:
        ways = templates(engine, Path(folder), f"t{first}")
        log = cases.door(engine, Path(folder)).log
        ended = [way for way in ways if way.ended]
        for start in range(first, last, AT_ONCE):
            possible = ways if SPAN * start / of > SPAN - OPEN_FOR else ended
            _append(log, possible, range(start, min(start + AT_ONCE, last)), of)
    engine.dispose()


def _append(log: EventLog, ways: Sequence[Template], numbers: range, of: int) -> None:
    log.append([append for number in numbers for append in _case(number, ways, SPAN * number / of)])


def _case(number: int, ways: Sequence[Template], later: timedelta) -> Iterator[Append]:
    chance = Random(number)  # noqa: S311 -- the same market every time, guards nothing
    way, line = chance.choice(ways), _line(number, chance, later)
    case_id = streams.refund_case(line.line_id, 1)
    command = uuid4()
    imported = Cause(MARKETPLACE, command, command, line.purchased_at)
    recorded = Draft(OrderLineRecorded(facts=line), line.purchased_at, None)
    yield Append(Tip(streams.order_line(line.line_id)), [(recorded, imported)])
    yield Append(Tip(case_id), way.told_of(line, case_id, later))


def _line(number: int, chance: Random, later: timedelta) -> OrderLineFacts:
    (rank,) = chance.choices(range(1, SELLERS + 1), cum_weights=SHARES)
    line = cases.line(number)
    return line.model_copy(
        update={
            "seller_id": f"s-{rank}",
            "buyer_id": f"b-{chance.randrange(BUYERS)}",
            "purchased_at": line.purchased_at + later,
            "shipped_at": cases.NOW - timedelta(days=3) + later,
            "delivered_at": cases.NOW - timedelta(days=1) + later,
        }
    )
