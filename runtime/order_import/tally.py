"""Counts what became of the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from runtime.order_import.rows import Judged
from store.application import Recorded


@dataclass(slots=True)
class Tally:
    """How many rows were new, updated, unchanged and refused, and how far the file was read."""

    counts: Counter[Recorded] = field(default_factory=Counter)
    last_line: int = 0

    def add(self, row: Judged) -> None:
        self.counts[row.recorded] += 1
        self.last_line = row.line

    @property
    def rows(self) -> int:
        return self.counts.total()

    @property
    def refused(self) -> int:
        return self.counts[Recorded.REFUSED]

    def __str__(self) -> str:
        return ", ".join(f"{self.counts[kind]} {kind}" for kind in Recorded)
