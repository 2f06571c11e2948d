"""What webhooks carry: the event as the feed publishes it to the marketplace's own systems."""

from __future__ import annotations

from typing import Final

from api.presenting.published_event import published
from domain.actors import Actor, Role
from scheduler.webhooks import Message
from store.envelope import Envelope

MARKETPLACE: Final = Actor(role=Role.MARKETPLACE, id="webhooks")


def as_message(envelope: Envelope) -> Message:
    """The event with every figure and nobody's words, under the id that it has in the feed."""
    event = published(envelope, MARKETPLACE)
    return Message(id=str(event.id), body=event.model_dump_json())
