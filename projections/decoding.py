"""Opens events without any key: what views hold must never be personal data (SPEC §9)."""

from __future__ import annotations

from eventsourcing.persistence import StoredEvent

from domain.messages import Event
from store.codec import open_
from store.envelope import Envelope


def opened(stored: StoredEvent) -> Envelope:
    """The stored event without its personal texts. Raises UnknownTopicError, UnreadableEventError."""
    return open_(stored, None)


def topics_of(*kinds: type[Event]) -> frozenset[str]:
    """The topics of all events of these kinds."""
    return frozenset(topic for topic, event in Event.topics.items() if issubclass(event, kinds))
