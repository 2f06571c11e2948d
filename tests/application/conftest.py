"""The service whose door these tests knock at."""

import pytest

from tests.service import Service


@pytest.fixture
def service(engine, tmp_path):
    return Service(engine, tmp_path)
