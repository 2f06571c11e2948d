"""Who is told what by each event: the notices of domain, worked out in log order from what came before (SPEC §7.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from cachetools import LRUCache

from domain.actors import Role
from domain.cancellation import notices as cancellation
from domain.cancellation.events import CancellationEvent
from domain.deadline import Deadline
from domain.messages import Event
from domain.notice import Notice
from domain.order.facts import OrderLineFacts
from domain.refund import notices as refund
from domain.refund.events import CaseEvent
from domain.vocabulary import CancellationStatus, Status
from projections.processes import Step, step_of
from store.envelope import Envelope

KEPT = 50_000
AT_HAND = 1000
"""Events whose telling is kept for the next who asks: as many as the largest batch has."""
PASSED = sa.text("""
    select stream_id, version, topic, state->'payload'->>'status' as status
    from store.event where stream_id = any(:streams) order by stream_id, version
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """As far as a case or cancellation had come."""

    status: str | None = None
    seller_takes_part: bool = False

    def after(self, kind: type[Event], status: str) -> Standing:
        takes_part = issubclass(kind, CaseEvent) and refund.seller_takes_part_after(kind, before=self.seller_takes_part)
        return Standing(status, takes_part)

    def after_step(self, step: Step) -> Standing:
        return self.after(type(step), step.status)


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and whom it tells what."""

    envelope: Envelope
    notices: tuple[Notice, ...]
    reminder: Notice | None
    """What whoever is waited on from here on is told before his time ends."""
    reminders: tuple[tuple[UUID, datetime], ...]
    """Under which ids and when: at the live deadline's ``remind_at``, as far as those lie ahead of the event."""


def deadline_name(runs: Deadline | None) -> str:
    """How a deadline of a stream is told from its others; empty for none."""
    return f"{runs.kind}@{runs.due_at.isoformat()}" if runs else ""


class Tellings:
    """Works out notices, knowing streams from the events at hand, those seen lately, or the log itself."""

    def __init__(self) -> None:
        self._seen: LRUCache[tuple[UUID, int], Standing] = LRUCache(KEPT)
        self._at_hand: LRUCache[tuple[UUID, int], Told] = LRUCache(AT_HAND)

    def of(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Told]:
        """One for each of these events, in their order."""
        self._look_up(conn, events)
        return [self._at_hand.get(_place(envelope)) or self._told(envelope) for envelope in events]

    def _told(self, envelope: Envelope) -> Told:
        stream_id, version = _place(envelope)
        before = self._seen.get((stream_id, version - 1), Standing())
        after = self._seen[stream_id, version] = before.after_step(step_of(envelope))
        told = self._at_hand[stream_id, version] = _told(envelope, before, after)
        return told

    def _look_up(self, conn: sa.Connection, events: Iterable[Envelope]) -> None:
        first: dict[UUID, int] = {}
        for envelope in events:
            first.setdefault(envelope.originator_id, envelope.originator_version)
        unknown = [
            stream for stream, version in first.items() if version > 1 and (stream, version - 1) not in self._seen
        ]
        if unknown:
            self._replay(conn, unknown)

    def _replay(self, conn: sa.Connection, streams: Sequence[UUID]) -> None:
        for row in conn.execute(PASSED, {"streams": list(streams)}):
            before = self._seen.get((row.stream_id, row.version - 1), Standing())
            self._seen[row.stream_id, row.version] = before.after(Event.topics[row.topic], row.status)


def notices_of(step: Step, before: Standing, by: Role) -> tuple[Notice, ...]:
    """Whom this step tells what, caused ``by`` this role, when its case or cancellation stood so before."""
    if isinstance(step, CancellationEvent):
        return cancellation.notices(step, before=CancellationStatus(before.status) if before.status else None)
    status = Status(before.status) if before.status else None
    return refund.notices(step, before=status, by=by, seller_takes_part=before.seller_takes_part)


def _reminder(step: Step, after: Standing) -> Notice | None:
    if isinstance(step, CancellationEvent):
        return cancellation.reminder(step.status)
    notice = refund.reminder(step.status)
    relieved = notice is not None and notice.to is Role.SELLER and not after.seller_takes_part
    return None if relieved else notice


def told_by(history: Sequence[Envelope]) -> Told:
    """What the last event of a history tells whom."""
    before = Standing()
    for envelope in history[:-1]:
        before = before.after_step(step_of(envelope))
    return _told(history[-1], before, before.after_step(step_of(history[-1])))


def _told(envelope: Envelope, before: Standing, after: Standing) -> Told:
    step = step_of(envelope)
    reminder = _reminder(step, after)
    reminders = _reminders(envelope, step.deadline) if reminder and step.deadline else ()
    return Told(envelope, notices_of(step, before, envelope.cause.actor.role), reminder, reminders)


def _reminders(envelope: Envelope, runs: Deadline) -> tuple[tuple[UUID, datetime], ...]:
    name, recorded_at = f"reminder/{deadline_name(runs)}", envelope.cause.recorded_at
    numbered = enumerate(runs.remind_at)
    return tuple((uuid5(envelope.originator_id, f"{name}/{it}"), at) for it, at in numbered if at > recorded_at)


def _place(envelope: Envelope) -> tuple[UUID, int]:
    return envelope.originator_id, envelope.originator_version


def reader_of(role: Role, line: OrderLineFacts) -> str:
    """Who reads the notices to this role: the line's buyer or seller, or all of support."""
    ids = {Role.BUYER: line.buyer_id, Role.SELLER: line.seller_id}
    return f"{role}:{ids[role]}" if role in ids else str(role)
