"""Opens events without any key: what views hold must never be personal data (SPEC §9)."""

from __future__ import annotations

from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.messages import Event
from store.codec import open_
from store.envelope import Envelope
from store.vault import Vault


class _NoKeys(Vault):
    """Opens nothing: personal texts read as None, as they do after an erasure."""

    def __init__(self) -> None:
        """Needs neither engine nor master key."""

    def decrypt(self, key_id: UUID, cipher: bytes, aad: bytes) -> None:  # noqa: ARG002 -- the vault's own signature
        return None


NO_KEYS = _NoKeys()


def opened(stored: StoredEvent) -> Envelope:
    """The stored event without its personal texts. Raises UnknownTopicError."""
    return open_(stored, NO_KEYS)


def topics_of(*kinds: type[Event]) -> frozenset[str]:
    """The topics of all events of these kinds."""
    return frozenset(topic for topic, event in Event.topics.items() if issubclass(event, kinds))
