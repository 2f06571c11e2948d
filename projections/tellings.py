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


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and whom it tells what."""

    envelope: Envelope
    notices: tuple[Notice, ...]
    reminder: Notice | None
    """What whoever is waited on from here on is told before his time ends; at the deadline's ``remind_at``."""

    @property
    def reminders(self) -> tuple[tuple[UUID, datetime], ...]:
        """The ids of reminders of the live deadline and their times, of those that lie ahead of the event."""
        runs, recorded_at = step_of(self.envelope).deadline, self.envelope.cause.recorded_at
        if runs is None or self.reminder is None:
            return ()
        name = f"reminder/{deadline_name(runs)}"
        numbered = enumerate(runs.remind_at)
        return tuple(
            (uuid5(self.envelope.originator_id, f"{name}/{it}"), at) for it, at in numbered if at > recorded_at
        )


def deadline_name(runs: Deadline | None) -> str:
    """How a deadline of a stream is told from its others; empty for none."""
    return f"{runs.kind}@{runs.due_at.isoformat()}" if runs else ""


class Tellings:
    """Works out notices, knowing streams from the events at hand, those seen lately, or the log itself."""

    def __init__(self) -> None:
        self._seen: LRUCache[tuple[UUID, int], Standing] = LRUCache(KEPT)

    def of(self, conn: sa.Connection, events: Sequence[Envelope]) -> list[Told]:
        """One for each of these events, in their order."""
        self._look_up(conn, events)
        return [self._told(envelope) for envelope in events]

    def _told(self, envelope: Envelope) -> Told:
        stream_id, version = envelope.originator_id, envelope.originator_version
        step, before = step_of(envelope), self._seen.get((stream_id, version - 1), Standing())
        after = self._seen[stream_id, version] = before.after(type(step), step.status)
        return Told(envelope, notices_of(step, before, envelope.cause.actor.role), _reminder(step, after))

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
    passed, before = Standing(), Standing()
    for envelope in history:
        step, before = step_of(envelope), passed
        passed = before.after(type(step), step.status)
    notices = notices_of(step, before, envelope.cause.actor.role)
    return Told(envelope, notices, _reminder(step, passed))


def reader_of(role: Role, line: OrderLineFacts) -> str:
    """Who reads the notices to this role: the line's buyer or seller, or all of support."""
    ids = {Role.BUYER: line.buyer_id, Role.SELLER: line.seller_id}
    return f"{role}:{ids[role]}" if role in ids else str(role)
