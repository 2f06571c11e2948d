"""What carriers report of an order itself; never refused (SPEC §4)."""

from __future__ import annotations

from domain.messages import FactCommand


class ReportOrderAccepted(FactCommand):
    """The carrier scanned the order in: a late one or a giveaway after all, or one whose cancellation was asked."""
