"""A service whose read models are brought up to date when the test says so."""

import pytest

from tests.projections.views import Views
from tests.service import Service


@pytest.fixture
def service(engine, tmp_path):
    return Service(engine, tmp_path)


@pytest.fixture
def views(engine):
    return Views(engine)
