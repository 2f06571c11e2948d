"""How far a period's export has to reach: none of the events of a root that was taken well within it may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from store.audit.roots import Root
from store.audit.scopes import SLACK
from store.audit.unfit import Unfit


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands under the roots."""

    root: Root
    index: int

    @property
    def is_last(self) -> bool:
        return self.index == self.root.events - 1

    def is_followed_by(self, root: Root, index: int) -> bool:
        if index == 0:
            return self.is_last and root.number == self.root.number + 1 and root.previous == self.root.digest
        return root == self.root and index == self.index + 1


@dataclass(frozen=True, slots=True)
class Period:
    """From when on and before when events were exported, and when that was done."""

    first: datetime
    last: datetime
    taken_at: datetime

    def check(
        self, roots: Mapping[int, Root], held: Mapping[int, Root], begun: Place | None, ended: Place | None
    ) -> None:
        """Raises Unfit where the export, whole as it is between ``begun`` and ``ended``, was cut off before or behind.

        ``roots`` are those that it tells, ``held`` those that others hold. Of the roots at the period's edges it cannot
        be said which of their events lie within, so there only what the exported roots say themselves is known.
        """
        known = sorted({**held, **roots}.values(), key=lambda root: root.number)
        for before, root in pairwise(known):
            if root.number not in roots and self._holds_all_behind(before) and self._was_over(root, self.taken_at):
                raise Unfit.root(root, "was taken within the period, and nothing of it is there")
        for root in roots.values():
            if ended is None or root.number > ended.root.number:
                raise Unfit.root(root, "is told, and no event under it is there")
        if ended and not ended.is_last and self._was_over(ended.root, self.last):
            raise Unfit.root(ended.root, f"covers {ended.root.events} events, of which those behind {ended.index} miss")
        older = [root for root in known if begun and root.number < begun.root.number]
        if begun and begun.index and older and self._holds_all_behind(older[-1]):
            raise Unfit.root(begun.root, f"covers {begun.root.events} events, of which those before {begun.index} miss")

    def _holds_all_behind(self, root: Root) -> bool:
        return root.taken_at - SLACK >= self.first

    def _was_over(self, root: Root, moment: datetime) -> bool:
        return root.taken_at + SLACK < min(self.last, moment)
