"""Bare entries of the log for tests that do not care what happened, only that it is kept."""

from datetime import UTC, datetime
from uuid import uuid4

from eventsourcing.persistence import StoredEvent

from store.idempotency import CommandRecord

MASTER_KEY = bytes(range(32))
RECORDED_AT = datetime(2026, 3, 6, 17, 0, 0, 123456, tzinfo=UTC)


def entry(stream_id, version=1, state='{"previous": ""}', topic="test.happened.v1"):
    return StoredEvent(stream_id, version, topic, state.encode())


def entries(stream_id, versions, **fields):
    return [entry(stream_id, version, **fields) for version in versions]


def record(stream_id, version=1, **fields):
    return CommandRecord(
        **{
            "command_id": uuid4(),
            "fingerprint": b"\x00what was asked\xff",
            "stream_id": stream_id,
            "version": version,
            "recorded_at": RECORDED_AT,
            **fields,
        }
    )


def stored(engine):
    """Every visible entry as (stream id, version), in the order of positions."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("select stream_id, version from store.event order by id")
        return [tuple(row) for row in rows]
