"""How much each caller may still ask, counted in one table that every process draws from."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from time import monotonic

import sqlalchemy as sa
from eventsourcing.persistence import PersistenceError

from store.session import Session
from store.tables import NAMES, instant

metadata = sa.MetaData(schema="traffic", naming_convention=NAMES)

allowance = sa.Table(
    "allowance",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    instant("whole_at", nullable=False),
    sa.Column("granted", sa.Integer, nullable=False),
    prefixes=["UNLOGGED"],
)
"""One row a subject: from when all of its burst is free again, and how much the last draw was given.

Unlogged: a crash forgets who asked how much, and nothing else.
"""

FREE = "floor(%(burst)s - greatest(extract(epoch from a.whole_at - now()), 0) / %(each)s)::integer"
GRANTED = f"greatest(0, least(%(wanted)s, {FREE}))"
DRAW = f"""
    insert into traffic.allowance as a (subject, whole_at, granted)
    values (%(subject)s, now() + make_interval(secs => %(wanted)s * %(each)s), %(wanted)s)
    on conflict (subject) do update set
        granted = {GRANTED},
        whole_at = greatest(a.whole_at, now()) + make_interval(secs => {GRANTED} * %(each)s)
    returning granted, extract(epoch from whole_at - now())::float
"""  # noqa: S608 -- made of constants
SWEEP = "delete from traffic.allowance where whole_at < now() returning 1"

PATIENCE = "500ms"
"""How long the database may take to count one caller."""
SWEEP_SECONDS = 60.0
BLIND_SECONDS = 1.0
"""How long nobody is counted after the database failed to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many a second in the long run, and so many at once after a rest."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many of those asked for may come, and after how many seconds the next one may."""

    granted: int
    wait_seconds: float


class Allowances:
    """Draws from the subjects' common allowances (a leaky bucket each, by the database's own clock)."""

    def __init__(self, engine: sa.Engine) -> None:
        self._session = Session(engine, statement_timeout=PATIENCE, synchronous_commit="off")
        self._mutex = Lock()
        self._blind_until = 0.0
        self._sweep_at = monotonic() + SWEEP_SECONDS

    def draw(self, subject: str, rate: Rate, wanted: int) -> Drawn:
        """As many as are free, ``wanted`` (at most the burst) at most.

        While the database is away all of them, since a caller must not be shut out because nobody can count.
        """
        with self._mutex:
            if monotonic() < self._blind_until:
                return Drawn(wanted, 0)
            try:
                return self._draw(subject, rate, wanted)
            except PersistenceError:
                self._blind_until = monotonic() + BLIND_SECONDS
                return Drawn(wanted, 0)

    def _draw(self, subject: str, rate: Rate, wanted: int) -> Drawn:
        each = 1 / rate.per_second
        asked = {"subject": subject, "wanted": wanted, "burst": rate.burst, "each": each}
        ((granted, whole_in),) = self._session.execute(DRAW, asked)
        self._forget_the_idle()
        return Drawn(granted, max(0.0, whole_in - (rate.burst - 1) * each))

    def _forget_the_idle(self) -> None:
        if monotonic() >= self._sweep_at:
            self._sweep_at = monotonic() + SWEEP_SECONDS
            self._session.execute(SWEEP)
