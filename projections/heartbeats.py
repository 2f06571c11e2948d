"""Heartbeats: what each process last told of its tasks in the background, for whichever process is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from projections.round_trips import load
from projections.schema import metadata, text
from store.tables import instant

heartbeat = sa.Table(
    "heartbeat",
    metadata,
    text("process", primary_key=True),
    text("task", primary_key=True),
    sa.Column("runs", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.BigInteger, nullable=False),
    text("failing", nullable=True),
    sa.Column("troubles", sa.ARRAY(sa.Text), nullable=False),
    instant("ended_at"),
    instant("told_at", nullable=False),
)
"""Both instants are by the database's clock, so that processes whose clocks differ can be compared."""

FORGOTTEN_AFTER = timedelta(days=1)
"""How long a process that was killed is still listed, with the age of its last word."""

SILENT_AFTER = timedelta(minutes=1)
"""A process that said nothing for so long is not counted on any more."""

NOW = sa.func.clock_timestamp(type_=sa.DateTime(timezone=True))
PROCESS, TASKS = sa.bindparam("of_process", type_=sa.Text), sa.bindparam("tasks", type_=sa.ARRAY(sa.Text))


def _tell() -> sa.Executable:
    told: dict[str, Any] = {column.name: sa.bindparam(column.name, type_=column.type) for column in heartbeat.columns}
    told |= {"ended_at": NOW - sa.cast(sa.bindparam("ended_ago"), sa.Interval), "told_at": NOW}
    insert = postgresql.insert(heartbeat).values(told)
    replaced = {name: insert.excluded[name] for name in told if name not in heartbeat.primary_key.columns}
    return insert.on_conflict_do_update(index_elements=list(heartbeat.primary_key), set_=replaced)


TELL = _tell()
FORGET = sa.delete(heartbeat).where(heartbeat.c.told_at < NOW - FORGOTTEN_AFTER)
WITHDRAW = sa.delete(heartbeat).where(heartbeat.c.process == PROCESS, heartbeat.c.task == sa.func.any(TASKS))
LOOK = sa.select(
    *(column for column in heartbeat.columns if not column.name.endswith("_at")),
    (NOW - heartbeat.c.ended_at).label("ended_ago"),
    (NOW - heartbeat.c.told_at).label("told_ago"),
).order_by(heartbeat.c.task, heartbeat.c.process)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """How one task of one process fares, as the process tells it."""

    task: str
    runs: int
    failures: int
    failing: str | None
    """What the last run raised; None once one has succeeded again."""
    troubles: Sequence[str]
    """What the task has found and cannot mend, a sentence each."""
    ended_ago: timedelta | None
    """How long ago its last run ended; None while the first one is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Beat):
    """What was last heard of one task of one process."""

    process: str
    told_ago: timedelta
    """How long ago that was."""

    @property
    def is_silent(self) -> bool:
        """Whether the process was probably killed, or cannot reach the database."""
        return self.told_ago > SILENT_AFTER


def tell(conn: sa.Connection, process: str, beats: Iterable[Beat]) -> None:
    """Note how the tasks of this process fare, in place of what it told before."""
    conn.execute(TELL, [{"process": process, **asdict(beat)} for beat in beats])
    conn.execute(FORGET)


def withdraw(conn: sa.Connection, process: str, tasks: Iterable[str]) -> None:
    """These tasks of the process have ended in good order."""
    conn.execute(WITHDRAW, {"of_process": process, "tasks": list(tasks)})


def look(conn: sa.Connection) -> list[Heard]:
    """What was last heard of every task, by task and process."""
    return [Heard(**row) for row in load(conn, LOOK, {})]
