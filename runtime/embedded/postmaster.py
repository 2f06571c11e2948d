"""The server process of a data folder, recognised by its pid file."""

from __future__ import annotations

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.embedded.waiting import wait_for

SETTLE_LIMIT_SECONDS: Final = 300.0
"""After a crash a server first replays its log, a gigabyte at most."""


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A living server, as its pid file describes it."""

    pid: int
    socket_folder: Path
    port: int
    is_ready: bool
    """Takes connections: neither starting, recovering nor stopping."""

    @property
    def listens(self) -> bool:
        """Whether anybody is at its socket, whatever its pid file says by now."""
        with socket.socket(socket.AF_UNIX) as caller:
            try:
                caller.connect(str(self.socket_folder / f".s.PGSQL.{self.port}"))
            except OSError:
                return False
            return True


def living(data: Path) -> Postmaster | None:
    """The server that runs on this folder, or None. A pid file alone proves nothing: pids are used again."""
    try:
        lines = pid_file(data).read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not _serves(int(lines[0]), data):
        return None
    _pid, _folder, _started, port, sockets, _addresses, _memory, status, *_ = (*lines, *[""] * 7)
    return Postmaster(int(lines[0]), Path(sockets), int(port or 0), status.strip() == "ready")


def settled(data: Path) -> Postmaster | None:
    """The server that takes connections, once it is done starting or stopping; None if there is none."""
    return wait_for(lambda: _settled(data), f"the server in {data} to start or stop", SETTLE_LIMIT_SECONDS)[0]


def pid_file(data: Path) -> Path:
    return data / "postmaster.pid"


def _settled(data: Path) -> tuple[Postmaster | None] | None:
    found = living(data)
    return (found,) if found is None or found.is_ready else None


def _serves(pid: int, data: Path) -> bool:
    process = Path("/proc", str(pid))
    try:
        if Path("/proc/self").exists():
            return (process / "comm").read_text().startswith("postgres") and (process / "cwd").samefile(data)
        command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        return str(data) in subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    except OSError:
        return False
