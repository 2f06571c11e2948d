"""How fast clocks work off what is due, alone and together, and how late they are while idle, beside a task queue."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from time import perf_counter

import sqlalchemy as sa

from benchmarks import procrastination
from benchmarks.clocks import WorkedOff, work_off
from benchmarks.databases import Databases
from benchmarks.results import Results
from benchmarks.silent_cases import ClockHouse
from domain.refund.events import SellerSilent
from projections import sweeping
from runtime.clock import system_clock
from scheduler.clock import BATCH
from store.envelope import Envelope

CASES = 5_000
FLOOD = 100_000
"""Cases that are due at once after a long downtime."""
CLOCKS = 3
PEERS_JOBS = 2_000
IDLE_DEADLINES = 200
APART = timedelta(milliseconds=25)
ROUNDS = 3
INSERT = sa.text(
    "insert into store.event (stream_id, version, topic, state) "
    "select stream_id, 2, 'refund.seller_silent.v1', '{}' from unnest(cast(:streams as uuid[])) as it (stream_id)"
)
TWICE = sa.text("select count(*) as timeouts, count(distinct stream_id) as cases from store.event where topic = :topic")


def measure(databases: Databases) -> Results:
    """All of it; the rates are medians of some rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rounds = [(_floor(databases, folder), *_rates(databases, folder)) for _ in range(ROUNDS)]
        late = _lateness(databases, folder)
        flood = _worked_off(databases, folder, FLOOD, CLOCKS)
    floor, alone, processor, together = (median(figures) for figures in zip(*rounds, strict=True))
    peer = procrastination.rate(databases, PEERS_JOBS)
    return Results(
        title="Timeouts",
        note=(
            f"{CASES:,} silent cases due at once; a timeout is loaded, decided, sealed, appended and released, in "
            f"transactions of {BATCH}. The floor claims and releases alike, and inserts a row without a decision, and "
            f"so does the peer ({PEERS_JOBS:,} jobs, {procrastination.CONCURRENCY} at once, its other settings as they "
            "come). Each case is overtaken once, and each clock overtakes in due order; else there is no table. "
            f"Lateness: from the deadline to what is recorded, {IDLE_DEADLINES} of them {APART.microseconds // 1000} "
            "ms apart, while nothing else is due."
        ),
        columns=("Way", "a second", "of the floor"),
        rows=[
            ("claim, INSERT, release (the floor), one process", f"{floor:,.0f}", "1.00"),
            ("real timeouts, one process", f"{alone:,.0f}", f"{alone / floor:.2f}"),
            ("the same, if it had a processor to itself", f"{processor:,.0f}", f"{processor / floor:.2f}"),
            ("real timeouts, two processes", f"{together:,.0f}", f"{together / floor:.2f}"),
            ("procrastinate, one process", *((f"{peer:,.0f}", f"{peer / floor:.2f}") if peer else ("not here", ""))),
            (f"{FLOOD:,} at once, {CLOCKS} processes", f"{FLOOD / flood:,.0f}, done in {flood:.0f} s", ""),
            *_lateness_rows("lateness", late),
            *_lateness_rows("procrastinate's", procrastination.lateness(databases, APART, IDLE_DEADLINES)),
        ],
    )


def _lateness_rows(whose: str, late: Sequence[float] | None) -> Iterator[tuple[str, str, str]]:
    if late:
        yield f"{whose} p50", f"{median(late) * 1000:,.1f} ms", ""
        yield f"{whose} p99", f"{quantiles(late, n=100)[98] * 1000:,.1f} ms", ""


def _all_due(databases: Databases, folder: Path, cases: int) -> tuple[str, ClockHouse]:
    url, now = databases.create(), system_clock()
    house = ClockHouse(url, folder)
    house.wait_for([now - timedelta(seconds=cases - number) for number in range(cases)])
    return url, house


def _floor(databases: Databases, folder: Path) -> float:
    _, house = _all_due(databases, folder, CASES)
    began = perf_counter()
    while _insert_only(house.engine):
        pass
    rate = CASES / (perf_counter() - began)
    house.engine.dispose()
    return rate


def _insert_only(engine: sa.Engine) -> bool:
    with engine.begin() as conn:
        streams = sweeping.take_due(conn, system_clock(), BATCH)
        if streams:
            conn.execute(INSERT, {"streams": streams})
    return bool(streams)


def _rates(databases: Databases, folder: Path) -> tuple[float, float, float]:
    """Timeouts a second of one process, of the processor time it used, and of two processes."""
    (alone,) = _clocks(databases, folder, CASES, 1)
    return (
        alone.timeouts / alone.seconds,
        alone.timeouts / alone.processor_seconds,
        CASES / _worked_off(databases, folder, CASES, 2),
    )


def _worked_off(databases: Databases, folder: Path, cases: int, clocks: int) -> float:
    """The seconds until all were overtaken."""
    return max(clock.seconds for clock in _clocks(databases, folder, cases, clocks))


def _clocks(databases: Databases, folder: Path, cases: int, clocks: int) -> list[WorkedOff]:
    """What each clock did. Raises RuntimeError unless each case was overtaken once, and in due order."""
    url, house = _all_due(databases, folder, cases)
    told = work_off(url, folder, clocks)
    with house.engine.connect() as conn:
        found = conn.execute(TWICE, {"topic": SellerSilent.topic}).one()
    house.engine.dispose()
    if tuple(found) != (cases, cases) or not all(clock.in_order for clock in told):
        raise RuntimeError(f"of {cases} cases {found.cases} were overtaken {found.timeouts} times: {told}")
    return told


def _lateness(databases: Databases, folder: Path) -> list[float]:
    """Seconds from each deadline to what is recorded, kept by the timer as in a real process."""
    house = ClockHouse(databases.create(), folder)
    begin = system_clock() + timedelta(seconds=2)
    house.wait_for([begin + number * APART for number in range(IDLE_DEADLINES)])
    late: list[float] = []
    done = Event()

    def observe(timeout: Envelope) -> None:
        late.append((timeout.cause.recorded_at - timeout.occurred_at).total_seconds())
        if len(late) == IDLE_DEADLINES:
            done.set()

    with house.ticking(observe):
        done.wait(60)
    house.engine.dispose()
    return late
