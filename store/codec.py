"""The format of the log: one event sealed into a chained JSON text, and opened again."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent
from pydantic_core import from_json

from domain.actors import Actor, Role
from domain.messages import Event
from store.envelope import Cause, Draft, Envelope
from store.upcasting import newest
from store.vault import Vault

GENESIS = "0" * 64
"""What the first event of a stream names as the digest before it."""


class UnknownTopicError(LookupError):
    """The log holds an event of a topic that this version of the program does not know."""


class _PersonalData:
    """Seals and opens the personal fields of one event; their place in the log is part of the seal."""

    def __init__(self, vault: Vault, stream_id: UUID, version: int) -> None:
        self._vault = vault
        self._place = f"{stream_id}/{version}"

    def seal(self, person: str, text: str | None) -> dict[str, Any]:
        if text is None:
            return {"person": person, "key": None, "cipher": None}
        key_id, cipher = self._vault.encrypt(person, text.encode(), self._bound_to(person))
        return {"person": person, "key": str(key_id), "cipher": b64encode(cipher).decode()}

    def open(self, stored: dict[str, Any]) -> str | None:
        if stored.get("key") is None:
            return None
        cipher = b64decode(stored["cipher"])
        text = self._vault.decrypt(UUID(stored["key"]), cipher, self._bound_to(stored["person"]))
        return None if text is None else text.decode()

    def _bound_to(self, person: str) -> bytes:
        return f"{person}/{self._place}".encode()


def digest_of(stream_id: UUID, version: int, topic: str, state: bytes) -> str:
    """The SHA-256 over stream id, version and topic, each on a line of its own, and the stored state."""
    return sha256(f"{stream_id}\n{version}\n{topic}\n".encode() + state).hexdigest()


def seal(
    draft: Draft, *, stream_id: UUID, version: int, previous: str, cause: Cause, vault: Vault
) -> Envelope:
    """The event as it will be stored: JSON text, personal fields encrypted, chained to the one before it."""
    topic = draft.payload.topic
    head = {
        "occurred_at": _stamp(draft.occurred_at),
        "recorded_at": _stamp(cause.recorded_at),
        "actor": {"role": cause.actor.role, "id": cause.actor.id},
        "command_id": str(cause.command_id),
        "correlation_id": str(cause.correlation_id),
        "policy": draft.policy,
        "previous": previous,
    }
    context = {"sealing": _PersonalData(vault, stream_id, version)}
    payload = draft.payload.model_dump_json(exclude_none=True, context=context)
    state = f'{json.dumps(head, ensure_ascii=False)[:-1]}, "payload": {payload}}}'.encode()
    return Envelope(
        originator_id=stream_id,
        originator_version=version,
        topic=topic,
        state=state,
        digest=digest_of(stream_id, version, topic, state),
        previous=previous,
        cause=cause,
        occurred_at=draft.occurred_at,
        policy=draft.policy,
        payload=draft.payload,
    )


def open_(stored: StoredEvent, vault: Vault) -> Envelope:
    """The event that was stored; personal text reads as None once its person's key is destroyed.

    Raises UnknownTopicError, which names the topic and the place.
    """
    stream_id = UUID(str(stored.originator_id))
    body: dict[str, Any] = from_json(stored.state)
    return Envelope(
        originator_id=stream_id,
        originator_version=stored.originator_version,
        topic=stored.topic,
        state=stored.state,
        digest=digest_of(stream_id, stored.originator_version, stored.topic, stored.state),
        previous=body["previous"],
        cause=_cause(body),
        occurred_at=_instant(body["occurred_at"]),
        policy=body["policy"],
        payload=_payload(stored, body["payload"], _PersonalData(vault, stream_id, stored.originator_version)),
        position=stored.id if isinstance(stored, Notification) else None,
    )


def _cause(body: dict[str, Any]) -> Cause:
    actor = body["actor"]
    return Cause(
        actor=Actor.model_construct(role=Role(actor["role"]), id=actor["id"]),
        command_id=UUID(body["command_id"]),
        correlation_id=UUID(body["correlation_id"]),
        recorded_at=_instant(body["recorded_at"]),
    )


def _payload(stored: StoredEvent, payload: dict[str, Any], sealing: _PersonalData) -> Event:
    topic, newer = newest(stored.topic, payload)
    event = Event.topics.get(topic)
    if event is None:
        place = f"stream {stored.originator_id} version {stored.originator_version}"
        raise UnknownTopicError(f"no event is known by the topic {topic!r} ({place})")
    return event.model_validate(newer, context={"sealing": sealing})


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
