"""The house with everything that happens unasked, on a database of its own and at the test's time."""

import pytest

from tests.scheduler.house import House


@pytest.fixture
def house(engine, tmp_path):
    with House(engine, tmp_path) as house:
        yield house
