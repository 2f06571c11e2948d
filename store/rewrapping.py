"""Every person's key wrapped anew under the first of the master keys, while all processes go on working."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from store.failures import translated
from store.master_keys import MasterKeys

BATCH = 500
NONE = str(UUID(int=0))
COUNT = "select count(*) from keys.person_key where wrapped_key is not null"
NEXT = """
    select key_id::text, person, wrapped_key from keys.person_key
    where key_id > %s and wrapped_key is not null order by key_id limit %s
"""
PUT = "update keys.person_key set wrapped_key = %s where key_id = %s and wrapped_key = %s"
"""A key that was destroyed meanwhile stays destroyed."""


def kept_keys(engine: sa.Engine) -> int:
    """How many keys there are that were not destroyed."""
    with translated(), engine.connect() as conn:
        return int(conn.exec_driver_sql(COUNT).scalar_one())


def rewrap(engine: sa.Engine, masters: MasterKeys, told: Callable[[int], None] = lambda _: None) -> int:
    """How many keys were wrapped anew; a second time there are none. ``told`` is how many were looked at so far.

    A key made meanwhile by a process that still wraps with another master key is found by the next run. Raises
    WrongMasterKeyError at a key that none of them opens; what was done by then stays.
    """
    anew, seen, last = 0, 0, NONE
    while rows := _batch(engine, last):
        changes = [
            (fresh, key_id, wrapped)
            for key_id, person, wrapped in rows
            if (fresh := masters.wrapped_anew(person, key_id, wrapped)) is not None
        ]
        anew += _put(engine, changes)
        seen, last = seen + len(rows), rows[-1][0]
        told(seen)
    return anew


def _batch(engine: sa.Engine, after: str) -> list[tuple[str, str, bytes]]:
    with translated(), engine.connect() as conn:
        return [(row[0], row[1], bytes(row[2])) for row in conn.exec_driver_sql(NEXT, (after, BATCH))]


def _put(engine: sa.Engine, changes: list[tuple[bytes, str, bytes]]) -> int:
    with translated(), engine.begin() as conn:
        return sum(conn.exec_driver_sql(PUT, change).rowcount for change in changes)
