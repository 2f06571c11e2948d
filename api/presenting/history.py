"""An event as auditors read it: everything, with its cause and its place in the chain."""

from __future__ import annotations

from api.schemas.case_history import HistoryEntry
from store.envelope import Envelope


def entry(envelope: Envelope) -> HistoryEntry:
    """One event of a stream."""
    cause = envelope.cause
    return HistoryEntry(
        version=envelope.originator_version,
        position=envelope.position,
        topic=envelope.topic,
        occurred_at=envelope.occurred_at,
        recorded_at=cause.recorded_at,
        actor=cause.actor,
        command_id=cause.command_id,
        correlation_id=cause.correlation_id,
        policy=envelope.policy,
        previous=envelope.previous,
        digest=envelope.digest,
        payload=envelope.payload.model_dump(mode="json", exclude_none=True),
    )
