"""Facts from carriers, payment provider, bank and marketplace: never refused (SPEC §4)."""

from __future__ import annotations

from pydantic import AwareDatetime

from domain.messages import Command, Line
from domain.money import Money
from domain.order.facts import Reference, Tracking


class FactCommand(Command):
    """A fact from outside: never refused, counted from ``happened_at`` (SPEC §4)."""

    happened_at: AwareDatetime
    """When it happened in the world, as the reporter says."""


class ReportReturnLabelIssued(FactCommand):
    """The carrier issued the return label."""

    tracking: Tracking
    cost: Money
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


class ReportOrderAccepted(FactCommand):
    """The carrier scanned the late order or giveaway in after all."""


class ReportRefundSubmitted(FactCommand):
    """The payment provider has taken the refund."""

    reference: Reference


class ReportRefundSettled(FactCommand):
    """The refund has reached the buyer's payment method."""


class ReportRefundAttemptFailed(FactCommand):
    """The refund failed for now and may be tried again under the same key."""

    detail: Line | None = None


class ReportRefundFailed(FactCommand):
    """The refund failed for good."""

    detail: Line | None = None


class ReportChargeback(FactCommand):
    """The buyer's bank opened a chargeback."""

    reference: Reference


class ReportRefundElsewhere(FactCommand):
    """The marketplace refunded the buyer by another way."""

    amount: Money
    reference: Reference
