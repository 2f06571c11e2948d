"""A durable PostgreSQL of the benchmarks' own, on the disk, with a migrated database for each measurement."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from runtime.embedded import EmbeddedPostgres
from runtime.migrations import migrate


class Databases:
    """Gives out empty databases of one server."""

    def __init__(self, server_url: str) -> None:
        self._url = server_url
        self._numbers = count(1)

    def create(self) -> str:
        """The address of a new, migrated database."""
        name = f"benchmark_{next(self._numbers)}"
        with psycopg.connect(libpq(self._url), autocommit=True) as administration:
            administration.execute(f"create database {name}")
        url = urlsplit(self._url)._replace(path=f"/{name}").geturl()
        migrate(url)
        return url

    def version(self) -> str:
        """Of the server, as it names itself."""
        with psycopg.connect(libpq(self._url)) as connection:
            return str(connection.execute("show server_version").fetchone()[0])


@contextmanager
def databases() -> Iterator[Databases]:
    """A server that flushes every commit, removed afterwards with its data."""
    with tempfile.TemporaryDirectory(prefix="directservice-benchmarks-") as folder:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder) / "postgres", fsync=True, max_connections=200) as server:
            yield Databases(server.url)


def libpq(url: str) -> str:
    """The address without SQLAlchemy's name of the driver."""
    return url.replace("postgresql+psycopg:", "postgresql:", 1)
