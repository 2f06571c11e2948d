"""Starts and stops the embedded PostgreSQL: one server a folder, shared by all programs that use it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import psycopg

from runtime.embedded import cluster, keeper
from runtime.embedded.account import account_for
from runtime.embedded.binaries import choose
from runtime.embedded.errors import EmbeddedPostgresError, ServerNotGoneError
from runtime.embedded.postmaster import SETTLE_LIMIT_SECONDS, Postmaster, living, settled
from runtime.embedded.users import Users
from runtime.embedded.waiting import wait_for

DATABASE: Final = "directservice"
STOP_LIMIT_SECONDS: Final = 60.0
"""For the server's orderly stop; past it the server ends as in a crash, from which the next start recovers."""


class EmbeddedPostgres:
    """The PostgreSQL server whose data lies in ``folder``; made at the first start, found again at the next.

    Several programs may start it at once and share it. It runs as long as one of them does and stops in good
    order with the last, even one that is killed. Children that a program forks count as that program.
    ``binaries`` names a folder with PostgreSQL's programs instead of looking for them. Without ``fsync`` a crash
    of the machine may lose the data, though no crash of the program or the server does.
    """

    def __init__(
        self, folder: Path, *, binaries: Path | None = None, fsync: bool = True, max_connections: int = 100
    ) -> None:
        self._folder = folder.absolute()
        self._users = Users(self._folder)
        self._binaries = binaries
        self._fsync = fsync
        self._max_connections = max_connections
        self._server: Postmaster | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the database is, for SQLAlchemy; without its driver's name also for libpq. Needs a start."""
        if self._server is None:
            raise EmbeddedPostgresError(f"The PostgreSQL in {self._folder} is not started.")
        host = quote(str(self._server.socket_folder), safe="")
        return f"postgresql+psycopg://{cluster.SUPERUSER}@/{DATABASE}?host={host}&port={self._server.port}"

    def start(self) -> None:
        """Return once the database takes connections. Raises EmbeddedPostgresError if it cannot."""
        if self._server is not None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._users.turn() as turn:
                self._users.join()
                self._server = wait_for(
                    lambda: self._serve(turn), f"the server in {self._folder}", SETTLE_LIMIT_SECONDS
                )
        except PermissionError as error:
            message = f"{error}. Start as the account that owns {self._folder}, or choose another data folder."
            raise EmbeddedPostgresError(message) from error
        finally:
            if self._server is None:
                self._users.leave()

    def has_ended(self) -> bool:
        """Whether the server that was started is gone, although it runs as long as this program does."""
        server = self._server
        return server is not None and living(cluster.locate(self._folder)) is None and not server.listens

    def revive(self) -> None:
        """Start the server again, at the same address, where it has ended. Raises EmbeddedPostgresError if it cannot.

        Its data are never made anew: where they are gone, somebody moved them away.
        """
        data = cluster.locate(self._folder)
        if cluster.major_of(data) is None:
            raise EmbeddedPostgresError(f"The data in {data} are gone.")
        with self._users.turn() as turn:
            self._server = wait_for(lambda: self._serve(turn), f"the server in {self._folder}", SETTLE_LIMIT_SECONDS)

    def stop(self) -> None:
        """Let go of the server; return once it has stopped, unless other programs go on using it."""
        if self._server is None:
            return
        data, self._server = cluster.locate(self._folder), None
        with self._users.turn():
            if self._users.leave():
                _await_end(data)

    def _serve(self, turn: int) -> Postmaster | None:
        """None if the server found was about to stop, because its last program had gone before we came.

        Or if it was killed, and its processes are not all gone.
        """
        data = cluster.locate(self._folder)
        try:
            server = settled(data) or self._launch(data, turn)
        except ServerNotGoneError:
            return None
        try:
            _ensure_database(server)
        except psycopg.OperationalError as error:
            if (now := living(data)) and now.is_ready:
                raise EmbeddedPostgresError(f"The server in {data} takes no connection: {error}") from error
            return None
        return server

    def _launch(self, data: Path, turn: int) -> Postmaster:
        account = account_for(data)
        data = cluster.settle(self._folder, account)
        major = cluster.major_of(data)
        binaries = choose(account, major=major, given=self._binaries, copies=data.parent)
        if major is None:
            cluster.create(data, binaries, account, fsync=self._fsync, turn=turn)
        account.take(data)
        log = self._folder / "postgres.log"
        with self._users.watched() as users:
            return keeper.start(
                data, binaries, account, users=users, log=log, settings=self._settings, at=self._sockets
            )

    @property
    def _sockets(self) -> Path | None:
        """Where the server was reached so far."""
        return self._server.socket_folder if self._server else None

    @property
    def _settings(self) -> dict[str, str]:
        durable = "on" if self._fsync else "off"
        return {
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "log",  # a refused statement is its program's affair
            "log_checkpoints": "off",
            "idle_in_transaction_session_timeout": "60s",  # readers of the log wait for a transaction that appended
            "max_connections": str(self._max_connections),
            "fsync": durable,
            "full_page_writes": durable,
        }


def _ensure_database(server: Postmaster) -> None:
    """Every program sees to it: the one that came first may be killed before, or while the server still works."""
    with (
        psycopg.connect(
            host=str(server.socket_folder), port=server.port, user=cluster.SUPERUSER, dbname="postgres", autocommit=True
        ) as connection,
        suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation),
    ):
        connection.execute(f"create database {DATABASE}")


def _await_end(data: Path) -> None:
    def ended() -> bool:
        return living(data) is None

    try:
        wait_for(ended, f"PostgreSQL in {data} to stop", STOP_LIMIT_SECONDS)
    except EmbeddedPostgresError:
        if (server := living(data)) is not None:
            os.kill(server.pid, signal.SIGQUIT)
        wait_for(ended, f"PostgreSQL in {data} to quit", STOP_LIMIT_SECONDS)
