"""How many silent cases a clock overtakes a second, in one process and in two, and how late it is while idle.

``python -m benchmarks.timers URL FOLDER NOW`` is one such clock: it says that it is ready, waits for a line, and
tells how long it took and how many it overtook.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles
from threading import Event, Thread
from time import perf_counter
from uuid import UUID, uuid4

import sqlalchemy as sa

from benchmarks.databases import Databases
from benchmarks.results import Results
from domain.actors import Actor, Role
from domain.deadline import Deadline
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.policy import standard_policies
from domain.refund.commands import SubmitRequest
from domain.refund.events import RefundRequested
from domain.seller.account import SellerProfile
from domain.vocabulary import Reason
from projections import sweeping
from projections.deadlines import Deadlines
from projections.engine import Engine
from projections.openings import Openings
from runtime.clock import system_clock
from scheduler.backoff import Backoff
from scheduler.clock import BATCH, DeadlineSweep
from scheduler.timer import Task, Timer
from store.application import DirectService, Errand
from store.engine import connect
from store.envelope import Cause, Draft, Envelope
from store.evidence_files import EvidenceFolder
from store.log import Append, Tip
from store.reader import LogReader
from store.vault import Vault

CASES = 5_000
AT_ONCE = 500
"""Cases that are put into the log by one transaction."""
IDLE_DEADLINES = 200
APART = timedelta(milliseconds=25)
ROUNDS = 3
MARKETPLACE, BUYER = Actor(role=Role.MARKETPLACE, id="marketplace"), Actor(role=Role.BUYER, id="b-1")
INSERT = sa.text(
    "insert into store.event (stream_id, version, topic, state) "
    "select stream_id, 2, 'refund.seller_silent.v1', '{}' from unnest(cast(:streams as uuid[])) as it (stream_id)"
)


class Clock:
    """A house with nothing but its clock."""

    def __init__(self, url: str, folder: Path, clock: Callable[[], datetime]) -> None:
        self.engine = connect(url)
        self.door = DirectService(
            self.engine,
            vault=Vault(self.engine, bytes(32)),
            policies=standard_policies(),
            evidence_files=EvidenceFolder(folder),
            clock=clock,
        )
        self._bell = Event()
        self.views = Engine(self.engine, LogReader(self.engine), [Deadlines(Openings())], self._bell)

    def sweep(self, observe: Callable[[Envelope], None] = lambda _: None) -> DeadlineSweep:
        retries = Backoff(random=Random(1))  # noqa: S311 -- spreads retries, guards nothing
        return DeadlineSweep(self.engine, self.door, announce=self._bell.set, retries=retries, observe=observe)

    @contextmanager
    def running(self, observe: Callable[[Envelope], None]) -> Iterator[None]:
        """The view follows the log, and the timer keeps the deadlines."""
        follower = Thread(target=self.views.run)
        timer = Timer([Task(name="deadlines", work=self.sweep(observe).sweep)], wall_clock=system_clock)
        follower.start()
        timer.start()
        try:
            yield
        finally:
            timer.stop()
            self.views.stop()
            follower.join()

    def opening(self) -> Envelope:
        """The first event of a real case, of which the others are copies."""
        now = self.door.clock()
        self.door.accounts.record_profile("s-1", SellerProfile(enrolled=True), _errand(MARKETPLACE))
        self.door.order_lines.record([_line(now)], _errand(MARKETPLACE))
        request = SubmitRequest(line_id="line", reason=Reason.ITEM_MISSING, description="It is not in the box.")
        case_id = self.door.refund_cases.submit(request, _errand(BUYER)).stream_id
        return self.door.log.history(case_id)[0]

    def wait_for(self, deadlines: Sequence[datetime]) -> None:
        """Put a case for each of these into the log, and its deadline into the view."""
        opening = self.opening()
        for start in range(0, len(deadlines), AT_ONCE):
            self.door.log.append([_case(opening, due_at) for due_at in deadlines[start : start + AT_ONCE]])
        self.views.catch_up()


def _errand(actor: Actor) -> Errand:
    return Errand(actor=actor, command_id=uuid4())


def _line(now: datetime) -> OrderLineFacts:
    euros = {name: Money.from_decimal(amount, "EUR") for name, amount in (("price", "40"), ("shipping", "5.90"))}
    return OrderLineFacts(
        order_id="order",
        line_id="line",
        buyer_id=BUYER.id,
        seller_id="s-1",
        title="Vintage camera",
        category="electronics",
        tax=Money.zero("EUR"),
        purchased_at=now - timedelta(days=5),
        shipped_at=now - timedelta(days=4),
        delivered_at=now - timedelta(days=1),
        **euros,
    )


def _case(opening: Envelope, due_at: datetime) -> Append:
    case_id, opened = uuid4(), opening.payload
    assert isinstance(opened, RefundRequested)  # noqa: S101 -- what was asked for just now
    assert opened.deadline is not None  # noqa: S101 -- the seller is waited for
    deadline: Deadline = opened.deadline.model_copy(update={"due_at": due_at})
    copied = opened.model_copy(update={"case_id": case_id, "deadline": deadline})
    cause = Cause(opening.cause.actor, uuid4(), uuid4(), opening.cause.recorded_at)
    return Append(Tip(case_id), [(Draft(copied, opening.occurred_at, opening.policy), cause)])


def measure(databases: Databases) -> Results:
    """All of it; the rates are medians of some rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rounds = [
            (_floor(databases, folder), _rate(databases, folder, 1), _rate(databases, folder, 2)) for _ in range(ROUNDS)
        ]
        late = _lateness(databases, folder)
    floor, alone, together = (median(rates) for rates in zip(*rounds, strict=True))
    return Results(
        title="Timeouts",
        note=(
            f"{CASES:,} silent cases due at once; a timeout is loaded, decided, sealed, appended and released, in "
            f"transactions of {BATCH}. The floor claims and releases alike, and inserts a row without a decision. "
            "Lateness: from the deadline to what is recorded, while nothing else is due."
        ),
        columns=("Way", "a second", "of the floor"),
        rows=[
            ("claim, INSERT, release (the floor), one process", f"{floor:,.0f}", "1.00"),
            ("real timeouts, one process", f"{alone:,.0f}", f"{alone / floor:.2f}"),
            ("real timeouts, two processes", f"{together:,.0f}", f"{together / floor:.2f}"),
            ("lateness p50", f"{median(late) * 1000:,.1f} ms", ""),
            ("lateness p99", f"{quantiles(late, n=100)[98] * 1000:,.1f} ms", ""),
        ],
    )


