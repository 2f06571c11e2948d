"""Streams recorded by every released version read for ever as they read then (DESIGN §2)."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from domain.backtest import RecordedLine, compare
from domain.messages import Event
from domain.policy import standard_policies
from store.application import DirectService, record_of
from store.recorded_lines import recorded_case
from store.tables import person_key
from store.upcasting import UPCASTS
from store.vault import Vault
from tests.golden.reading import MASTER_KEY, told

POLICIES = standard_policies()
VERSIONS = sorted(path for path in Path(__file__).parent.iterdir() if path.name.startswith("v"))
INSERT = "insert into store.event (stream_id, version, topic, state) values (%s, %s, %s, %s::json)"


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(params=VERSIONS, ids=lambda path: path.name)
def version(request):
    return request.param


@pytest.fixture
def service(engine, version):
    """A service that finds the recorded streams and keys in its database."""
    with engine.begin() as conn:
        for row in rows(version / "streams.ndjson"):
            conn.exec_driver_sql(INSERT, (row["stream_id"], row["version"], row["topic"], row["state"]))
        for row in rows(version / "keys.ndjson"):
            conn.execute(person_key.insert().values({**row, "wrapped_key": b64decode(row["wrapped_key"])}))
    vault = Vault(engine, MASTER_KEY)
    return DirectService(engine, vault=vault, policies=None, evidence_files=None, clock=None)


def test_every_stream_tells_what_it_told_then(service, version):
    for row in rows(version / "told.ndjson"):
        stream_id = row.pop("stream_id")
        assert json.loads(json.dumps(told(service.log.history(UUID(stream_id))))) == row, stream_id


def test_every_chain_still_holds(service, version):
    for row in rows(version / "told.ndjson"):
        history = service.log.history(UUID(row["stream_id"]))
        digests = ["0" * 64, *(event.digest for event in history)]
        assert [event.previous for event in history] == digests[:-1]


def test_every_case_is_backtested(service, version):
    """No part of history stops it; what today's rules would not have taken cannot be compared."""
    until = datetime(2026, 12, 1, tzinfo=UTC)
    histories = [service.log.history(UUID(row["stream_id"])) for row in rows(version / "told.ndjson")]
    lines = [RecordedLine((recorded_case(history),), lambda _: None) for history in histories if record_of(history)]
    findings = [found for line in lines for found in compare(line, POLICIES.current, POLICIES.__getitem__, until)]
    assert len(findings) == len(lines) > 0
    assert list(service.recorded_lines.all())


def test_every_topic_of_today_is_recorded_in_the_newest_version():
    recorded = {row["topic"] for row in rows(VERSIONS[-1] / "streams.ndjson")}
    assert recorded == set(Event.topics), "a new topic is recorded before it is released, and no topic ever goes"


def test_every_topic_ever_recorded_is_still_read():
    recorded = {row["topic"] for version in VERSIONS for row in rows(version / "streams.ndjson")}
    assert recorded <= set(Event.topics) | set(UPCASTS)
