"""How long it takes from a request being submitted until the seller's hub shows it, on an idle service."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from time import perf_counter, sleep
from uuid import uuid4

import sqlalchemy as sa

from benchmarks import cases
from benchmarks.databases import Databases
from benchmarks.results import Results
from domain.actors import Actor, Role
from domain.policy import standard_policies
from domain.refund.commands import SubmitRequest
from domain.seller.account import SellerProfile
from domain.vocabulary import Reason
from projections.catalogue import AHEAD, projections
from projections.engine import Engine
from projections.progress import Progress
from projections.seller_orders import Quick, SellerOrders, page
from store.application import DirectService, Errand
from store.engine import connect, reading
from store.evidence_files import EvidenceFolder
from store.reader import LogReader
from store.vault import Vault
from store.wakeup import Wakeup

ROUNDS, WARM_UP, REQUESTS = 5, 30, 400
APART = 0.02
"""Seconds between two requests, once all read models contain the one before: nothing of it is still under way."""
PATIENCE = 5.0
MARKETPLACE = Actor(role=Role.MARKETPLACE, id="marketplace")


class House:
    """Write side, engine and hub in one process, as the demo runs them."""

    def __init__(self, url: str, folder: Path) -> None:
        self.engine, self.reads = connect(url), connect(url, pool_size=3)
        self.wakeup = Wakeup(self.engine)
        self.door = DirectService(
            self.engine,
            vault=Vault(self.engine, bytes(32)),
            policies=standard_policies(),
            evidence_files=EvidenceFolder(folder),
            clock=lambda: cases.NOW,
            announce=self.wakeup.announce,
        )
        self.reader = LogReader(self.reads)
        self.progress = Progress(self.reads, self.reader, [it.name for it in projections()])

    def open(self, lines: int) -> None:
        """Enrolled sellers with lines to ask about."""
        for number in range(cases.SELLERS):
            profile = SellerProfile(enrolled=True)
            self.door.accounts.record_profile(f"s-{number}", profile, errand(MARKETPLACE))
        self.door.order_lines.record([cases.line(number) for number in range(lines)], errand(MARKETPLACE))

    def submit(self, number: int) -> tuple[float, float, float]:
        """Ask about one line: the seconds of the submission, until the hub shows it after that, and in all."""
        facts = cases.line(number)
        buyer = Actor(role=Role.BUYER, id=facts.buyer_id)
        command = SubmitRequest(line_id=facts.line_id, reason=Reason.ITEM_MISSING, description="It is not there.")
        started = perf_counter()
        receipt = self.door.refund_cases.submit(command, errand(buyer))
        submitted = perf_counter()
        self.progress.wait_for(receipt.position or 0, PATIENCE, SellerOrders.name)
        with self.reads.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            shown = page(conn, facts.seller_id, quick=Quick.REFUND, limit=100)
        over = perf_counter()
        if receipt.stream_id not in {item.case.id for item in shown.items if item.case}:
            raise AssertionError("the hub does not show what was submitted")
        self.progress.wait_for(receipt.position or 0, PATIENCE)
        return submitted - started, over - submitted, over - started


def errand(actor: Actor) -> Errand:
    return Errand(actor=actor, command_id=uuid4())


def measure(databases: Databases) -> Results:
    """One request after the other, each waited for."""
    rounds = [_round(databases.create()) for _ in range(ROUNDS)]
    return Results(
        title="From the request to the hub",
        note=f"{__doc__}\nMedians of {ROUNDS} rounds of {REQUESTS} requests, one after the other; all read models are "
        "kept by one engine. What one statement costs on the same server, and one that is committed to disk, "
        "stands below.",
        columns=["What", "p50, ms", "p99, ms"],
        rows=[[name, *_percentiles([each[name] for each in rounds])] for name in rounds[0]],
    )


def _round(url: str) -> dict[str, Sequence[float]]:
    """The seconds that each thing took, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(url, Path(folder))
        try:
            found = zip(*_measured(house), strict=True)
        finally:
            house.wakeup.close()
            house.engine.dispose()
            house.reads.dispose()
    names = ("submitting", "from then until the hub shows it", "in all")
    return {**dict(zip(names, found, strict=True)), **_bare(url)}


def _measured(house: House) -> list[tuple[float, float, float]]:
    house.open(WARM_UP + REQUESTS)
    with house.wakeup.bell() as bell:
        engine = Engine(house.reads, house.reader, projections(), bell, ahead=AHEAD, moved=house.progress.tell)
        thread = Thread(target=engine.run)
        thread.start()
        found = []
        for number in range(WARM_UP + REQUESTS):
            found.append(house.submit(number))
            sleep(APART)
        engine.stop()
        thread.join()
    return found[WARM_UP:]


def _bare(url: str) -> dict[str, tuple[float, ...]]:
    """What the server and the way to it take by themselves."""
    engine = connect(url, role=None)
    with reading(engine) as conn:
        conn.exec_driver_sql("create table scratch (n integer)")
        found = {
            "one SELECT": _times(conn, "select 1"),
            "one INSERT": _times(conn, "insert into scratch values (1)"),
        }
    engine.dispose()
    return found


def _times(conn: sa.Connection, statement: str) -> tuple[float, ...]:
    times = []
    for _ in range(REQUESTS):
        sleep(APART)
        began = perf_counter()
        conn.exec_driver_sql(statement)
        times.append(perf_counter() - began)
    return tuple(times)


def _percentiles(rounds: Sequence[Sequence[float]]) -> list[str]:
    """Of each round p50 and p99, in milliseconds: the median of either."""
    parts = [quantiles(seconds, n=100) for seconds in rounds]
    return [f"{median(it[at] for it in parts) * 1000:.1f}" for at in (49, 98)]
