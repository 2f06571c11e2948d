"""The append: any number of saves written by one statement, without a lock, each event's id drawn by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from eventsourcing.persistence import StoredEvent

from store.idempotency import CommandRecord

EVENTS = """
    insert into store.event (stream_id, version, topic, state)
    select stream_id, version, topic, state::json
    from unnest(%s::uuid[], %s::int[], %s::text[], %s::text[]) as e (stream_id, version, topic, state)
    order by stream_id, version
    returning id
"""
"""Ordered so that two saves of the same streams never wait for each other crosswise."""
EVENTS_AND_COMMANDS = f"""
    with appended as ({EVENTS}, stream_id, version), noted as (
        insert into store.command (command_id, fingerprint, stream_id, version, position, recorded_at)
        select c.command_id, c.fingerprint, c.stream_id, c.version, last.id, c.recorded_at
        from unnest(%s::uuid[], %s::bytea[], %s::uuid[], %s::int[], %s::timestamptz[], %s::uuid[], %s::int[])
            as c (command_id, fingerprint, stream_id, version, recorded_at, last_stream_id, last_version)
        left join appended last on last.stream_id = c.last_stream_id and last.version = c.last_version
        order by c.command_id
    )
    select id from appended order by id
"""  # noqa: S608 -- made of constants


Run = Callable[[str, Sequence[str]], Iterable[int]]
"""Executes one statement and gives the ids it returns."""
Row = tuple[str, int, str, str]
"""One event as array elements: stream id, version, topic, state."""


@dataclass(frozen=True, slots=True)
class Save:
    """What one caller wants written, all of it or nothing, rendered by the caller's own thread."""

    rows: list[Row]
    command: tuple[str, ...] | None

    @classmethod
    def of(cls, events: Sequence[StoredEvent], command: CommandRecord | None = None) -> Self:
        rows = [_row(event) for event in events]
        last = max(rows, key=_key, default=None)
        return cls(rows, None if command is None else _rendered(command, last))


def append(run: Run, saves: Sequence[Save]) -> list[list[int]]:
    """Write all the saves or none; the ids of each save's events, in the order they were given."""
    rows = sorted((row for save in saves for row in save.rows), key=_key)
    commands = [save.command for save in saves if save.command]
    events = _arrays(rows, columns=4)
    drawn = run(EVENTS_AND_COMMANDS, events + _arrays(commands, columns=7)) if commands else run(EVENTS, events)
    ids = dict(zip(map(_key, rows), drawn, strict=True))
    return [[ids[_key(row)] for row in save.rows] for save in saves]


def _key(row: Row) -> tuple[str, int]:
    return row[0], row[1]


def _row(event: StoredEvent) -> Row:
    return (
        str(event.originator_id),
        event.originator_version,
        _quoted(event.topic),
        _quoted(event.state.decode()),
    )


def _rendered(command: CommandRecord, last: Row | None) -> tuple[str, ...]:
    """The record as array elements, with the event whose id becomes its position."""
    return (
        str(command.command_id),
        _quoted(f"\\x{command.fingerprint.hex()}"),
        str(command.stream_id),
        str(command.version),
        _quoted(command.recorded_at.isoformat()),
        last[0] if last else "null",
        str(last[1]) if last else "null",
    )


def _arrays(rows: Sequence[tuple[object, ...]], columns: int) -> list[str]:
    """PostgreSQL array literals, one a column: the driver's own lists cost more than the INSERT itself."""
    return ["{" + ",".join(map(str, column)) + "}" for column in zip(*rows, strict=True)] or ["{}"] * columns


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
