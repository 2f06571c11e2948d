"""Proofs that an event stands under a root: what makes a part of the log verifiable without the rest."""

from __future__ import annotations

from dataclasses import dataclass, fields

import sqlalchemy as sa
from cachetools import LRUCache

from store.audit.merkle import Tree, leaf_hash
from store.audit.roots import Root
from store.failures import translated
from store.tables import leaf, root

TREES_KEPT = 4
COVERING = (
    sa.select(*(root.c[field.name] for field in fields(Root)))
    .where(root.c.position >= sa.bindparam("position"))
    .order_by(root.c.position)
    .limit(1)
)
COVERED = (
    sa.select(leaf.c.position, leaf.c.digest)
    .where(
        leaf.c.position <= sa.bindparam("until"),
        leaf.c.position
        > sa.select(sa.func.coalesce(sa.func.max(root.c.position), 0))
        .where(root.c.position < sa.bindparam("until"))
        .scalar_subquery(),
    )
    .order_by(leaf.c.position)
)


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an event stands under its root, and the hashes that lead from it to the root's tree."""

    root: Root
    index: int
    path: list[str]


class Proofs:
    """Finds proofs; those of neighbouring events together cost little more than one."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._root: Root | None = None
        self._first = 0
        self._trees: LRUCache[int, tuple[dict[int, int], Tree]] = LRUCache(TREES_KEPT)

    def of(self, position: int) -> Proof | None:
        """The proof for the event at this position; None while no root covers it."""
        covering = self._covering(position)
        if covering is None:
            return None
        places, tree = self._tree(covering)
        index = places.get(position)
        return None if index is None else Proof(covering, index, tree.path(index))

    def _covering(self, position: int) -> Root | None:
        if self._root is None or not self._first <= position <= self._root.position:
            with translated(), self._engine.connect() as conn:
                row = conn.execute(COVERING, {"position": position}).one_or_none()
            self._root, self._first = (Root(*row), position) if row else (None, 0)
        return self._root

    def _tree(self, covering: Root) -> tuple[dict[int, int], Tree]:
        if covering.number not in self._trees:
            with translated(), self._engine.connect() as conn:
                rows = conn.execute(COVERED, {"until": covering.position}).all()
            places = {row.position: index for index, row in enumerate(rows)}
            self._trees[covering.number] = places, Tree(leaf_hash(row.position, row.digest) for row in rows)
        return self._trees[covering.number]
