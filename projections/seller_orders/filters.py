"""The hub's filters by their names."""

from __future__ import annotations

from enum import StrEnum


class Quick(StrEnum):
    """The quick filters. A line may stand under both processes; neither hides the other."""

    ALL = "all"
    REFUND = "refund"
    """Every line that ever had a case, the open ones first."""
    CANCELLATIONS = "cancellations"
    """Every line of which a cancellation was ever asked, the open ones first."""


class Filter(StrEnum):
    """The sub-filters."""

    ACTION_DUE = "action_due"
    OVERDUE_SOON = "overdue_soon"
    WAITING_ON_BUYER = "waiting_on_buyer"
    ON_HOLD = "on_hold"
    CLOSED = "closed"
