"""What every event of a case carries, so that each reader can follow the case from the events alone."""

from __future__ import annotations

from uuid import UUID

from domain.deadline import Deadline
from domain.messages import Event, Value
from domain.money import Money
from domain.posting import HoldChange, Posting
from domain.vocabulary import Outcome, Status


class EvidenceItem(Value):
    """An uploaded photo as it was when it was named: its digest shows any later change."""

    evidence_id: UUID
    digest: str
    """SHA-256 of the content as uploaded, hexadecimal."""
    media_type: str
    size: int
    """Bytes."""


class CaseEvent(Event):
    """One step of a case, with everything that was decided by it."""

    status: Status
    """Where the case stands after this event."""
    deadline: Deadline | None = None
    """The live deadline after this event."""
    outcome: Outcome | None = None
    """How the case ended, where this event closes it or leaves it closed."""
    refund: Money | None = None
    """What this event makes due to the buyer."""
    posting: Posting | None = None
    """What this event does to the books."""
    hold: HoldChange | None = None
    """What this event holds of the seller's balance, or releases."""
