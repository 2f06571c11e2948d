"""Who uses the server of a folder: it runs as long as one program does, however that program ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runtime.embedded.waiting import wait_for

TURN_LIMIT_SECONDS = 330.0
"""How long a program waits for another one that starts or stops the server; a little more than those may take."""


class Users:
    """The programs that use the server in ``folder``, this one among them between ``join`` and ``leave``.

    Each holds a named pipe open for writing, so that the pipe ends for its reader with the last of them, and
    a shared lock, by which one that leaves can tell whether it was the last. The kernel lets go of both for a
    program that is killed.
    """

    def __init__(self, folder: Path) -> None:
        self._turn = folder / "turn.lock"
        self._list = folder / "users.lock"
        self._pipe = folder / "users.pipe"
        self._held: tuple[int, int] | None = None

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Only one program at a time looks whether the server runs, and starts or stops it.

        A process that inherits the file descriptor given prolongs the turn until it ends.
        """
        lock = os.open(self._turn, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            wait_for(lambda: _lock_alone(lock), f"another program to let go of {self._turn}", TURN_LIMIT_SECONDS)
            yield lock
        finally:
            os.close(lock)

    def join(self) -> None:
        with suppress(FileExistsError):
            os.mkfifo(self._pipe, 0o600)
        pipe = os.open(self._pipe, os.O_RDWR)  # opened for writing alone it would wait for a reader
        users = os.open(self._list, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(users, fcntl.LOCK_SH)
        self._held = (pipe, users)

    def leave(self) -> bool:
        """Whether nobody is left."""
        if self._held is None:
            return False
        pipe, users = self._held
        self._held = None
        os.close(pipe)
        was_last = _lock_alone(users)
        os.close(users)
        return was_last

    @contextmanager
    def watched(self) -> Iterator[int]:
        """A file descriptor that reads as ended once nobody is left, for a process to inherit; needs ``join``."""
        pipe = os.open(self._pipe, os.O_RDONLY)
        try:
            yield pipe
        finally:
            os.close(pipe)


def _lock_alone(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
