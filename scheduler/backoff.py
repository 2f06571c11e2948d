"""How long to wait before something that failed is tried again: longer each time, and never all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Doubles from ``first`` up to ``most``, each wait shortened by chance by up to a half."""

    random: Random
    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=15)

    def after(self, attempts: int) -> timedelta:
        """The wait after so many failed attempts, from 1; between half of the full wait and all of it."""
        full = min(self.first * 2.0 ** min(attempts - 1, 30), self.most)
        return full * self.random.uniform(0.5, 1.0)
