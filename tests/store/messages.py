"""Real events of the trade, sealed as the write side seals them."""

from datetime import UTC, datetime
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.actors import Actor, Role
from domain.messages import Personal
from domain.refund.commands import Purpose
from domain.refund.events import MessageSent
from domain.vocabulary import Status
from store.chain import GENESIS
from store.codec import seal
from store.envelope import Cause, Draft

STREAM, COMMAND, CORRELATION = UUID(int=1), UUID(int=2), UUID(int=3)
BUYER = Actor(role=Role.BUYER, id="b-1")
HAPPENED_AT = datetime(2026, 3, 6, 17, 0, 0, 42, tzinfo=UTC)
RECORDED_AT = datetime(2026, 3, 6, 17, 0, 1, tzinfo=UTC)


def message(text="Where is my camera?", person="buyer:b-1"):
    return MessageSent(status=Status.AWAITING_SELLER, text=Personal.of(person, text), purpose=Purpose.QUESTION)


def sealed(vault, payload=None, *, version=1, previous=GENESIS, actor=BUYER, **changes):
    """An envelope as it would be stored."""
    draft = Draft(**{"payload": payload or message(), "occurred_at": HAPPENED_AT, "policy": "standard@1", **changes})
    cause = Cause(actor, COMMAND, CORRELATION, RECORDED_AT)
    return seal(draft, stream_id=STREAM, version=version, previous=previous, cause=cause, vault=vault)


def as_stored(envelope):
    return StoredEvent(envelope.originator_id, envelope.originator_version, envelope.topic, envelope.state)


def conversation(vault, *texts):
    """A stream of messages as it would be stored, each chained to the one before."""
    stream, previous = [], GENESIS
    for version, text in enumerate(texts, start=1):
        envelope = sealed(vault, message(text), version=version, previous=previous)
        stream.append(as_stored(envelope))
        previous = envelope.digest
    return stream
