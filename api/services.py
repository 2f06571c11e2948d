"""What the API works with: opened by ``runtime`` when the application starts, closed when it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Protocol

import sqlalchemy as sa
from fastapi import Depends
from starlette.requests import Request

from api.answering.streams import Streams
from api.callers.auth import TokenVerifier
from api.entrance.rate_limits import RateLimits
from api.inbound.signatures import Signatures
from projections.event_feed import EventFeed
from projections.progress import Progress
from store.application import DirectService
from store.webhooks.endpoints import Endpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much, and how long, one request may take."""

    body_bytes: int = 1 << 20
    upload_bytes: int = 10 << 20
    body_seconds: float = 30
    """How long a body may take to arrive."""
    requests_at_once: int = 200
    """How many requests a process works on or lets wait for a thread."""
    threads: int = 40
    """How many of them it works on."""
    view_seconds: float = 2
    """How long a read waits for its view to reach ``min_position``."""
    behind_events: int = 10_000
    """How far a read model may be behind the log before this process asks for no more requests."""
    internal_webhooks: bool = False
    """Whether webhooks may be sent into the house's own network: for sandboxes and tests."""


class MovableClock(Protocol):
    """A sandbox's clock."""

    def __call__(self) -> datetime:
        """The time, UTC."""

    def advance(self, by: timedelta) -> datetime:
        """The time after moving forward. Raises RuleBroken for a step that is none, or too far."""

    def set_to(self, instant: datetime) -> datetime:
        """The time after moving forward to ``instant``. Raises RuleBroken for an earlier one, or one too far."""

    def reach(self, instant: datetime) -> datetime:
        """The time once ``instant`` is reached, which may be already. Raises RuleBroken for one too far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Whose webhooks are believed, by their signatures; None where nobody is connected."""

    payments: Signatures | None = None
    parcels: Signatures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything behind the API."""

    door: DirectService
    engine: sa.Engine
    """For the views."""
    progress: Progress
    feed: EventFeed
    streams: Streams
    webhooks: Endpoints
    tokens: TokenVerifier
    rate_limits: RateLimits
    clock_ahead: Callable[[], timedelta] = timedelta
    """How far this machine's clock is ahead of the database's; negative for a slow one."""
    sandbox_clock: MovableClock | None = None
    """None in production, where time is nobody's to move."""
    limits: Limits = Limits()
    inbound: Inbound = Inbound()


async def services_of(request: Request) -> Services:
    """The services of the application that the request came to."""
    services: Services = request.state.services
    return services


Given = Annotated[Services, Depends(services_of)]
