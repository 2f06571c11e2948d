"""The data folder of the embedded PostgreSQL: where it lies, which major version wrote it, how it is made."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path

from runtime.embedded.account import Account
from runtime.embedded.binaries import Binaries
from runtime.embedded.errors import EmbeddedPostgresError
from store.durable import keep_names

DATA = "data"
"""The cluster's folder inside ours."""
ELSEWHERE = "elsewhere"
"""The link that stands in our folder when the cluster had to be put in another place."""
STATE = Path("/var/lib/directservice")
SUPERUSER = "directservice"

log = logging.getLogger(__name__)


def locate(folder: Path) -> Path:
    """The cluster's folder as things stand, whether or not it exists yet."""
    link = folder / ELSEWHERE
    return (link.resolve() if link.is_symlink() else folder) / DATA


def settle(folder: Path, account: Account) -> Path:
    """The cluster's folder, in a place that ``account`` can enter, found or chosen now.

    Only root ever needs another place than ``folder``: its own home is closed to the account PostgreSQL gets.
    """
    data = locate(folder)
    if account.may_run(data.parent):
        return data
    if data.exists():
        message = (
            f"The account {account}, under which PostgreSQL runs, cannot enter {data.parent} any more. "
            "Open the folders above it with `chmod a+x`, or move it to where they are open."
        )
        raise EmbeddedPostgresError(message)
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=STATE, prefix="postgres-"))
    place.chmod(0o755)
    (folder / ELSEWHERE).unlink(missing_ok=True)
    (folder / ELSEWHERE).symlink_to(place)
    log.warning("%s is closed to the account %s, so PostgreSQL keeps its data in %s", folder, account, place)
    return place / DATA


def major_of(data: Path) -> int | None:
    """The major version that wrote the cluster, None while there is none."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def create(data: Path, binaries: Binaries, account: Account, *, fsync: bool, turn: int) -> None:
    """Make the cluster. It appears whole or not at all: what an interrupted attempt left behind is removed.

    The ``turn`` lasts until the work is done, even if the program is killed meanwhile.
    """
    for left in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(left)
    aside = Path(tempfile.mkdtemp(dir=data.parent, prefix=f"{data.name}.new-"))
    account.take(aside)
    made = account.run(
        binaries.path("initdb"),
        *("--no-locale", "--encoding=UTF8", "--data-checksums", "--no-instructions"),
        *(f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject"),
        *(() if fsync else ("--no-sync",)),
        f"--pgdata={aside}",
        inherits=(turn,),
    )
    if made.returncode != 0:
        shutil.rmtree(aside, ignore_errors=True)
        raise EmbeddedPostgresError(f"{binaries} could not make a database in {data}: {made.stderr.strip()}")
    aside.rename(data)
    keep_names(data.parent)  # under its other name it would be taken for what an interrupted attempt left behind
