"""The write side on a database for one test alone, and a cluster of its own where PostgreSQL itself is the subject."""

import base64
import logging
import shutil
import threading

import pytest
import structlog

from domain.policy import standard_policies
from runtime.clock import system_clock
from runtime.embedded import EmbeddedPostgres
from runtime.settings import Settings, read_settings, variable
from store.application import DirectService
from store.engine import connect
from store.evidence_files import EvidenceFolder
from store.vault import Vault

UNHURRIED = ("pool_timeout_seconds", "lock_timeout_seconds", "statement_timeout_seconds", "keep_alive_seconds")
"""Limits that decide no test; one that a test is about, it sets itself."""


@pytest.fixture
def service(engine, place):
    return DirectService(
        engine,
        vault=Vault(engine, bytes(32)),
        policies=standard_policies(),
        evidence_files=EvidenceFolder(place / "evidence"),
        clock=system_clock,
    )


@pytest.fixture
def owner(database_url):
    """An engine with all rights."""
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def made_once(new_place):
    folder = new_place()
    with EmbeddedPostgres(folder, fsync=False):
        return folder


@pytest.fixture
def folder(made_once, place):
    """A folder in which the embedded PostgreSQL was started and stopped before."""
    shutil.copytree(made_once / "data", place / "data")
    return place


@pytest.fixture
def installation(monkeypatch, database_url, place):
    """The environment of a sandbox on a database of this test's own, with a data folder of its own."""
    for name in map(variable, Settings.model_fields):
        monkeypatch.delenv(name, raising=False)
    for name in UNHURRIED:
        monkeypatch.setenv(variable(name), "60")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DIRECTSERVICE_DATA_FOLDER", str(place))
    return monkeypatch


@pytest.fixture
def packs(installation, tmp_path):
    """The folder of the marketplace's own policies."""
    folder = tmp_path / "packs"
    folder.mkdir()
    installation.setenv("DIRECTSERVICE_POLICY_FOLDER", str(folder))
    return folder


@pytest.fixture
def settings(installation):
    return read_settings()


@pytest.fixture
def production(installation, tmp_path):
    """The same installation, now production's."""
    for name, value in {
        "ENVIRONMENT": "production",
        "ISSUER_KEYS": str(tmp_path / "keys.json"),
        "ISSUER": "https://issuer.test",
        "SMTP_HOST": "relay.test",
        "MASTER_KEY": base64.b64encode(bytes(32)).decode(),
    }.items():
        installation.setenv(f"DIRECTSERVICE_{name}", value)


@pytest.fixture
def logging_as_before():
    """What a command sets up for its log ends with the test."""
    root, hook = logging.getLogger(), threading.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], threading.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
