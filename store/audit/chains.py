"""Follows the chains of any number of streams at once, in bounded memory."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Self
from uuid import UUID

from eventsourcing.persistence import Notification

from store.audit.unfit import Unfit
from store.chain import GENESIS, digest_of, misfit

NEW = (0, GENESIS)
CACHE_KIB = 16_384


class Chains:
    """Remembers where each stream ends, in a nameless file of SQLite's that goes with it: streams may be millions."""

    def __init__(self, *, from_the_start: bool = True) -> None:
        """Without ``from_the_start`` a stream may begin with any of its events, as in a part of the log."""
        self._from_the_start = from_the_start
        self._tips = sqlite3.connect("", isolation_level=None)
        self._tips.execute(f"pragma cache_size = -{CACHE_KIB}")
        self._tips.execute("pragma journal_mode = off")
        self._tips.execute("create table tip (stream_id blob primary key, version, digest) without rowid")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tips.close()

    def follow(self, event: Notification) -> str:
        """The digest of the next event of any stream. Raises Unfit where it does not follow what came before."""
        stream_id = UUID(str(event.originator_id))
        tip = self._tips.execute("select version, digest from tip where stream_id = ?", (stream_id.bytes,)).fetchone()
        version, before = tip or NEW
        if (tip or self._from_the_start) and (why := misfit(version, before, event)):
            raise Unfit.event(event, why)
        digest = digest_of(stream_id, event.originator_version, event.topic, event.state)
        row = (stream_id.bytes, event.originator_version, digest)
        self._tips.execute("insert or replace into tip values (?, ?, ?)", row)
        return digest
