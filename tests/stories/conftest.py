"""A database of its own for a story that is told once."""

import io

import pytest
from rich.console import Console

from runtime.settings import Settings


@pytest.fixture
def settings(database_url, place):
    return Settings(data_folder=place, database_url=database_url, api_port=0)


@pytest.fixture
def console():
    """What a pipe gets."""
    return Console(file=io.StringIO(), width=100, highlight=False)
