"""Which streams name a parcel: the log itself, asked by tracking number."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from store.engine import reading
from store.failures import translated
from store.tables import NAMED_PARCEL, NAMES_PARCEL

FIND = f"""
    select stream_id from store.event where {NAMES_PARCEL} and {NAMED_PARCEL} = %s
    group by stream_id order by min(id)
"""  # noqa: S608 -- put together from our own constants


class ParcelNames:
    """Looks up who named a parcel."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(self, number: str) -> list[UUID]:
        """The streams with an event that names this tracking number, letters and digits alone; earliest first."""
        with translated(), reading(self._engine) as conn:
            return list(conn.exec_driver_sql(FIND, (number,)).scalars())
