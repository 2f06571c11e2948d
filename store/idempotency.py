"""The record that a command took effect: the same command id twice has one effect and the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from store.engine import reading
from store.failures import translated
from store.tables import command


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """One command that took effect, written in the same transaction as its events (DESIGN §2)."""

    command_id: UUID
    fingerprint: bytes
    """What was asked, so that the same id with another body can be told apart."""
    stream_id: UUID
    version: int
    """Of the stream, after the command."""
    recorded_at: datetime
    position: int | None = None
    """Of the command's last event in the log, filled when stored; None where nothing had to be recorded."""


FIELDS = [command.c[name] for name in CommandRecord.__dataclass_fields__]
FIND = sa.select(*FIELDS).where(command.c.command_id == sa.bindparam("command_id"))


class Commands:
    """Looks up which commands took effect."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(self, command_id: UUID) -> CommandRecord | None:
        """The record of this command, or None if it never took effect."""
        with translated(), reading(self._engine) as conn:
            row = conn.execute(FIND, {"command_id": command_id}).one_or_none()
        return None if row is None else CommandRecord(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name
