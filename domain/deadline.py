"""The live deadline of whatever waits for somebody: what it ends, when, and why then (SPEC §4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from domain.business_time import Due, Unit, halfway
from domain.messages import Command, Value
from domain.policy import Policy


class DeadlineKind(StrEnum):
    """Which wait it ends."""

    SELLER_ANSWER = "seller_answer"
    OFFER_ANSWER = "offer_answer"
    RETURN_SHIPPING = "return_shipping"
    RETURN_TRANSIT = "return_transit"
    RETURN_INSPECTION = "return_inspection"
    REPLACEMENT_SHIPPING = "replacement_shipping"
    REPLACEMENT_TRANSIT = "replacement_transit"
    REPLACEMENT_INSPECTION = "replacement_inspection"
    ESCALATION = "escalation"
    CANCELLATION_ANSWER = "cancellation_answer"


class Deadline(Value):
    """Computed when the wait began and never moved by a later policy."""

    kind: DeadlineKind
    due_at: datetime
    """The first instant that is too late, UTC: ``now < due_at`` is in time."""
    explanation: str
    remind_at: tuple[datetime, ...] = ()
    """When whoever is waited on is reminded, UTC."""

    def has_passed(self, at: datetime) -> bool:
        """Whether it is too late at this instant (SPEC §4)."""
        return self.due_at <= at


def deadline(kind: DeadlineKind, at: datetime, end: Due, policy: Policy) -> Deadline:
    """The deadline of a wait that begins ``at`` and ends as ``end`` says, with its reminders."""
    return Deadline(kind=kind, due_at=end.at, explanation=end.explanation, remind_at=reminders(at, end.at, policy))


def reminders(at: datetime, due_at: datetime, policy: Policy) -> tuple[datetime, ...]:
    """Half-way, and the policy's span before the end; never outside business hours (SPEC §6)."""
    calendar = policy.calendar
    (before_end,) = policy.windows.reminder_before_end.spans
    size = timedelta(days=1) if before_end.unit is Unit.BUSINESS_DAYS else timedelta(hours=1)
    wanted = (halfway(at, due_at, calendar), calendar.before(due_at, before_end.amount * size))
    moments = {calendar.next_open(moment) for moment in wanted}
    return tuple(sorted(moment for moment in moments if at < moment < due_at))


class Expire(Command):
    """The window that ends at ``due_at`` has run out without an answer."""

    due_at: datetime

    def is_due(self, live: Deadline | None, now: datetime) -> bool:
        """Whether it ends the live deadline; one that is over already, or still to come, ends nothing."""
        return live is not None and live.due_at == self.due_at and live.has_passed(now)
