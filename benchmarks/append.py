"""How many small durable saves a second: the library's recorder, ours, and a plain INSERT as the floor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from threading import Barrier, Thread
from time import perf_counter
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from benchmarks.databases import Databases, libpq
from benchmarks.results import Results
from store.engine import connect
from store.idempotency import CommandRecord
from store.recorder import LogRecorder

ROUNDS = 7
SECONDS = 1.0
"""How long one way appends before the next one has its turn."""
WRITERS = (1, 8)
TOPIC = "refund.approved.v1"
NOW = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
STATE = json.dumps(
    {
        "occurred_at": "2026-03-06T17:00:00.000000Z",
        "recorded_at": "2026-03-06T17:00:00.000000Z",
        "actor": {"role": "seller", "id": "s-1"},
        "command_id": str(UUID(int=1)),
        "correlation_id": str(UUID(int=2)),
        "policy": "standard@1",
        "previous": "0" * 64,
        "payload": {"status": "refund_pending", "refund": {"minor": 4590, "currency": "EUR"}},
    }
).encode()

Append = Callable[[UUID, int], object]
"""Saves one event as this version of this stream."""


class PlainInsert:
    """The floor: a connection a writer, one INSERT, nothing else."""

    def __init__(self, url: str) -> None:
        self._url = libpq(url)

    @contextmanager
    def writer(self) -> Iterator[Append]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            yield lambda stream, version: connection.execute(
                "insert into store.event (stream_id, version, topic, state) values (%s, %s, %s, %s)",
                (stream, version, TOPIC, STATE.decode()),
            )

    def close(self) -> None:
        pass


class Recorder:
    """A recorder of the library's interface, shared by all writers."""

    def __init__(self, recorder: ApplicationRecorder, close: Callable[[], None]) -> None:
        self._recorder = recorder
        self.close = close

    @contextmanager
    def writer(self) -> Iterator[Append]:
        yield lambda stream, version: self._recorder.insert_events([StoredEvent(stream, version, TOPIC, STATE)])


class RecorderOfCommands(Recorder):
    """The same with the idempotency record that every command of ours writes."""

    @contextmanager
    def writer(self) -> Iterator[Append]:
        def append(stream: UUID, version: int) -> None:
            command = CommandRecord(uuid4(), bytes(32), stream, version, NOW)
            self._recorder.insert_events([StoredEvent(stream, version, TOPIC, STATE)], command=command)

        yield append


def of_the_library(url: str) -> Recorder:
    parts = urlsplit(libpq(url))
    place = {name: values[0] for name, values in parse_qs(parts.query).items()}
    datastore = PostgresDatastore(
        dbname=parts.path[1:],
        host=place.get("host") or parts.hostname or "",
        port=place.get("port") or parts.port or 5432,
        user=parts.username or "",
        password=parts.password or "",
        pool_size=max(WRITERS),
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name="library_events")
    recorder.create_table()
    return Recorder(recorder, datastore.close)


def ours(url: str, kind: type[Recorder] = Recorder) -> Recorder:
    engine = connect(url)
    return kind(LogRecorder(engine), engine.dispose)


def appends_per_second(way: PlainInsert | Recorder, writers: int) -> float:
    """The throughput of so many threads, each appending to a stream of its own."""
    together, counts, over = Barrier(writers + 1), [0] * writers, perf_counter() + 3600

    def write(number: int) -> None:
        with way.writer() as append:
            stream, version = uuid4(), 1
            append(stream, version)
            together.wait()
            while perf_counter() < over:
                version += 1
                append(stream, version)
            counts[number] = version - 1

    threads = [Thread(target=write, args=[number]) for number in range(writers)]
    for thread in threads:
        thread.start()
    started = perf_counter()
    over = started + SECONDS
    together.wait()
    for thread in threads:
        thread.join()
    return sum(counts) / (perf_counter() - started)


def measure(databases: Databases) -> Results:
    """Rounds in which each way has its turn, so that whatever else the machine does strikes all alike."""
    ways = {
        "plain INSERT (the floor)": PlainInsert(databases.create()),
        "eventsourcing's PostgreSQL recorder": of_the_library(databases.create()),
        "ours": ours(databases.create()),
        "ours with the command's record": ours(databases.create(), RecorderOfCommands),
    }
    try:
        found = {
            writers: [{name: appends_per_second(way, writers) for name, way in ways.items()} for _ in range(ROUNDS)]
            for writers in WRITERS
        }
    finally:
        for way in ways.values():
            way.close()
    return results(found)


def results(found: dict[int, list[dict[str, float]]]) -> Results:
    """Medians over the rounds; a ratio is the median of the rounds' own ratios."""
    floor, library, *_ = names = list(found[WRITERS[0]][0])

    def row(name: str, rounds: list[dict[str, float]], writers: int) -> list[str]:
        return [
            name,
            str(writers),
            f"{median(each[name] for each in rounds):,.0f}",
            f"{median(each[name] / each[floor] for each in rounds):.2f}",
            f"{median(each[name] / each[library] for each in rounds):.1f}",
        ]

    return Results(
        title="Appending",
        note=f"{__doc__}\n{ROUNDS} interleaved rounds of {SECONDS:g} s; writers are threads of one process.",
        columns=["Way", "Writers", "Saves a second", "Against plain INSERT", "Against the library"],
        rows=[row(name, rounds, writers) for writers, rounds in found.items() for name in names],
    )
