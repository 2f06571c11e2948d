"""The hash chain of each stream: what an auditor recomputes to see that nothing was changed (SPEC §7.10)."""

from __future__ import annotations

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


def misfit(version: int, digest: str, event: StoredEvent) -> str | None:
    """Why this event does not follow the one of that version and digest in its stream; None if it does.

    Needs neither keys nor event classes. What is wrong with an event shows at the one behind it; a change of a
    stream's last event only against a root, or a digest kept elsewhere.
    """
    if event.originator_version != version + 1:
        return f"version {version + 1} should stand here"
    try:
        named = loads(event.state)["previous"]
    except (ValueError, KeyError, TypeError):
        return "its text names no event before it"
    return None if named == digest else f"it names {named} as the digest before it, which is {digest}"
