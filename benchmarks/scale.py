"""What ten times as long a log costs: reading for the largest seller, and building all read models anew."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from statistics import quantiles
from time import perf_counter

import sqlalchemy as sa

from benchmarks import cases, marketplace
from benchmarks.databases import Databases
from benchmarks.results import Results
from benchmarks.ways import SUPPORT
from domain.policy import standard_policies
from projections.catalogue import AHEAD, projections
from projections.conduct import metrics_over
from projections.engine import Engine
from projections.ledger import Patrol, statement
from projections.seller_orders import Quick, overdue_soon_until, page, tally
from runtime.interpreter import suit_a_service
from store.application import DirectService
from store.engine import connect, reading
from store.reader import LogReader

SIZES = {"100,000": 16_000, "1,000,000": 160_000}
"""About so many events, by the number of cases; each has its order line."""
READS, WARM_UP = 1000, 40
FEWEST, PATIENCE = 20, 30.0
"""What takes long is read less often: as often as fits in so many seconds."""
MONTH = timedelta(days=30)
PAGES = 20
"""Of the hub, from whose ends pages are read."""
SELLER = marketplace.LARGEST
LATEST = cases.NOW + marketplace.SPAN

Read = Callable[[sa.Connection, Random], object]


@dataclass(frozen=True, slots=True)
class Built:
    """All read models built from nothing, in a process of its own."""

    events: int
    seconds: float
    peak_megabytes: float


@dataclass(frozen=True, slots=True)
class Market:
    """A log of one size with its read models, and how to read them."""

    built: Built
    lines: int
    """Of the largest seller."""
    conn: sa.Connection
    reads: Mapping[str, Read]


def build(url: str) -> Built:
    """Follow the whole log."""
    suit_a_service()
    engine = connect(url)
    reader = LogReader(engine)
    started = perf_counter()
    Engine(engine, reader, projections(standard_policies()), ahead=AHEAD).catch_up()
    taken = perf_counter() - started
    events = reader.head()
    engine.dispose()
    return Built(events, taken, getrusage(RUSAGE_SELF).ru_maxrss / 1024)


@contextmanager
def market(url: str, wanted: int) -> Iterator[Market]:
    """So many cases, closed afterwards."""
    marketplace.fill(url, wanted)
    with get_context("spawn").Pool(1) as pool:
        built = pool.apply(build, (url,))
    engine = connect(url, role=None)
    with tempfile.TemporaryDirectory() as folder, reading(engine) as conn:
        conn.exec_driver_sql("vacuum (analyze)")  # what autovacuum does meanwhile to tables that fill in days
        lines = tally(conn, SELLER, LATEST)[Quick.ALL].lines
        yield Market(built, lines, conn, reads(conn, cases.door(engine, Path(folder)), LogReader(engine)))
    engine.dispose()


def reads(conn: sa.Connection, door: DirectService, reader: LogReader) -> Mapping[str, Read]:
    """What the seller's dashboard asks for, each time for another place."""
    places = [None, *keys(conn)]
    numbers = [it.case.id for it in page(conn, SELLER, quick=Quick.REFUND, limit=100).items if it.case]
    policy = standard_policies().current
    soon, books, head = overdue_soon_until(LATEST, policy), Patrol(reader), reader.head()
    return {
        "hub, a page of 50 under Refund": lambda it, by: page(
            it, SELLER, quick=Quick.REFUND, after=by.choice(places), limit=50
        ),
        "counts of all filters": lambda it, _: tally(it, SELLER, soon),
        "a case's detail": lambda _, by: door.refund_cases.find(by.choice(numbers), SUPPORT),
        "statement, a page of a month": lambda it, by: statement(it, SELLER, "EUR", *month(by), limit=50),
        "search for an order": lambda it, by: page(it, SELLER, search=f"o-{by.randrange(16_000)}-1", limit=50),
        "search for a word of every title": lambda it, _: page(it, SELLER, search="camera", limit=50),
        "a seller's metrics": lambda it, _: metrics_over(it, SELLER, policy, LATEST),
        "a look at the books": lambda it, _: books.look(it, head),
    }


def keys(conn: sa.Connection) -> Iterator[tuple[int, int, str]]:
    after = None
    for _ in range(PAGES):
        after = page(conn, SELLER, quick=Quick.REFUND, after=after, limit=50).next
        if after is None:
            return
        yield after


def month(by: Random) -> tuple[object, object]:
    start = cases.NOW + by.random() * (marketplace.SPAN - MONTH)
    return start, start + MONTH


def side_by_side(name: str, markets: Sequence[Market]) -> list[tuple[float, float]]:
    """Milliseconds of one read in each market at the median and at p99, by turns: a busy moment meets them all."""
    chances = [Random(7) for _ in markets]  # noqa: S311 -- the same places every time, guards nothing
    times: list[list[float]] = [[] for _ in markets]
    began = perf_counter()
    while len(times[0]) < WARM_UP + READS and (len(times[0]) < FEWEST or perf_counter() - began < PATIENCE):
        for market, by, taken in zip(markets, chances, times, strict=True):
            started = perf_counter()
            market.reads[name](market.conn, by)
            taken.append((perf_counter() - started) * 1000)
    parts = [quantiles(taken[min(WARM_UP, len(taken) // 4) :], n=100, method="inclusive") for taken in times]
    return [(it[49], it[98]) for it in parts]


def measure(databases: Databases) -> Results:
    """The shorter log first, then the longer one in a database of its own; both are read by turns."""
    with ExitStack() as opened:
        small, large = (opened.enter_context(market(databases.create(), wanted)) for wanted in SIZES.values())
        times = {name: side_by_side(name, (small, large)) for name in small.reads}
    return Results(
        title="Ten times as long a log",
        note=f"{__doc__}\nThe largest of {marketplace.SELLERS:,} sellers has {small.lines:,} lines in the shorter log, "
        f"{large.lines:,} in the longer one. Both are read by turns, up to {READS} times.",
        columns=["What", *SIZES, "Ratio"],
        rows=[*_building(small.built, large.built), *_reading(times)],
    )


def _building(small: Built, large: Built) -> Iterator[list[str]]:
    rates = [it.events / it.seconds for it in (small, large)]
    peaks = [small.peak_megabytes, large.peak_megabytes]
    yield ["building all read models, events/s", *(f"{it:,.0f}" for it in rates), f"{rates[1] / rates[0]:.2f}"]
    yield ["its peak memory, MB", *(f"{it:.0f}" for it in peaks), f"{peaks[1] / peaks[0]:.2f}"]


def _reading(times: Mapping[str, Sequence[tuple[float, float]]]) -> Iterator[list[str]]:
    for name, found in times.items():
        for at, (short, long) in zip(("p50", "p99"), zip(*found, strict=True), strict=True):
            yield [f"{name}, {at}, ms", f"{short:.1f}", f"{long:.1f}", f"{long / short:.2f}"]
