"""Exports: a part of the log as NDJSON, with all that somebody else needs to verify it (docs/audit-chain.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from eventsourcing.persistence import Notification
from pydantic_core import to_json

from store.audit.proofs import Proof, Proofs
from store.codec import personal_texts, stamp
from store.vault import Vault

FORMAT: Final = 1


class Scope(StrEnum):
    """What an export holds."""

    CASE = "case"
    """One refund case or cancellation, whole."""
    SELLER = "seller"
    """A seller's account, his order lines, and every case and cancellation on them, each whole."""
    PERIOD = "period"
    """Everything recorded in a period, without a gap; streams may begin or end in the middle."""


@dataclass(frozen=True, slots=True)
class Title:
    """What the first line says."""

    scope: Scope
    subject: dict[str, str]
    """Which case, which seller, from when to when."""
    taken_at: datetime
    taken_by: str
    """As ``role:id``."""
    opened: bool
    """Personal texts stand beside what is sealed; what is sealed alone dies with its person's key."""


class Exporter:
    """Writes the lines of exports, one event at a time."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def lines(self, title: Title, events: Iterable[Notification]) -> Iterator[bytes]:
        """The title, each root before the first event under it, the events, and at the end how many there were."""
        yield _line("export", format=FORMAT, **_told(title))
        proofs, roots, count = Proofs(self._engine), set[int](), 0
        for event in events:
            proof = proofs.of(event.id)
            if proof is not None and proof.root.number not in roots:
                yield _line("root", **proof.root.told())
                roots.add(proof.root.number)
            yield self._event(event, proof, opened=title.opened)
            count += 1
        yield _line("end", events=count)

    def _event(self, event: Notification, proof: Proof | None, *, opened: bool) -> bytes:
        texts = {"opened": dict(personal_texts(event, self._vault))} if opened else {}
        return _line(
            "event",
            position=event.id,
            stream_id=str(event.originator_id),
            version=event.originator_version,
            topic=event.topic,
            state=event.state.decode(),
            proof=proof and {"root": proof.root.number, "index": proof.index, "path": proof.path},
            **texts,
        )


def _told(title: Title) -> dict[str, Any]:
    return {
        "scope": title.scope,
        **title.subject,
        "taken_at": stamp(title.taken_at),
        "taken_by": title.taken_by,
        "personal": "opened" if title.opened else "sealed",
    }


def _line(kind: str, **content: Any) -> bytes:  # noqa: ANN401 -- any JSON
    return to_json({"kind": kind, **content}) + b"\n"
