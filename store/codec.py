"""The format of the log: one event sealed into a chained JSON text, and opened again."""

from __future__ import annotations

from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from json import JSONEncoder
from typing import Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from eventsourcing.persistence import Notification, StoredEvent
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError, from_json

from domain.actors import Actor
from domain.history import event_of
from domain.messages import Event
from store.envelope import Cause, Draft, Envelope
from store.upcasting import UPCASTS, newest
from store.vault import Vault

E = TypeVar("E", bound=Event)
as_text = JSONEncoder(ensure_ascii=False).encode


class UnknownTopicError(LookupError):
    """The log holds an event of a topic that this version of the program does not know."""


class UnreadableEventError(ValueError):
    """The log holds an event that is not what its topic says, or was never sealed for its place."""


class Keys(Protocol):
    """What opens personal texts: the vault, or a keyring of it."""

    def decrypt(self, key_id: str, cipher: bytes, aad: bytes) -> bytes | None:
        """The plain text, or None once the key is destroyed."""


class _Body(BaseModel, Generic[E]):
    """What the stored text holds."""

    occurred_at: datetime
    recorded_at: datetime
    actor: Actor
    command_id: UUID
    correlation_id: UUID
    policy: str | None
    previous: str
    payload: E

    def cause(self) -> Cause:
        return Cause(self.actor, self.command_id, self.correlation_id, self.recorded_at)


class _Seals:
    """Seals the personal fields of one event; their place in the log is part of the seal."""

    def __init__(self, vault: Vault, stream_id: UUID, version: int) -> None:
        self._vault = vault
        self._place = stream_id, version
        self.failure: Exception | None = None
        """What the vault raised: pydantic hands on no more of it than its text."""

    def seal(self, person: str, text: str | None, key: str | None) -> dict[str, Any]:
        sealed = None if text is None else self._encrypted(person, text.encode(), key)
        if sealed is None:
            return {"person": person, "key": None, "cipher": None}
        key_id, cipher = sealed
        return {"person": person, "key": key_id, "cipher": b64encode(cipher).decode()}

    def _encrypted(self, person: str, text: bytes, key: str | None) -> tuple[str, bytes] | None:
        aad = _aad(person, *self._place)
        try:
            return self._vault.encrypt_again(key, text, aad) if key else self._vault.encrypt(person, text, aad)
        except Exception as failure:
            self.failure = failure
            raise


class _Opens:
    """Opens them again."""

    def __init__(self, keys: Keys, stream_id: UUID, version: int) -> None:
        self._keys = keys
        self._place = stream_id, version

    def open(self, stored: dict[str, Any]) -> str | None:
        if stored.get("key") is None:
            return None
        text = self._keys.decrypt(stored["key"], a2b_base64(stored["cipher"]), _aad(stored["person"], *self._place))
        return None if text is None else text.decode()


def _aad(person: str, stream_id: UUID, version: int) -> bytes:
    """What a sealed text is bound to: whose it is, and where it stands."""
    return f"{person}/{stream_id}/{version}".encode()


class _Closed:
    """Opens nothing: every personal text reads as None, as it does after an erasure."""

    def open(self, stored: dict[str, Any]) -> None:  # noqa: ARG002 -- whatever it holds
        return None


CLOSED = _Closed()


def seal(draft: Draft, *, stream_id: UUID, version: int, previous: str, cause: Cause, vault: Vault) -> Envelope:
    """The event as it will be stored: JSON text, personal fields encrypted, chained to the one before it.

    Raises what the vault raises.
    """
    topic = draft.payload.topic
    payload = _sealed(draft.payload, _Seals(vault, stream_id, version))
    state = f'{_head(draft, previous, cause)}, "payload": {payload}}}'.encode()
    return Envelope(
        originator_id=stream_id,
        originator_version=version,
        topic=topic,
        state=state,
        previous=previous,
        cause=cause,
        occurred_at=draft.occurred_at,
        policy=draft.policy,
        payload=draft.payload,
    )


def _sealed(payload: Event, seals: _Seals) -> str:
    try:
        return payload.model_dump_json(exclude_none=True, context={"sealing": seals})
    except PydanticSerializationError as error:
        raise seals.failure or error from None


def open_(stored: StoredEvent, keys: Keys | None) -> Envelope:
    """The event that was stored; personal text reads as None once its person's key is destroyed, or without keys.

    Raises UnknownTopicError and UnreadableEventError, which name the topic and the place.
    """
    stream_id, version = _identity(stored.originator_id), stored.originator_version
    sealing = CLOSED if keys is None else _Opens(keys, stream_id, version)
    body = _read(stored, {"sealing": sealing})
    return Envelope(
        originator_id=stream_id,
        originator_version=version,
        topic=stored.topic,
        state=stored.state,
        previous=body.previous,
        cause=body.cause(),
        occurred_at=body.occurred_at,
        policy=body.policy,
        payload=body.payload,
        position=stored.id if isinstance(stored, Notification) else None,
    )


def personal_texts(stored: StoredEvent, keys: Keys) -> Iterator[tuple[str, str | None]]:
    """Every personal text of an event: where it stands in the stored JSON, as a pointer, and what it says."""
    sealing = _Opens(keys, UUID(str(stored.originator_id)), stored.originator_version)
    for pointer, sealed in _sealed_in(from_json(stored.state)["payload"], "/payload"):
        yield pointer, sealing.open(sealed)


def _sealed_in(value: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401 -- any JSON
    if isinstance(value, dict) and value.keys() >= {"person", "key", "cipher"}:
        yield pointer, value
    elif isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _sealed_in(part, f"{pointer}/{name}")


def _head(draft: Draft, previous: str, cause: Cause) -> str:
    """The stored text up to the payload."""
    actor, policy = cause.actor, "null" if draft.policy is None else as_text(draft.policy)
    return (
        f'{{"occurred_at": "{stamp(draft.occurred_at)}", "recorded_at": "{stamp(cause.recorded_at)}", '
        f'"actor": {{"role": "{actor.role}", "id": {as_text(actor.id)}}}, '
        f'"command_id": "{cause.command_id}", "correlation_id": "{cause.correlation_id}", '
        f'"policy": {policy}, "previous": "{previous}"'
    )


def _read(stored: StoredEvent, context: dict[str, Any]) -> _Body[Any]:
    try:
        if stored.topic not in UPCASTS:
            return _body_of(stored.topic).model_validate_json(stored.state, context=context)
        body = from_json(stored.state)
        topic, body["payload"] = newest(stored.topic, body["payload"])
        return _body_of(topic).model_validate(body, context=context)
    except UnknownTopicError as error:
        raise UnknownTopicError(f"{error}, {_place(stored)}") from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise UnreadableEventError(f"{_place(stored)} does not fit {stored.topic!r}: {faults}") from None
    except InvalidTag:
        raise UnreadableEventError(f"{_place(stored)} holds personal data sealed for another place") from None


@cache
def _body_of(topic: str) -> type[_Body[Any]]:
    event = event_of(topic)
    if event is None:
        raise UnknownTopicError(f"no event is known by the topic {topic!r}")
    return cast("type[_Body[Any]]", _Body.__class_getitem__(event))


def _identity(stream_id: UUID | str) -> UUID:
    return stream_id if isinstance(stream_id, UUID) else UUID(stream_id)


def _place(stored: StoredEvent) -> str:
    position = f"at position {stored.id}" if isinstance(stored, Notification) else "the event"
    return f"{position}, stream {stored.originator_id}, version {stored.originator_version}"


def stamp(at: datetime) -> str:
    """An instant as the log writes it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
