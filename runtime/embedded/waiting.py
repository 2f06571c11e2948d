"""Waiting with a limit for what other processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from runtime.embedded.errors import EmbeddedPostgresError

BLINK_SECONDS = 0.01

Answer = TypeVar("Answer")


def wait_for(ask: Callable[[], Answer | None], what: str, limit_seconds: float) -> Answer:
    """The first true answer; raises EmbeddedPostgresError, naming ``what`` was awaited, past the limit."""
    deadline = time.monotonic() + limit_seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"Waited {limit_seconds:.0f} s in vain for {what}.")
        time.sleep(BLINK_SECONDS)
    return answer
