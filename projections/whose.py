"""Whose a stream of the log is: which seller's and which buyer's, as its first event tells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import singledispatch
from threading import Lock
from uuid import UUID

import sqlalchemy as sa
from cachetools import LRUCache
from eventsourcing.persistence import StoredEvent

from domain.actors import Actor, Role
from domain.cancellation.events import CancellationRequested
from domain.evidence import EvidenceUploaded
from domain.messages import Event
from domain.order.events import OrderLineRecorded
from domain.order.facts import OrderLineFacts
from domain.refund.events import RequestOpened
from domain.seller.account import SellerProfileRecorded
from domain.seller.adjustments import AdjustmentPosted
from projections.openings import first_events

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Whose:
    """The parties of a stream; of one that names none, only those who see everything may know."""

    seller_id: str | None = None
    buyer_id: str | None = None
    line_id: str | None = None

    def concerns(self, actor: Actor) -> bool:
        """Whether this actor may know of it: buyers and sellers only of what is their own (SPEC §1)."""
        if actor.role is Role.BUYER:
            return self.buyer_id == actor.id
        return actor.role is not Role.SELLER or self.seller_id == actor.id


NOBODYS = Whose()


@singledispatch
def whose(beginning: Event) -> Whose:
    """Whose the stream is that begins with this event."""
    return NOBODYS


@whose.register(RequestOpened)
@whose.register(CancellationRequested)
def _(beginning: RequestOpened | CancellationRequested) -> Whose:
    return _of_line(beginning.line)


@whose.register
def _(beginning: OrderLineRecorded) -> Whose:
    return _of_line(beginning.facts)


@whose.register
def _(beginning: SellerProfileRecorded | AdjustmentPosted) -> Whose:
    return Whose(seller_id=beginning.seller_id)


@whose.register
def _(beginning: EvidenceUploaded) -> Whose:
    role, _, owner = beginning.owner.partition(":")
    return Whose(
        seller_id=owner if role == Role.SELLER else None,
        buyer_id=owner if role == Role.BUYER else None,
    )


def _of_line(facts: OrderLineFacts) -> Whose:
    return Whose(facts.seller_id, facts.buyer_id, facts.line_id)


class Owners:
    """Finds whose streams are; for any thread."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._known: LRUCache[UUID, Whose] = LRUCache(KEPT)

    def of(self, conn: sa.Connection, events: Sequence[StoredEvent]) -> list[Whose]:
        """Whose each of these events is, in their order."""
        streams = [UUID(str(event.originator_id)) for event in events]
        with self._mutex:
            found = {stream: known for stream in set(streams) if (known := self._known.get(stream))}
        missing = set(streams) - found.keys()
        if missing:
            found |= _told(conn, missing)
            with self._mutex:
                self._known.update(found)
        return [found[stream] for stream in streams]


def _told(conn: sa.Connection, streams: Iterable[UUID]) -> dict[UUID, Whose]:
    return {first.originator_id: whose(first.payload) for first in first_events(conn, streams)}
