"""How long it takes from a request being submitted until the seller's hub shows it, on an idle service."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from time import perf_counter, sleep
from uuid import uuid4

from benchmarks import cases
from benchmarks.bare_way import TRIPS, bare_way
from benchmarks.databases import Databases, libpq
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
from store.engine import connect
from store.evidence_files import EvidenceFolder
from store.reader import LogReader
from store.vault import Vault
from store.wakeup import Wakeup

ROUNDS, WARM_UP, REQUESTS = 5, 30, 400
APART = 0.02
"""Seconds between two requests, once all read models contain the one before: nothing of it is still under way."""
PATIENCE = 5.0
SHOWN, BARE = "from then until the hub shows it", "the bare way"
MEASURED = ("submitting", SHOWN, "in all", BARE, "one durable INSERT")
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
        self.progress = Progress(self.reads, self.reader, [it.name for it in projections(standard_policies())])

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
    found = {name: _percentiles([each[name] for each in rounds]) for name in rounds[0]}
    ratios = [ours / bare for ours, bare in zip(found[SHOWN], found[BARE], strict=True)]
    return Results(
        title="From the request to the hub",
        note=f"{__doc__}\nMedians of {ROUNDS} rounds of {REQUESTS} requests, one after the other; all read models are "
        f"kept by one engine. By turns with the requests, the bare way is gone: {TRIPS} round trips by the same "
        "two threads, with nothing in them. What one durable INSERT costs, of which a submission has one, stands "
        "below.",
        columns=["What", "p50, ms", "p99, ms"],
        rows=[
            *([name, *(f"{seconds * 1000:.1f}" for seconds in times)] for name, times in found.items()),
            ["until the hub shows it, against the bare way", *(f"{ratio:.1f}" for ratio in ratios)],
        ],
    )


def _round(url: str) -> dict[str, Sequence[float]]:
    """The seconds that each thing took, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(url, Path(folder))
        try:
            found = zip(*_measured(house, url), strict=True)
        finally:
            house.wakeup.close()
            house.engine.dispose()
            house.reads.dispose()
    return dict(zip(MEASURED, found, strict=True))


def _measured(house: House, url: str) -> list[tuple[float, ...]]:
    house.open(WARM_UP + REQUESTS)
    with house.wakeup.bell() as bell, bare_way(libpq(url)) as bare:
        engine = Engine(
            house.reads, house.reader, projections(standard_policies()), bell, ahead=AHEAD, moved=house.progress.tell
        )
        thread = Thread(target=engine.run)
        thread.start()
        found = []
        for number in range(WARM_UP + REQUESTS):
            submitted = house.submit(number)
            sleep(APART)
            gone = bare.go()
            sleep(APART)
            inserted = bare.insert()
            sleep(APART)
            found.append((*submitted, gone, inserted))
        engine.stop()
        thread.join()
    return found[WARM_UP:]


def _percentiles(rounds: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Of each round p50 and p99, in seconds: the median of either."""
    parts = [quantiles(seconds, n=100) for seconds in rounds]
    return median(it[49] for it in parts), median(it[98] for it in parts)
