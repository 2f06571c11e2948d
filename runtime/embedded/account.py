"""The account of the operating system that PostgreSQL runs under: ours, or a lesser one when we are root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from runtime.embedded.errors import EmbeddedPostgresError

LESSER = ("postgres", "nobody")
"""Whom root hands the server to, the first that exists: PostgreSQL refuses to run as root."""
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
"""All that PostgreSQL sees of ours: a stray PGPORT or PGDATA would change what it does."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom commands run as. ``user`` and ``group`` are None where that is ourselves."""

    user: int | None = None
    group: int | None = None

    def __str__(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"with uid {self.uid}"

    @property
    def uid(self) -> int:
        """Whose files the commands make."""
        return os.geteuid() if self.user is None else self.user

    @property
    def groups(self) -> tuple[()] | None:
        """No further groups for a lesser account; our own as they are."""
        return None if self.user is None else ()

    def run(self, *command: str | Path, inherits: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
        """The finished command, its output as text; it ran in the root folder, which every account can enter."""
        return subprocess.run(  # noqa: S603 -- our own arguments, no shell
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=ENVIRONMENT,
            pass_fds=inherits,
            user=self.user,
            group=self.group,
            extra_groups=self.groups,
        )

    def may_run(self, path: Path) -> bool:
        """Whether the account can execute this file, or enter this folder."""
        return self.run("/bin/sh", "-c", 'test -x "$1"', "sh", path).returncode == 0

    def take(self, path: Path) -> None:
        """Make the account the owner of a folder and all in it, as after a copy made by root."""
        if self.user is None or self.group is None or path.stat().st_uid == self.user:
            return
        for each in (path, *path.rglob("*")):
            os.chown(each, self.user, self.group, follow_symlinks=False)


def account_for(data: Path) -> Account:
    """Ourselves; for root the owner of the data folder, or the first lesser account while there is none."""
    if os.geteuid() != 0:
        return Account()
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in LESSER:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    message = (
        "PostgreSQL refuses to run as root, and this machine has no account to hand it to. "
        f"Add one with `useradd {LESSER[0]}`, start as an ordinary user, or set DATABASE_URL to a server."
    )
    raise EmbeddedPostgresError(message)
