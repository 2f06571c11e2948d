"""What an event books: cases, cancellations and the marketplace's adjustments told alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.posting import HoldChange, Posting
from domain.refund.events import CaseEvent
from domain.seller.adjustments import AdjustmentPosted
from projections.decoding import topics_of
from projections.openings import Opening
from projections.processes import TOPICS as PROCESSES
from projections.processes import Process, Step
from store.envelope import Envelope

TOPICS = PROCESSES | topics_of(AdjustmentPosted)


@dataclass(frozen=True, slots=True)
class Booking:
    """Whose books an event changes, and how."""

    seller_id: str
    currency: str
    line_id: str | None
    posting: Posting | None
    hold: HoldChange | None = None


def posting_of(envelope: Envelope) -> Posting | None:
    """What the event posts, if anything."""
    event = envelope.payload
    return event.posting if isinstance(event, Step | AdjustmentPosted) else None


def hold_of(envelope: Envelope) -> HoldChange | None:
    """What a case's event holds or releases; nothing else holds anything."""
    return envelope.payload.hold if isinstance(envelope.payload, CaseEvent) else None


def with_money(events: Iterable[Envelope]) -> list[Envelope]:
    """Those that change the books."""
    return [envelope for envelope in events if posting_of(envelope) or hold_of(envelope)]


def booking_of(envelope: Envelope, openings: Mapping[UUID, Opening]) -> Booking:
    """The booking of an event that changes the books; ``openings`` tells of the cases and cancellations."""
    event = envelope.payload
    if isinstance(event, AdjustmentPosted):
        line_id = getattr(event, "line_id", None)
        return Booking(event.seller_id, event.posting.currency, line_id, event.posting)
    line = openings[envelope.originator_id].line
    return Booking(line.seller_id, line.price.currency, line.line_id, posting_of(envelope), hold_of(envelope))


def process_of(topic: str) -> Process | None:
    """Which process an entry of this topic belongs to; None for an adjustment."""
    word = topic.partition(".")[0]
    return Process(word) if word in list(Process) else None
