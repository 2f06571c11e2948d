"""The peer of the timers: procrastinate, a task queue on PostgreSQL, given the same due times and one INSERT a job.

Not needed to run the service, so it has a lock of its own (CONTRIBUTING.md); None stands for a machine without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.util import find_spec
from time import perf_counter
from typing import Any

from benchmarks.databases import Databases, libpq
from runtime.clock import system_clock

CONCURRENCY = 20
"""Jobs under way in its one process: more made it no faster."""
TABLE = "create table public.done (due_at timestamptz not null, done_at timestamptz not null)"
INSERT = "insert into public.done values (%(due_at)s, clock_timestamp())"
LATENESS = "select extract(epoch from done_at - due_at)::float8 as late from public.done"


def rate(databases: Databases, jobs: int) -> float | None:
    """Jobs a second that one worker works off when all are due at once."""
    began = system_clock() - timedelta(seconds=jobs)
    told = _measured(databases, [began + timedelta(seconds=number) for number in range(jobs)])
    return jobs / told[0] if told else None


def lateness(databases: Databases, apart: timedelta, jobs: int) -> list[float] | None:
    """Seconds from each due time to its INSERT, due one after the other, as the worker is out of the box."""
    begin = system_clock() + timedelta(seconds=3)
    told = _measured(databases, [begin + number * apart for number in range(jobs)], idle=True)
    return told[1] if told else None


def _measured(databases: Databases, due: Sequence[datetime], *, idle: bool = False) -> tuple[float, list[float]] | None:
    if find_spec("procrastinate") is None:
        return None
    return asyncio.run(_worked(libpq(databases.create()), due, idle=idle))


async def _worked(url: str, due: Sequence[datetime], *, idle: bool) -> tuple[float, list[float]]:
    """How long it took, and how late each job was."""
    from procrastinate import App, PsycopgConnector  # noqa: PLC0415 -- a peer that need not be there

    app = App(connector=PsycopgConnector(conninfo=url, min_size=CONCURRENCY, max_size=CONCURRENCY))

    @app.task
    async def overtake(due_at: str) -> None:
        await app.connector.execute_query_async(INSERT, due_at=due_at)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await app.connector.execute_query_async(TABLE)
        for at in due:
            await overtake.configure(schedule_at=at).defer_async(due_at=at.isoformat())
        began = perf_counter()
        await _work(app, due, idle=idle)
        rows = await app.connector.execute_query_all_async(LATENESS)
        if len(rows) != len(due):
            raise RuntimeError(f"{len(rows)} of {len(due)} jobs were done")
        return perf_counter() - began, [row["late"] for row in rows]


async def _work(app: Any, due: Sequence[datetime], *, idle: bool) -> None:  # noqa: ANN401 -- the peer's own class
    options = {"concurrency": CONCURRENCY, "install_signal_handlers": False}
    if not idle:
        await app.run_worker_async(wait=False, **options)
        return
    worker = asyncio.create_task(app.run_worker_async(**options))
    last = (due[-1] - system_clock()).total_seconds()
    await asyncio.sleep(last + 2 * 5.0)  # twice its polling interval after the last one is due
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
