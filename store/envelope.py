"""What surrounds every event in the log: identity, both times, actor, cause, policy and the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.actors import Actor
from domain.messages import Event
from store.chain import digest_of


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an event was recorded, the same for all events of one command (SPEC §1)."""

    actor: Actor
    command_id: UUID
    correlation_id: UUID
    recorded_at: datetime
    """When it was written down, UTC."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event decided but not yet sealed into a stream."""

    payload: Event
    occurred_at: datetime
    """When it happened in the world, UTC; a timeout happens at its ``due_at`` however late it is written."""
    policy: str | None
    """The policy pinned to the case, as ``id@version``; None for events no policy governs."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as it stands in the log; satisfies the library's domain event protocol.

    ``state`` is the exact stored text (UTF-8 JSON, personal fields encrypted); ``previous`` is the digest of the
    stream's event before this one (64 zeros for the first), itself part of ``state``: the chain of SPEC §7.10.
    """

    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes
    previous: str
    cause: Cause
    occurred_at: datetime
    policy: str | None
    payload: Event
    position: int | None = None
    """The place in the log over all streams, known once stored."""

    @property
    def digest(self) -> str:
        """The SHA-256 over stream, version, topic and ``state``, which the next event of the stream names."""
        return digest_of(self.originator_id, self.originator_version, self.topic, self.state)
