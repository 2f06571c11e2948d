"""The hash chain of each stream: what an auditor recomputes to see that nothing was changed (SPEC §7.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from json import loads
from uuid import UUID

from eventsourcing.persistence import StoredEvent

GENESIS = "0" * 64
"""What the first event of a stream names as the digest before it."""


def digest_of(stream_id: UUID | str, version: int, topic: str, state: bytes) -> str:
    """The SHA-256 over stream id, version and topic, each on a line of its own, and the stored state.

    The framing is public: docs/audit-chain.md says it for those who write a verifier of their own.
    """
    return sha256(f"{stream_id}\n{version}\n{topic}\n".encode() + state).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a stream is not what was once recorded."""

    version: int
    expected: str
    found: str

    def __str__(self) -> str:
        return f"version {self.version}: expected {self.expected}, found {self.found}"


def first_break(stream: Iterable[StoredEvent]) -> Break | None:
    """Where a whole stream, in the order of its versions, stops being one unbroken chain; None if it is.

    Needs neither keys nor event classes. A change of the last event shows only against its digest kept elsewhere.
    """
    previous = GENESIS
    for version, event in enumerate(stream, start=1):
        if event.originator_version != version:
            return Break(version, f"version {version}", f"version {event.originator_version}")
        named = loads(event.state)["previous"]
        if named != previous:
            return Break(version, f"previous {previous}", f"previous {named}")
        previous = digest_of(event.originator_id, version, event.topic, event.state)
    return None
