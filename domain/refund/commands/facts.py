"""Facts from carriers: never refused (SPEC §4)."""

from __future__ import annotations

from domain.messages import FactCommand, Line
from domain.money import ToldMoney
from domain.order.facts import Reference, Tracking


class ReportReturnLabelIssued(FactCommand):
    """The carrier issued the return label."""

    tracking: Tracking
    cost: ToldMoney
    label: Reference | None = None


class ReportReturnLabelFailed(FactCommand):
    """The carrier cannot issue a return label."""

    detail: Line | None = None


class ReportReturnAccepted(FactCommand):
    """The carrier scanned the returned parcel in."""


class ReportReturnDelivered(FactCommand):
    """The carrier delivered the returned parcel."""


class ReportReplacementAccepted(FactCommand):
    """The carrier scanned the replacement in."""


class ReportReplacementDelivered(FactCommand):
    """The carrier delivered the replacement."""
