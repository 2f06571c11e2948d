"""The live deadline of a waiting case: what it ends, when, and why then (SPEC §4)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.messages import Command, Value


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


class Deadline(Value):
    """Computed when the wait began and never moved by a later policy."""

    kind: DeadlineKind
    due_at: datetime
    """The first instant that is too late, UTC: ``now < due_at`` is in time."""
    explanation: str
    remind_at: tuple[datetime, ...] = ()
    """When whoever is waited on is reminded, UTC."""


class Expire(Command):
    """The window that ends at ``due_at`` has run out without an answer."""

    due_at: datetime
