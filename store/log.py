"""The event log as an application of the library: sealed envelopes appended to streams, and read back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, Mapper, StoredEvent
from eventsourcing.utils import Environment, EnvType

from store.chain import GENESIS
from store.codec import open_, seal
from store.envelope import Cause, Draft, Envelope
from store.idempotency import CommandRecord
from store.recorder import LogRecorder
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a stream ends: what an append continues from."""

    stream_id: UUID
    version: int = 0
    digest: str = GENESIS


@dataclass(frozen=True, slots=True)
class Append:
    """Events to add to one stream, each with its cause. Fails if the stream has moved on from ``tip``."""

    tip: Tip
    drafts: Sequence[tuple[Draft, Cause]]


class SealedMapper(Mapper[UUID]):
    """The library's mapper over our codec: an envelope was sealed before it is stored."""

    def __init__(self, vault: Vault | None) -> None:
        self._vault = vault

    def to_stored_event(self, domain_event: Envelope) -> StoredEvent:  # type: ignore[override]
        return StoredEvent(
            domain_event.originator_id, domain_event.originator_version, domain_event.topic, domain_event.state
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Envelope:
        return open_(stored_event, self._vault)


class EventLog(Application[UUID]):
    """Appends and reads envelopes. What it raises is in ``store.failures``."""

    name = "directservice"

    def __init__(self, recorder: LogRecorder, vault: Vault) -> None:
        self._log_recorder = recorder
        self._vault = vault
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Nothing of the process environment: what configures the house comes through ``runtime``."""
        return Environment(name, env)

    def construct_mapper(self) -> Mapper[UUID]:
        return SealedMapper(self._vault)

    def construct_recorder(self) -> ApplicationRecorder:
        return self._log_recorder

    def history(self, stream_id: UUID) -> list[Envelope]:
        """One stream from its first event; empty when there is none."""
        return self.histories([stream_id])[stream_id]

    def histories(self, stream_ids: Iterable[UUID], conn: sa.Connection | None = None) -> Mapping[UUID, list[Envelope]]:
        """Several streams in one query; an unknown one is empty."""
        stored = self._log_recorder.select_streams(list(stream_ids), conn=conn)
        keys = self._vault.keyring(event.state for events in stored.values() for event in events)
        opened: dict[UUID, list[Envelope]] = defaultdict(list)
        for stream_id, events in stored.items():
            opened[stream_id] = [open_(event, keys) for event in events]
        return opened

    def opened(self, stored: Sequence[StoredEvent]) -> list[Envelope]:
        """These stored events with what their persons' keys still open. Raises UnknownTopicError."""
        keys = self._vault.keyring(event.state for event in stored)
        return [open_(event, keys) for event in stored]

    def append(
        self,
        appends: Sequence[Append],
        *,
        command: CommandRecord | None = None,
        conn: sa.Connection | None = None,
    ) -> list[Envelope]:
        """Seal and store everything, or nothing; the envelopes with their positions, in the order given.

        Raises StreamMoved, CommandRepeated, CommandInFlight or InDoubt.
        """
        sealed = self.sealed(appends)
        recordings = self.events.put(sealed, command=command, conn=conn)
        return [
            replace(envelope, position=recording.notification.id)
            for envelope, recording in zip(sealed, recordings, strict=True)
        ]

    def sealed(self, appends: Sequence[Append]) -> list[Envelope]:
        """The envelopes as they would be stored."""
        return [envelope for append in appends for envelope in self._seal(append)]

    def _seal(self, append: Append) -> list[Envelope]:
        sealed: list[Envelope] = []
        for draft, cause in append.drafts:
            tip = tip_of(append.tip.stream_id, sealed) if sealed else append.tip
            envelope = seal(
                draft,
                stream_id=tip.stream_id,
                version=tip.version + 1,
                previous=tip.digest,
                cause=cause,
                vault=self._vault,
            )
            sealed.append(envelope)
        return sealed


def tip_of(stream_id: UUID, history: Sequence[Envelope]) -> Tip:
    """Where this history ends."""
    if not history:
        return Tip(stream_id)
    return Tip(stream_id, history[-1].originator_version, history[-1].digest)
