"""How far each projection has come: one row each, locked by whoever moves it (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from projections.round_trips import Asked
from projections.schema import metadata, text
from store.tables import instant

projection = sa.Table(
    "projection",
    metadata,
    text("name", primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    text("failure", nullable=True),
    instant("failed_at"),
)
"""``failures`` counts the tries that failed at this position; a success clears it."""

NAMED = projection.c.name == sa.func.any(sa.bindparam("names", type_=sa.ARRAY(sa.Text)))
ENTER = postgresql.insert(projection).on_conflict_do_nothing()
SETTINGS = {
    "synchronous_commit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
}
"""Of a transaction that moves projections.

Rows and position are lost together in a crash, and come again; what is sent out waits for a later, firm commit. Its
statements find rows by their keys, so one plan serves them all; the last setting keeps it from being made for a table
that is still empty.
"""
SET = [
    sa.select(sa.literal_column(f"set_config('{name}', '{value}', true)")).scalar_subquery()
    for name, value in SETTINGS.items()
]
CLAIM = sa.select(projection.c.name, projection.c.position, *SET).where(NAMED).with_for_update(skip_locked=True)
HOLD = sa.select(projection.c.position).where(NAMED).with_for_update()
MOVE = (
    sa.update(projection)
    .where(NAMED)
    .values(position=sa.bindparam("to"), failures=0, failure=None, failed_at=None)
)  # fmt: skip
FAIL = (
    sa.update(projection)
    .where(NAMED)
    .values(
        failures=projection.c.failures + 1, failure=sa.bindparam("failed_with"), failed_at=sa.func.clock_timestamp()
    )
)
LOOK = sa.select(projection).where(NAMED)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a projection stands."""

    name: str
    position: int
    """The last event of the log that its rows contain."""
    failures: int = 0
    """How often the next batch failed so far."""
    failure: str | None = None
    """Why, as last seen."""
    failed_at: datetime | None = None


def enter(conn: sa.Connection, names: Iterable[str]) -> None:
    """Give each of these a position, at the beginning of the log; known ones keep theirs."""
    conn.execute(ENTER, [{"name": name} for name in names])


def claim(names: Iterable[str]) -> Asked:
    """Lock the positions of these until the transaction ends, which works under ``SETTINGS``.

    Returns name, position and nothing of interest. Those that another engine moves are left out.
    """
    return CLAIM, {"names": list(names)}


def hold(conn: sa.Connection, name: str) -> int:
    """Lock this position, waiting for whoever moves it; 0 for a projection that never began."""
    enter(conn, [name])
    return int(conn.execute(HOLD, {"names": [name]}).scalar_one())


def move(names: Iterable[str], to: int) -> Asked:
    """These contain everything up to ``to`` once the transaction commits."""
    return MOVE, {"names": list(names), "to": to}


def fail(conn: sa.Connection, name: str, failure: str) -> None:
    """Note why a projection does not move on, for readiness and whoever looks; also when its very first batch fails."""
    enter(conn, [name])
    conn.execute(FAIL, {"names": [name], "failed_with": failure})


def look(conn: sa.Connection, names: Iterable[str]) -> Mapping[str, Position]:
    """Where these stand, without waiting for whoever moves them."""
    rows = conn.execute(LOOK, {"names": list(names)}).mappings()
    return {row["name"]: Position(**row) for row in rows}