def _all_due(databases: Databases, folder: Path) -> tuple[str, Clock]:
    url, now = databases.create(), system_clock()
    clock = Clock(url, folder, system_clock)
    clock.wait_for([now - timedelta(seconds=CASES - number) for number in range(CASES)])
    return url, clock


def _floor(databases: Databases, folder: Path) -> float:
    _, clock = _all_due(databases, folder)
    began = perf_counter()
    while _insert_only(clock.engine):
        pass
    rate = CASES / (perf_counter() - began)
    clock.engine.dispose()
    return rate


def _insert_only(engine: sa.Engine) -> bool:
    with engine.begin() as conn:
        streams: list[UUID] = [row.stream_id for row in sweeping.claim_due(conn, system_clock(), BATCH)]
        if streams:
            sweeping.remove(conn, streams)
            conn.execute(INSERT, {"streams": streams})
    return bool(streams)


def _rate(databases: Databases, folder: Path, clocks: int) -> float:
    url, seeding = _all_due(databases, folder)
    seeding.engine.dispose()
    command = [sys.executable, "-m", "benchmarks.timers", url, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, text=True, **pipes) for _ in range(clocks)]  # noqa: S603 -- this module
    told = list(_told(processes))
    if sum(count for count, _ in told) < CASES:
        raise RuntimeError(f"only {told} of {CASES} cases were overtaken")
    return CASES / max(seconds for _, seconds in told)


def _told(processes: Sequence[subprocess.Popen[str]]) -> Iterator[tuple[int, float]]:
    """Start them together; what each of them overtook, in how many seconds."""
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        count, seconds = process.communicate()[0].split()
        yield int(count), float(seconds)


def _lateness(databases: Databases, folder: Path) -> list[float]:
    """Seconds from each deadline to what is recorded, kept by the timer as in a real process."""
    clock = Clock(databases.create(), folder, system_clock)
    begin = system_clock() + timedelta(seconds=2)
    clock.wait_for([begin + number * APART for number in range(IDLE_DEADLINES)])
    late: list[float] = []
    done = Event()

    def observe(timeout: Envelope) -> None:
        late.append((timeout.cause.recorded_at - timeout.occurred_at).total_seconds())
        if len(late) == IDLE_DEADLINES:
            done.set()

    with clock.running(observe):
        done.wait(60)
    clock.engine.dispose()
    return late


def main(url: str, folder: str) -> None:
    """One clock in a process of its own."""
    seen: list[Envelope] = []
    clock = Clock(url, Path(folder), system_clock)
    sweep = clock.sweep(seen.append)
    print("ready", flush=True)
    sys.stdin.readline()
    began = perf_counter()
    while sweep.sweep() == timedelta():
        pass
    print(len(seen), perf_counter() - began)
    clock.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
