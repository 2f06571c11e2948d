"""What only a sandbox allows: tokens of its own, and time that can be moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from api.callers.tokens import issue
from domain.actors import Actor
from domain.refusals import NotAllowedNow
from projections.deadlines import Deadlines, next_due
from projections.progress import StillBehindError
from runtime.believed import trust
from runtime.clock import SandboxClock, system_clock
from runtime.container import House
from runtime.keys import token_secret
from runtime.settings import Settings
from store.engine import reading

PATIENCE_SECONDS: Final = 5.0
"""For the deadlines to contain what was recorded last."""


def local_token(settings: Settings, actor: Actor, lifetime: timedelta) -> str:
    """A bearer token for the sandbox's API, good by the wall clock."""
    return issue(actor, token_secret(settings), trust(settings), now=system_clock(), lifetime=lifetime)


def clock_of(house: House) -> SandboxClock:
    """The clock that can be moved. Raises NotAllowedNow in production."""
    if house.sandbox_clock is None:
        raise NotAllowedNow("no_sandbox", "this is production; its time is the world's and is not moved")
    return house.sandbox_clock


def advance_to_next_deadline(house: House) -> datetime | None:
    """The time after moving to the first deadline that lies ahead; None when none does, and time stays.

    Raises NotAllowedNow in production, and while no process keeps the deadlines up to date.
    """
    clock = clock_of(house)
    try:
        house.progress.wait_for(house.reader.head(), PATIENCE_SECONDS, Deadlines.name)
    except StillBehindError as behind:
        raise NotAllowedNow(
            "deadlines_behind", f"{behind}; `directservice up` or `project` keeps them in step"
        ) from None
    with reading(house.engine) as connection:
        due_at = next_due(connection, clock())
    return None if due_at is None else clock.reach(due_at)
