"""Starts a server under a keeper, a few lines of shell that stop it when the last program using it has gone."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from select import select
from typing import IO, Final

from runtime.embedded.account import ENVIRONMENT, Account
from runtime.embedded.binaries import Binaries
from runtime.embedded.errors import EmbeddedPostgresError, ServerNotGoneError
from runtime.embedded.postmaster import SETTLE_LIMIT_SECONDS, Postmaster, living, pid_file
from runtime.embedded.waiting import wait_for

PORT: Final = 5432
"""Names the socket's file; nothing listens on the network."""
SOCKET_PATH_LIMIT: Final = 103
"""Bytes in a socket's path, the least of the systems we run on (macOS; Linux has 107)."""
SEPARATORS: Final = frozenset(',"')
"""What a list of hosts or folders is made with."""
NOT_GONE: Final = "pre-existing shared memory block"
"""What a server says of another's processes that are still at work on its data."""
KEEPER: Final = """
sockets=$1
shift
exec 3<&0 </dev/null
{
    "$@" 3<&- >&2 & server=$!
    { read -r _; kill -INT "$server"; } <&3 >&2 & watcher=$!
    wait "$server"
    { kill "$watcher"; rmdir "$sockets"; } 2>/dev/null
} &
"""
"""The keeper's standard input ends when no program is left, its standard output when the server has ended.

Unlike a parent-death signal this works on every Unix, from any thread, and for several programs. Nobody's child,
it outlives them all.
"""


def start(
    data: Path,
    binaries: Binaries,
    account: Account,
    *,
    users: int,
    log: Path,
    settings: dict[str, str],
    at: Path | None = None,
) -> Postmaster:
    """A server that takes connections, and runs until the file ``users`` reads as ended.

    The caller has seen that none lives here yet, so a pid file is a crashed one's and is removed. ``at`` is the folder
    of the crashed one's socket, where programs go on looking for it. Raises EmbeddedPostgresError, as
    ServerNotGoneError while processes of the crashed one are still at work.
    """
    pid_file(data).unlink(missing_ok=True)
    sockets = _as_it_was(at, account) if at else _socket_folder(data, account)
    server = [str(binaries.path("postgres")), "-D", str(data), *_arguments(settings, sockets)]
    ended, held = os.pipe()
    with os.fdopen(ended), log.open("ab") as output:
        said_before = output.tell()
        try:
            _keep([str(sockets), *server], account, stdin=users, stdout=held, stderr=output)
        finally:
            os.close(held)

        def ready() -> Postmaster | None:
            if select([ended], [], [], 0)[0]:
                said = log.read_bytes()[said_before:].decode(errors="replace").strip()
                failed = ServerNotGoneError if NOT_GONE in said else EmbeddedPostgresError
                raise failed(f"{binaries} did not start on {data}. It said:\n{said}")
            found = living(data)
            return found if found and found.is_ready else None

        return wait_for(ready, f"{binaries} to start on {data}", SETTLE_LIMIT_SECONDS)


def _keep(arguments: list[str], account: Account, *, stdin: int, stdout: int, stderr: IO[bytes]) -> None:
    subprocess.run(  # noqa: S603 -- our own script and arguments
        ["/bin/sh", "-c", KEEPER, "keeper", *arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        check=True,
        cwd="/",
        env=ENVIRONMENT,
        user=account.user,
        group=account.group,
        extra_groups=account.groups,
        start_new_session=True,  # a Ctrl-C is for the program, which then stops in its own order
    )


def _arguments(settings: dict[str, str], sockets: Path) -> list[str]:
    network = {"listen_addresses": "", "port": str(PORT), "unix_socket_directories": f'"{sockets}"'}
    return [f"--{name}={value}" for name, value in {**settings, **network}.items()]


def _socket_folder(data: Path, account: Account) -> Path:
    """The data folder, open to its account alone; another one like it where its path will not do."""
    length = len(os.fsencode(data / f".s.PGSQL.{PORT}"))
    if length <= SOCKET_PATH_LIMIT and not SEPARATORS & set(str(data)):
        return data
    short = Path(tempfile.mkdtemp(prefix="directservice-", dir="/tmp"))
    account.take(short)
    return short


def _as_it_was(folder: Path, account: Account) -> Path:
    """The folder of a socket; its server's end may have taken it along. Raises EmbeddedPostgresError for another's."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        account.take(folder)
    if folder.lstat().st_uid != account.uid:
        raise EmbeddedPostgresError(f"{folder} belongs to somebody else by now.")
    return folder
