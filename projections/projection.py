"""What a projection is: a name, its tables, the events it wants, and what it makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import sqlalchemy as sa

from projections.changes import Change
from store.envelope import Envelope


class Projection(Protocol):
    """One read model as the engine keeps it.

    Its tables follow from the log alone: the same events in any split into batches give the same rows, also
    when some of them come a second time. It never reads the clock, and reads the database only through ``conn``.
    """

    @property
    def name(self) -> str:
        """How its position, its rebuild and its lag are called."""

    @property
    def tables(self) -> tuple[sa.Table, ...]:
        """All of them, and nobody else's."""

    @property
    def topics(self) -> frozenset[str]:
        """The topics of the events it wants; it is moved past all others unseen."""

    def changes(self, conn: sa.Connection, events: Sequence[Envelope]) -> Iterable[Change]:
        """What these events, in log order, change in the tables as ``conn`` sees them.

        Only says so: the engine writes it, in the order given, in the transaction of ``conn``.
        """
