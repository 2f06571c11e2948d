"""The write side on a database for one test alone."""

import pytest

from domain.policy import standard_policies
from runtime.clock import system_clock
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
