"""Remembers which order lines a file has named already, on disk where they do not fit into a few megabytes."""

from __future__ import annotations

import hashlib
import sqlite3
from types import TracebackType
from typing import Self

from domain.order.facts import OrderLineFacts

CREATE = "create table seen (line_id text primary key, digest blob, line integer) without rowid"
FIND = "select line, digest from seen where line_id = ?"
KEEP = "insert into seen (line_id, digest, line) values (?, ?, ?)"
SETTINGS = ("journal_mode = off", "synchronous = off", "cache_size = -8000")  # kibibytes
TEMPORARY = ""
"""SQLite's name for a file of its own that ends with the connection."""


class Repeats:
    """Knows the first row of each line of one file."""

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

    def earlier(self, facts: OrderLineFacts, line: int) -> tuple[int, bool] | None:
        """Where in the file this order line stood before and whether with the same facts; None the first time."""
        digest = hashlib.blake2b(facts.model_dump_json().encode(), digest_size=16).digest()
        found = self._seen.execute(FIND, (facts.line_id,)).fetchone()
        if found is None:
            self._seen.execute(KEEP, (facts.line_id, digest, line))
            return None
        first, known = found
        return first, known == digest
