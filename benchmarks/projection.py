"""How many events a second a read model takes in while it catches up: the library's runner, and our engine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import psycopg
import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, Notification, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner

from benchmarks import cases
from benchmarks.databases import Databases, libpq
from benchmarks.results import Results
from domain.policy import standard_policies
from projections import positions
from projections.catalogue import projections
from projections.engine import Engine
from projections.processes import TOPICS, step_of, waits_on
from store.engine import connect
from store.envelope import Envelope
from store.log import SealedMapper
from store.reader import LogReader

ROUNDS = 3
CASES, OF_THE_LIBRARY = 2_000, 500
"""Cases in the log, and how many of its events the library's runner is given, at its pace."""
AT_ONCE = 50
"""Events that the library is given at once: behind more than the way to the server holds, its commit may hang."""
PATIENCE = 120.0
LIBRARY, ONE, ALL = "eventsourcing's ProjectionRunner", "ours, the same read model", "ours, all read models at once"

TABLE = """
    create table if not exists public.deadline_of_the_library (
        stream_id uuid primary key, version integer not null, kind text not null, due_at timestamptz not null,
        waiting_on text not null
    )
"""
PUT = """
    insert into public.deadline_of_the_library values (%s, %s, %s, %s, %s)
    on conflict (stream_id) do update set version = excluded.version, kind = excluded.kind, due_at = excluded.due_at
"""
REMOVE = "delete from public.deadline_of_the_library where stream_id = %s"


class Log(Application[UUID]):
    """The library's application over its own tables, holding the same events."""

    name = "log"

    def construct_mapper(self) -> Mapper[UUID]:
        return SealedMapper(None)


class LibrarysView(PostgresTrackingRecorder):
    """The deadlines as the library would keep them: a row and its tracking in one transaction an event."""

    def follow(self, envelope: Envelope, tracking: Tracking) -> None:
        step = step_of(envelope) if envelope.topic in TOPICS else None
        with self.datastore.transaction(commit=True) as cursor:
            if step and step.deadline:
                row = (step.deadline.kind, step.deadline.due_at, waits_on(step.status))
                cursor.execute(PUT, (envelope.originator_id, envelope.originator_version, *row))
            elif step:
                cursor.execute(REMOVE, (envelope.originator_id,))
            self._insert_tracking(cursor, tracking)


class LibrarysProjection(Projection[LibrarysView]):
    name = "deadlines"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:  # noqa: ANN401 -- the library's signature
        self.view.follow(domain_event, tracking)


def environment(url: str) -> dict[str, str]:
    """What the library reads its database from."""
    parts = urlsplit(libpq(url))
    place = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path[1:],
        "POSTGRES_HOST": place.get("host") or parts.hostname or "",
        "POSTGRES_PORT": place.get("port") or str(parts.port or 5432),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
        "POSTGRES_SCHEMA": "public",
    }


def of_the_library(url: str, events: Sequence[Notification]) -> float:
    """Its runner over these events, put into a new database of its own."""
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        connection.execute(TABLE)
    app = Log(environment(url))
    for first in range(0, len(events), AT_ONCE):
        app.recorder.insert_events(events[first : first + AT_ONCE])
    started = perf_counter()
    runner = ProjectionRunner(
        application_class=Log,
        projection_class=LibrarysProjection,
        view_class=LibrarysView,
        env=environment(url),
    )
    with runner:
        runner.wait(len(events), timeout=PATIENCE)
        taken = perf_counter() - started
    app.close()
    return len(events) / taken


def ours(engine: sa.Engine, only: Sequence[str] = ()) -> float:
    """Our engine over the whole log."""
    chosen = [it for it in projections(standard_policies()) if not only or it.name in only]
    with engine.begin() as conn:
        for projection in chosen:
            for table in projection.tables:
                conn.execute(sa.delete(table))
        conn.execute(sa.delete(positions.projection))
    reader = LogReader(engine)
    started = perf_counter()
    Engine(engine, reader, chosen).catch_up()
    return reader.head() / (perf_counter() - started)


@contextmanager
def filled(databases: Databases) -> Iterator[sa.Engine]:
    """A database whose log holds the cases."""
    engine = connect(databases.create())
    with tempfile.TemporaryDirectory() as folder:
        cases.fill(cases.door(engine, Path(folder)).log, CASES)
    yield engine
    engine.dispose()


def measure(databases: Databases) -> Results:
    """Rounds in which each way has its turn, so that whatever else the machine does strikes all alike."""
    with filled(databases) as engine:
        events = LogReader(engine).read(0, OF_THE_LIBRARY)
        found = [
            {
                LIBRARY: of_the_library(databases.create(), events),
                ONE: ours(engine, ["deadlines"]),
                ALL: ours(engine),
            }
            for _ in range(ROUNDS)
        ]
    return Results(
        title="Catching up",
        note=f"{__doc__}\n{ROUNDS} rounds on a log of {CASES * 6:,} events, of which the library's runner is given "
        f"the first {OF_THE_LIBRARY:,}.",
        columns=["Way", "Events a second", "Against the library"],
        rows=[
            [
                name,
                f"{median(each[name] for each in found):,.0f}",
                f"{median(each[name] / each[LIBRARY] for each in found):.0f}",
            ]
            for name in found[0]
        ],
    )
