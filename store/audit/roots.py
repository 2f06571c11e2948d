"""Roots: at intervals one digest over everything the log gained since the last, to be held by others (SPEC §7.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from eventsourcing.persistence import Notification
from sqlalchemy.dialects import postgresql

from store.audit.merkle import GrowingTree, leaf_hash
from store.chain import GENESIS, digest_of
from store.codec import stamp
from store.failures import translated
from store.reader import LogReader
from store.tables import leaf, root

LARGEST = 10_000
"""Events under one root: what a proof has to read."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event as a root covers it."""

    position: int
    stream_id: UUID
    version: int
    digest: str

    @classmethod
    def of(cls, event: Notification) -> Self:
        stream_id, version = UUID(str(event.originator_id)), event.originator_version
        return cls(event.id, stream_id, version, digest_of(stream_id, version, event.topic, event.state))

    @property
    def hashed(self) -> bytes:
        return leaf_hash(self.position, self.digest)


@dataclass(frozen=True, slots=True)
class Root:
    """The digest over all events behind the root before it up to a position, linked to that root."""

    number: int
    """1, 2, 3 … without a hole."""
    position: int
    """Of the last event it covers."""
    events: int
    tree: str
    """Over their positions and digests, as RFC 6962 builds a tree, hexadecimal."""
    taken_at: datetime
    previous: str
    """The digest of the root before; 64 zeros for the first."""
    digest: str
    """SHA-256 over all of the above, each on a line: what others hold."""

    @classmethod
    def sealed(cls, number: int, position: int, tree: GrowingTree, taken_at: datetime, previous: str) -> Self:
        unsealed = cls(number, position, tree.size, tree.root(), taken_at, previous, "")
        return cls(number, position, tree.size, tree.root(), taken_at, previous, unsealed.recomputed())

    def recomputed(self) -> str:
        """What the digest has to be."""
        lines = (self.number, self.position, self.events, self.tree, stamp(self.taken_at), self.previous)
        return sha256("\n".join(map(str, lines)).encode()).hexdigest()

    def told(self) -> dict[str, Any]:
        """As it is printed, published and exported."""
        return {**asdict(self), "taken_at": stamp(self.taken_at)}


ROOT_COLUMNS = [root.c[field.name] for field in fields(Root)]
LAST = sa.select(*ROOT_COLUMNS).order_by(root.c.number.desc()).limit(1)
BEHIND = sa.select(*ROOT_COLUMNS).where(root.c.number > sa.bindparam("after")).order_by(root.c.number)
PUT = postgresql.insert(root).on_conflict_do_nothing().returning(root.c.number)


class Roots:
    """Takes roots and tells them. Any number of processes may take them: one does, the others find nothing to do."""

    def __init__(self, engine: sa.Engine, reader: LogReader, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._reader = reader
        self._clock = clock

    def take(self) -> list[Root]:
        """Cover everything that is decided; the roots this took, none where nothing was new."""
        taken = []
        while new := self._take():
            taken.append(new)
        return taken

    def after(self, number: int, limit: int) -> list[Root]:
        """At most ``limit`` roots behind the one of this number, in order."""
        with translated(), self._engine.connect() as conn:
            return [Root(*row) for row in conn.execute(BEHIND.limit(limit), {"after": number})]

    def _take(self) -> Root | None:
        with translated(), self._engine.connect() as conn:
            row = conn.execute(LAST).one_or_none()
        last = Root(*row) if row else None
        leaves = list(self._uncovered(last.position if last else 0))
        return self._put(_over(leaves, last, self._clock()), leaves) if leaves else None

    def _uncovered(self, after: int) -> Iterator[Leaf]:
        for _ in range(LARGEST // BATCH):
            events = self._reader.read(after, BATCH)
            yield from map(Leaf.of, events)
            if len(events) < BATCH:
                return
            after = events[-1].id

    def _put(self, new: Root, leaves: Sequence[Leaf]) -> Root | None:
        """None where another process has taken a root of this number."""
        with translated(), self._engine.begin() as conn:
            if conn.execute(PUT, asdict(new)).one_or_none() is None:
                return None
            conn.execute(sa.insert(leaf), [asdict(each) for each in leaves])
        return new


def _over(leaves: Iterable[Leaf], last: Root | None, now: datetime) -> Root:
    tree, position = GrowingTree(), 0
    for each in leaves:
        tree.add(each.hashed)
        position = each.position
    return Root.sealed(last.number + 1 if last else 1, position, tree, now, last.digest if last else GENESIS)
