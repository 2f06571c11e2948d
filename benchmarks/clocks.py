"""Clocks in processes of their own that work off what is due: ``python -m benchmarks.clocks URL FOLDER`` is one.

It says that it is ready, waits for a line, sweeps until nothing is due any more, and tells how many cases it
overtook, in how many seconds until the last of them, and whether in due order.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from threading import Event
from time import perf_counter, process_time

from benchmarks.silent_cases import ClockHouse
from runtime.interpreter import suit_a_service
from scheduler.clock import GLANCE
from store.envelope import Envelope


@dataclass(frozen=True)
class WorkedOff:
    """What one clock did."""

    timeouts: int
    seconds: float
    processor_seconds: float
    in_order: bool
    """Whether each timeout was due no earlier than the one before it."""


def work_off(url: str, folder: Path, clocks: int) -> list[WorkedOff]:
    """Let so many clocks work off what is due, started together; what each of them did.

    Where they are several the view follows the log meanwhile, as in a real house: whoever comes a moment late
    waits until it contains what the others did.
    """
    house = ClockHouse(url, folder)
    command = [sys.executable, "-m", "benchmarks.clocks", url, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, text=True, **pipes) for _ in range(clocks)]  # noqa: S603 -- this module
    with house.following() if clocks > 1 else nullcontext():
        told = _told(processes)
    house.engine.dispose()
    return told


def _told(processes: Sequence[subprocess.Popen[str]]) -> list[WorkedOff]:
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return [_read(process.communicate()[0]) for process in processes]


def _read(line: str) -> WorkedOff:
    timeouts, seconds, processor_seconds, in_order = line.split()
    return WorkedOff(int(timeouts), float(seconds), float(processor_seconds), in_order == "True")


def main(url: str, folder: str) -> None:
    """One clock."""
    due: list[datetime] = []
    house = ClockHouse(url, Path(folder))
    moments: list[tuple[float, float]] = []

    def observe(timeout: Envelope) -> None:
        due.append(timeout.occurred_at)
        moments.append((perf_counter(), process_time()))

    sweep, pause = house.sweep(observe), Event()
    suit_a_service()  # as the service does
    print("ready", flush=True)
    sys.stdin.readline()
    began, worked = perf_counter(), process_time()
    moments.append((began, worked))
    while (again := sweep.sweep()) is not None and again <= GLANCE:
        pause.wait(again.total_seconds())
    in_order = all(one <= next_ for one, next_ in pairwise(due))
    print(len(due), moments[-1][0] - began, moments[-1][1] - worked, in_order)
    house.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
