"""A database is brought to a newer shape while others work on it; the wrong pair of versions is said at the start."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from domain.policy import standard_policies
from runtime import migrations
from runtime.cli.app import app
from runtime.container import open_house
from runtime.database import StartError
from runtime.migrations import Shape, migrate, shape_of
from runtime.settings import read_settings
from store import streams
from store.application import DirectService, Errand
from store.engine import connect
from store.evidence_files import EvidenceFolder
from store.vault import Vault
from tests.runtime.waiting import wait_until
from tests.service import MARKETPLACE, berlin, order_line

RELEASED = "0004"
"""The newest revision that a released version left databases at."""


@pytest.fixture
def old_url(bare_url):
    """A database as the last released version left it."""
    migrate(bare_url, RELEASED)
    return bare_url


@pytest.fixture
def old_owner(old_url):
    engine = connect(old_url, role=None)
    yield engine
    engine.dispose()


@pytest.fixture
def appending(old_url, tmp_path):
    """Four writers that report order lines without a pause, until they are stopped; the streams of those taken."""
    engine = connect(old_url)
    door = DirectService(
        engine,
        vault=Vault(engine, bytes(32)),
        policies=standard_policies(),
        evidence_files=EvidenceFolder(tmp_path),
        clock=lambda: berlin("2026-03-06T18:00"),
    )
    stop, answered = Event(), []

    def write(writer):
        for number in count():
            if stop.is_set():
                return
            line = order_line(f"w-{writer}-{number}")
            door.order_lines.record([line], Errand(actor=MARKETPLACE, command_id=uuid4()))
            answered.append(streams.order_line(line.line_id))

    with ThreadPoolExecutor(4) as threads:
        writers = [threads.submit(write, number) for number in range(4)]

        def end():
            stop.set()
            for writer in writers:
                writer.result(60)
            return answered

        try:
            yield answered, end
        finally:
            stop.set()
    engine.dispose()


def test_the_log_is_appended_to_while_the_database_is_upgraded(old_url, old_owner, appending):
    answered, end = appending
    assert wait_until(lambda: len(answered) > 20)
    migrate(old_url)
    before = len(answered)
    assert wait_until(lambda: len(answered) > before + 20)
    acknowledged = end()
    assert logged(old_owner, acknowledged) == len(acknowledged)
    assert shape_of(old_owner) is Shape.SAME


def logged(owner, stream_ids):
    """How many of these streams are in the log."""
    statement = "select count(distinct stream_id) from store.event where stream_id = any(%s)"
    with owner.connect() as connection:
        return connection.exec_driver_sql(statement, (stream_ids,)).scalar_one()


def test_an_upgrade_lets_go_of_a_busy_table_and_tries_again(old_url, old_owner, monkeypatch):
    monkeypatch.setattr(migrations, "DDL_LOCK", "10ms")
    tried = []
    with old_owner.connect() as reader, ThreadPoolExecutor() as threads:
        reader.exec_driver_sql("lock table views.deadline in row exclusive mode")
        real = migrations.command.upgrade
        monkeypatch.setattr(migrations.command, "upgrade", lambda *given: (tried.append(1), real(*given)))
        upgrade = threads.submit(migrate, old_url)
        assert wait_until(lambda: len(tried) > 2)
        reader.rollback()
        upgrade.result(60)
    assert shape_of(old_owner) is Shape.SAME


@pytest.fixture
def newer(engine, database_url):
    owner = connect(database_url, role=None)
    with owner.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    owner.dispose()


def test_a_program_older_than_its_database_says_so(installation, newer):
    with pytest.raises(StartError, match=r"newer version's shape \(revision 9999, this program knows \d{4}\)"):
        open_house(read_settings()).__enter__()


def test_production_says_so_too(installation, production, newer):
    with pytest.raises(StartError, match="start the newer program"):
        open_house(read_settings()).__enter__()


@pytest.mark.usefixtures("logging_as_before")
def test_nor_is_a_newer_database_migrated(installation, newer):
    result = CliRunner().invoke(app, ["migrate"])
    assert result.exit_code == 2
    assert "newer version's shape" in result.stderr


def test_a_database_older_than_its_program_says_what_to_run(installation, production, old_url):
    installation.setenv("DATABASE_URL", old_url)
    with pytest.raises(StartError, match="older version's shape; run `directservice migrate` first"):
        open_house(read_settings()).__enter__()


# What an upgrade may contain

VERSIONS = sorted((Path(__file__).parents[2] / "alembic" / "versions").glob("*.py"))
CONTRACTS = re.compile(r"drop (table|column|schema)|rename|alter column|alter table store\.", re.IGNORECASE)
BLOCKS_APPENDS = re.compile(r"create (unique )?index (?!concurrently)\w+\s+on store\.event", re.IGNORECASE)


@pytest.mark.parametrize("path", [path for path in VERSIONS if path.name[:4] > RELEASED], ids=lambda path: path.name)
def test_an_upgrade_only_adds_so_that_the_version_before_works_on(path):
    upgrade = path.read_text(encoding="utf-8").partition("def downgrade")[0]
    assert not CONTRACTS.search(upgrade)
    assert not BLOCKS_APPENDS.search(upgrade)
