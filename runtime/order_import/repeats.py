"""Remembers which order lines a file has named already, on disk where they do not fit into a few megabytes."""

from __future__ import annotations

import hashlib
import sqlite3
from types import TracebackType
from typing import Self

from domain.order.facts import OrderLineFacts

CREATE = "create table seen (line_id text primary key, digest blob, line integer) without rowid"
FIND = "select line, digest from seen where line_id = ?"
KEEP = "insert or ignore into seen (line_id, digest, line) values (?, ?, ?)"
SETTINGS = ("journal_mode = off", "synchronous = off", "cache_size = -8000")  # kibibytes
TEMPORARY = ""
"""SQLite's name for a file of its own that ends with the connection."""


class Repeats:
    """Knows the first row of each line of one file that was not refused."""

    def __init__(self) -> None:
        self._seen = sqlite3.connect(TEMPORARY)
        for setting in SETTINGS:
            self._seen.execute(f"pragma {setting}")
        self._seen.execute(CREATE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seen.close()

    def earlier(self, facts: OrderLineFacts) -> tuple[int, bool] | None:
        """Where in the file this order line stood before and whether with the same facts; None the first time."""
        found = self._seen.execute(FIND, (facts.line_id,)).fetchone()
        if found is None:
            return None
        first, known = found
        return first, known == _digest(facts)

    def keep(self, facts: OrderLineFacts, line: int) -> bool:
        """Remember the order line, unless it is known; whether it was not."""
        return self._seen.execute(KEEP, (facts.line_id, _digest(facts), line)).rowcount > 0


def _digest(facts: OrderLineFacts) -> bytes:
    return hashlib.blake2b(facts.model_dump_json().encode(), digest_size=16).digest()
