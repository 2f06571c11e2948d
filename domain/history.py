"""Every event there is: whoever reads history imports this, so that no topic is unknown to him."""

from __future__ import annotations

from types import ModuleType

from domain import evidence, mail_preferences
from domain.buyer import account as buyer_account
from domain.buyer import standing
from domain.cancellation import events as cancellation
from domain.messages import Event
from domain.order import events as order
from domain.refund import events as refund
from domain.refund import kept_scans
from domain.seller import account as seller_account
from domain.seller import adjustments, rules

HOMES: tuple[ModuleType, ...] = (
    adjustments,
    buyer_account,
    cancellation,
    evidence,
    kept_scans,
    mail_preferences,
    order,
    refund,
    rules,
    seller_account,
    standing,
)
"""Where events are written; importing them makes their topics known."""


def event_of(topic: str) -> type[Event] | None:
    """The event that is stored under this topic; None where this version of the program knows none."""
    return Event.topics.get(topic)
