"""The event feed: the decided part of the log, page by page, for whoever may follow it (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa
from eventsourcing.persistence import Notification

from domain.actors import Actor
from domain.messages import Event
from projections.whose import Owners, Whose
from store.failures import translated
from store.reader import LogReader
from store.upcasting import read_as

BATCH = 500
"""Events read at once."""
SCANNED = 10_000
"""Events looked at for one page: a follower of little gets short pages, never a slow one."""
EVERYTHING_BELOW = ".*"

FeedEvent: TypeAlias = Notification
"""An event as it stands in the log, with its position."""


class UnknownTypeError(LookupError):
    """A type names no event."""


def topics_named(types: Iterable[str]) -> frozenset[str]:
    """The stored topics that these types name; ``refund.*`` names all that begin with it. Raises UnknownTypeError."""
    return frozenset(topic for type_ in types for topic in _topics_of(type_))


def _topics_of(type_: str) -> frozenset[str]:
    begins = type_.removesuffix("*") if type_.endswith(EVERYTHING_BELOW) else None
    named = {topic for topic in Event.topics if (topic.startswith(begins) if begins else topic == type_)}
    if not named:
        raise UnknownTypeError(f"no event is of the type {type_!r}")
    return read_as(named)


@dataclass(frozen=True, slots=True)
class Sought:
    """Who follows the log, and what of it he wants."""

    by: Actor
    topics: frozenset[str] | None = None
    """None for all of them."""

    def takes(self, event: FeedEvent, owner: Whose) -> bool:
        """Whether the event is wanted, and for him to see."""
        return (self.topics is None or event.topic in self.topics) and owner.concerns(self.by)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some events in the order of the log."""

    events: list[FeedEvent]
    next: int
    """The position behind which to go on; all up to it was looked at."""
    more: bool
    """Whether there may be more to look at now."""


class EventFeed:
    """Reads pages of the log; for any thread."""

    def __init__(self, engine: sa.Engine, reader: LogReader) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = reader
        self.owners = Owners()

    def end(self) -> int:
        """The position that whoever follows from now on begins at: whatever happens later stands behind it.

        Raises Unavailable where an event before it stays undecided.
        """
        return self._reader.end()

    def page(self, sought: Sought, after: int, limit: int) -> FeedPage:
        """At most ``limit`` events behind ``after``, in order and none skipped, that the follower seeks and may see.

        A page may hold fewer, even none, although there is more.
        """
        found: list[Notification] = []
        position = after
        with translated(), self._engine.connect() as conn:
            while position < after + SCANNED:
                batch = self._reader.read(position, BATCH, conn=conn)
                if not batch:
                    return FeedPage(found, position, more=False)
                for event, owner in zip(batch, self.owners.of(conn, batch), strict=True):
                    position = event.id
                    found += [event] if sought.takes(event, owner) else []
                    if len(found) == limit:
                        return FeedPage(found, position, more=True)
        return FeedPage(found, position, more=True)
