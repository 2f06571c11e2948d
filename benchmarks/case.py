"""How many events a second a case is told from: read from the log, opened and folded, for streams of two lengths."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

from benchmarks import cases
from benchmarks.databases import Databases
from benchmarks.results import Results
from domain.messages import Personal
from domain.refund import events as e
from domain.refund.commands import Purpose
from domain.vocabulary import Status
from store import streams
from store.application import DirectService, record_of
from store.engine import connect
from store.envelope import Cause, Draft
from store.log import Append, tip_of

LENGTHS = {5: 400, 1_000: 5}
"""Events of a stream, and how often it is told in a round."""
ROUNDS = 5


def lengthened(door: DirectService, case_id: UUID, length: int) -> None:
    """Messages until the stream has this length."""
    history = door.log.history(case_id)
    command = uuid4()
    cause = Cause(cases.SELLER, command, command, cases.NOW)
    message = e.MessageSent(
        status=Status.CLOSED, text=Personal.of("seller:s-1", "A word about it."), purpose=Purpose.OTHER
    )
    draft = Draft(message, cases.NOW, cases.POLICY.ref)
    door.log.append([Append(tip_of(case_id, history), [(draft, cause)] * (length - len(history)))])


def events_per_second(door: DirectService, case_id: UUID, length: int, times: int) -> float:
    started = perf_counter()
    for _ in range(times):
        record = record_of(door.log.history(case_id))
        if record is None or record.case.version != length:
            raise AssertionError("the case was not told whole")
    return length * times / (perf_counter() - started)


def measure(databases: Databases) -> Results:
    """Personal texts are decrypted, since whoever reads a case reads them."""
    engine = connect(databases.create())
    with tempfile.TemporaryDirectory() as folder:
        door = cases.door(engine, Path(folder))
        cases.fill(door.log, len(LENGTHS))
        rows = []
        for number, (length, times) in enumerate(LENGTHS.items()):
            case_id = streams.refund_case(cases.line(number).line_id, 1)
            if length > len(door.log.history(case_id)):
                lengthened(door, case_id, length)
            speed = median(events_per_second(door, case_id, length, times) for _ in range(ROUNDS))
            rows.append([f"{length:,}", f"{speed:,.0f}", f"{length / speed * 1000:.1f}"])
    engine.dispose()
    return Results(
        title="Telling a case from its stream",
        note=f"{__doc__}\nMedians of {ROUNDS} rounds.",
        columns=["Events in the stream", "Events a second", "ms a case"],
        rows=rows,
    )
