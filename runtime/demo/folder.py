"""The demo's own folder and database: taken by one demo at a time, and empty when its story begins."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from runtime.database import StartError
from runtime.embedded import EmbeddedPostgres, watched
from runtime.settings import Settings

NAME: Final = "demo"
MARK: Final = "demo.lock"
"""Tells a folder of the demo's own, which it may empty; locked while a demo runs."""
ITS_DATABASE: Final = "directservice"


@contextmanager
def demo_settings(settings: Settings) -> Iterator[Settings]:
    """The settings of an installation of the demo's own, in ``demo`` in the data folder; what was there is removed.

    A database that the settings name is used as it is. Raises StartError when another demo runs in the folder, or
    it is not the demo's own.
    """
    folder = settings.data_folder / NAME
    with _taken(folder):
        shutil.rmtree(folder / "evidence", ignore_errors=True)
        own = settings.model_copy(update={"data_folder": folder, "evidence_folder": folder / "evidence"})
        if settings.database_url:
            yield own
            return
        with EmbeddedPostgres(folder / "postgres", binaries=settings.postgres_binaries) as server, watched(server):
            _empty(server.url)
            yield own.model_copy(update={"database_url": server.url})


@contextmanager
def _taken(folder: Path) -> Iterator[None]:
    mark = folder / MARK
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise StartError(f"{folder} is not the demo's own, so it is not emptied; move it away first")
    folder.mkdir(parents=True, exist_ok=True)
    with mark.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"another demo runs in {folder}; stop it first") from None
        yield


def _empty(url: str) -> None:
    """Only the database is made anew: the cluster around it takes a second longer."""
    libpq = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(libpq, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"drop database if exists {ITS_DATABASE} with (force)")
        connection.execute(f"create database {ITS_DATABASE}")
