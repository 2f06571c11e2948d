"""A database of its own for a story that is told once."""

import io

import pytest

from runtime.demo.narrating import console_of_the_demo
from runtime.settings import Settings


@pytest.fixture
def settings(database_url, place):
    return Settings(data_folder=place, database_url=database_url, api_port=0)


@pytest.fixture
def console():
    """What a pipe gets."""
    return console_of_the_demo(io.StringIO())
