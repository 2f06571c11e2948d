"""Watches over the server while a program runs on it: one that ended is started again, as soon as that can be done."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from runtime.embedded.errors import EmbeddedPostgresError
from runtime.embedded.server import EmbeddedPostgres

LOOK_SECONDS: Final = 1.0
"""How long a server that was killed is missed at most."""
AGAIN_SECONDS: Final = 5.0
"""Between two tries to start one that does not, such as while the disk is full."""
LOG: Final = logging.getLogger(__name__)


@contextmanager
def watched(own: EmbeddedPostgres) -> Iterator[None]:
    """While this lasts the started server is looked after in a thread; what keeps it from starting is logged once."""
    over = threading.Event()
    watcher = threading.Thread(target=_look_after, args=(own, over), name="postgres-watch", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _look_after(own: EmbeddedPostgres, over: threading.Event) -> None:
    trouble: str | None = None
    while not over.wait(AGAIN_SECONDS if trouble else LOOK_SECONDS):
        known, trouble = trouble, _revived(own) if own.has_ended() else None
        if trouble and not known:
            LOG.error("the program's PostgreSQL has ended and does not start again: %s", trouble)


def _revived(own: EmbeddedPostgres) -> str | None:
    """What keeps it from starting; None once it serves again."""
    try:
        own.revive()
    except (EmbeddedPostgresError, psycopg.Error, OSError) as error:
        return str(error)
    LOG.warning("the program's PostgreSQL had ended, and was started again")
    return None
