"""An errand: one command on its way, with who sends it, its id and its conditions; and the receipt for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from domain.actors import Actor
from store.envelope import Cause, Envelope
from store.idempotency import CommandRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Who sends a command, under which id; the same id twice has one effect (DESIGN §2)."""

    actor: Actor
    command_id: UUID
    correlation_id: UUID | None = None
    """What the command belongs to, for an auditor's walk; the command's own id where nothing else is given."""
    expected_version: int | None = None
    """The version the actor decided on; another one is refused (If-Match)."""
    preview: bool = False
    """Decide, but record nothing."""

    def cause(self, now: datetime) -> Cause:
        """What every event of this errand carries."""
        return Cause(self.actor, self.command_id, self.correlation_id or self.command_id, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a command led to."""

    stream_id: UUID
    version: int
    """Of the stream, after the command."""
    position: int | None
    """In the log, to wait for in the read models; None where nothing was recorded."""
    recorded_at: datetime
    events: tuple[Envelope, ...] = ()
    """What this call recorded, or would record; empty when the command had taken effect before."""
    repeated: bool = False


def fingerprint(target: str, command: BaseModel, actor: Actor) -> bytes:
    """What was asked, by whom, of what: the same command id with another fingerprint is refused."""
    asked = f"{actor}\n{target}\n{type(command).__name__}\n{command.model_dump_json()}"
    return hashlib.sha256(asked.encode()).digest()


def receipt_again(record: CommandRecord) -> Receipt:
    """The receipt of a command that took effect before."""
    return Receipt(
        stream_id=record.stream_id,
        version=record.version,
        position=record.position,
        recorded_at=record.recorded_at,
        repeated=True,
    )
