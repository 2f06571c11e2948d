"""The write side on a database for one test alone, and a cluster of its own where PostgreSQL itself is the subject."""

import shutil

import pytest

from domain.policy import standard_policies
from runtime.clock import system_clock
from runtime.embedded import EmbeddedPostgres
from store.application import DirectService
from store.evidence_files import EvidenceFolder
from store.vault import Vault


@pytest.fixture
def service(engine, place):
    return DirectService(
        engine,
        vault=Vault(engine, bytes(32)),
        policies=standard_policies(),
        evidence_files=EvidenceFolder(place / "evidence"),
        clock=system_clock,
    )


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
