"""Verifies the log as it is stored, row by row, against its chains, its roots, and roots that others hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from eventsourcing.persistence import Notification

from store.audit.chains import Chains
from store.audit.held import check_root
from store.audit.merkle import GrowingTree
from store.audit.roots import BEHIND, Leaf, Root
from store.audit.unfit import Unfit
from store.failures import translated
from store.reader import LAST, PAGE, LogReader
from store.tables import leaf

LEAVES = (
    sa.select(*(leaf.c[field.name] for field in fields(Leaf)))
    .where(leaf.c.position > sa.bindparam("after"))
    .order_by(leaf.c.position)
    .limit(PAGE)
)
Reached = Callable[[int], None]
"""Is told how many events were looked at."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found to fit."""

    events: int
    roots: int
    uncovered: int
    """Events that no root covers yet: for them their streams' chains alone speak."""
    held: int = 0
    """How many of the roots are those that others hold."""

    def __str__(self) -> str:
        matched = f", {self.held} of them as held elsewhere" if self.held else ""
        return f"{self.events} events fit, under {self.roots} roots{matched}; {self.uncovered} events are under no root"


class StoredLog:
    """The rows of the log, its roots and its register, read page by page; needs neither keys nor event classes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._reader = LogReader(engine)

    def count(self) -> int:
        """How many events there are, roughly: what progress is measured by."""
        with translated(), self._engine.connect() as conn:
            return int(conn.exec_driver_sql("select count(*) from store.event").scalar_one())

    def events(self) -> Iterator[Notification]:
        """All events by position, up to the last one that was there when this began. Raises Unavailable.

        One that commits late is waited for: the next of its stream would look as if something were missing before it.
        """
        return self._reader.through(-LAST, self._reader.head())

    def roots(self) -> Iterator[Root]:
        """All roots by number."""
        return (Root(*row) for row in self._rows(BEHIND.limit(PAGE)))

    def leaves(self, until: int) -> Iterator[Leaf]:
        """What the roots cover by position, up to this one."""
        for row in self._rows(LEAVES):
            if row.position > until:
                return
            yield Leaf(*row)

    def _rows(self, statement: sa.Select[Any]) -> Iterator[Any]:
        after = -LAST
        while True:
            with translated(), self._engine.connect() as conn:
                page = conn.execute(statement, {"after": after}).all()
            yield from page
            if not page:
                return
            after = page[-1][0]


def verify_log(log: StoredLog, held: Mapping[int, Root], reached: Reached = lambda _: None) -> Verified:
    """What fits, if all of it does. Raises Unfit at the first event or root that does not, Unavailable.

    The log may grow meanwhile. Memory stays the same however long it is.
    """
    last, roots, matched = _checked_roots(log.roots(), held)
    covered = last.position if last else 0
    trees = _Trees(log.roots(), roots)
    looked, uncovered = 0, 0
    with Chains() as chains:
        for event, entry in _paired(log.events(), log.leaves(covered)):
            if event is None or event.id <= covered:
                trees.add(_fitting(event, entry))
            else:
                uncovered += 1
            if event is not None:
                chains.follow(event)
                looked += 1
                reached(looked)
    trees.end()
    return Verified(looked, roots, uncovered, matched)


def _checked_roots(roots: Iterable[Root], held: Mapping[int, Root]) -> tuple[Root | None, int, int]:
    """The last root, how many there are, and how many of them are held."""
    before, matched = None, 0
    for expected, each in enumerate(roots, start=1):
        if each.number != expected:
            raise Unfit.root(each, f"stands where root {expected} should")
        check_root(each, before, held)
        before, matched = each, matched + (each.number in held)
    count = before.number if before else 0
    for number in sorted(held):
        if number > count:
            raise Unfit.root(held[number], "is held and is gone from the store")
    return before, count, matched


def _paired(
    events: Iterator[Notification], leaves: Iterator[Leaf]
) -> Iterator[tuple[Notification | None, Leaf | None]]:
    """What stands at each position in the log and in the register, None where one of them has nothing."""
    event, entry = next(events, None), next(leaves, None)
    while event is not None or entry is not None:
        at = min(event.id if event else LAST, entry.position if entry else LAST)
        here = event if event is not None and event.id == at else None
        registered = entry if entry is not None and entry.position == at else None
        yield here, registered
        event = next(events, None) if here is not None else event
        entry = next(leaves, None) if registered is not None else entry


def _fitting(event: Notification | None, entry: Leaf | None) -> Leaf:
    """The register's entry that says what the event says."""
    if event is None:
        assert entry is not None  # noqa: S101 -- one of the two is there
        raise Unfit.leaf(entry, "it is gone from the log")
    if entry is None:
        raise Unfit.event(event, "it was put into the log after a root had passed its position")
    found = Leaf.of(event)
    if found != entry:
        was = f"version {entry.version} of stream {entry.stream_id} with the digest {entry.digest}"
        raise Unfit.event(event, f"its digest is {found.digest}; what stood here was {was}")
    return entry


class _Trees:
    """Builds each root's tree again from the register, and compares it at the root's position."""

    def __init__(self, roots: Iterator[Root], count: int) -> None:
        self._roots = (each for each in roots if each.number <= count)
        self._root = next(self._roots, None)
        self._tree = GrowingTree()

    def add(self, entry: Leaf) -> None:
        while self._root is not None and entry.position > self._root.position:
            self._close(self._root)
        self._tree.add(entry.hashed)

    def end(self) -> None:
        while self._root is not None:
            self._close(self._root)

    def _close(self, due: Root) -> None:
        if (self._tree.size, self._tree.root()) != (due.events, due.tree):
            found = f"{self._tree.size} with the tree {self._tree.root()}"
            raise Unfit.root(due, f"is over {due.events} events with the tree {due.tree}; there are {found}")
        self._root, self._tree = next(self._roots, None), GrowingTree()
