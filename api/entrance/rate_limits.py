"""How often one caller may ask: by his token, or by his address while nobody knows who he is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

from cachetools import TTLCache
from starlette.concurrency import run_in_threadpool

from api.answering.problems import Problem
from domain.actors import Actor, Role
from store.allowances import Allowances, Drawn, Rate

AT_ONCE = 10
"""How many requests' worth a process draws at a time: one statement for as many requests."""
SUBJECTS_KEPT = 50_000
SECONDS_KEPT = 60.0
"""How long what was drawn and not used is kept at hand."""
HOST_BITS = 64
"""Of an IPv6 address, whoever is given one is given as many."""


class Caller(StrEnum):
    """Kinds of callers, each with a rate of its own."""

    ADDRESS = "address"
    PERSON = "person"
    SYSTEM = "system"


SYSTEMS = frozenset({Role.MARKETPLACE, Role.CARRIER, Role.PAYMENTS})
"""Roles in which programs report what happened to many people."""


@dataclass(slots=True)
class _Lease:
    """What this process may still let in for one subject, and until when it asks no more."""

    left: int = 0
    closed_until: float = 0.0


class RateLimits:
    """Lets requests in up to their caller's rate, which all processes count together.

    A process draws up to ``AT_ONCE`` at a time and refuses by itself, without a query, until more is free. So over
    all processes never more come in than the rate allows, but what is drawn and unused expires.
    """

    def __init__(
        self, allowances: Allowances, rates: Mapping[Caller, Rate], now: Callable[[], float] = monotonic
    ) -> None:
        """A kind of callers without a rate is not limited. ``now`` counts seconds."""
        self._allowances = allowances
        self._rates = dict(rates)
        self._now = now
        self._leases: TTLCache[str, _Lease] = TTLCache(SUBJECTS_KEPT, SECONDS_KEPT, timer=now)

    async def admit(self, actor: Actor) -> None:
        """Let a known caller's request in. Raises Problem (429)."""
        kind = Caller.SYSTEM if actor.role in SYSTEMS else Caller.PERSON
        await self._pass(kind, f"{actor.role}:{actor.id}")

    async def admit_stranger(self, address: str) -> None:
        """Let a request in that only its address tells apart. Raises Problem (429)."""
        await self._pass(Caller.ADDRESS, f"address:{network_of(address)}")

    async def _pass(self, kind: Caller, subject: str) -> None:
        rate = self._rates.get(kind)
        if rate is None:
            return
        lease = self._leases.setdefault(subject, _Lease())
        if lease.left < 1 and lease.closed_until <= self._now():
            wanted = max(1, min(AT_ONCE, rate.burst // AT_ONCE))
            self._add(lease, await run_in_threadpool(self._allowances.draw, subject, rate, wanted))
        if lease.left < 1:
            raise too_many(lease.closed_until - self._now(), rate)
        lease.left -= 1

    def _add(self, lease: _Lease, drawn: Drawn) -> None:
        lease.left += drawn.granted
        if not drawn.granted:
            lease.closed_until = self._now() + drawn.wait_seconds


def too_many(wait_seconds: float, rate: Rate) -> Problem:
    """The refusal to one who asks too often."""
    detail = f"at most {rate.per_second * 60:g} requests a minute are taken from you, {rate.burst} of them at once"
    return Problem("too_many_requests", detail, headers={"Retry-After": str(max(1, ceil(wait_seconds)))})


def network_of(address: str) -> str:
    """Whose address it is: itself, or of IPv6 the network that one customer is given."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> HOST_BITS << HOST_BITS))
