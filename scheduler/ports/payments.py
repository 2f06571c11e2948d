"""The port to the provider who pays refunds out to buyers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """One refund to pay out."""

    key: UUID
    """The idempotency key: the same for every try of one refund, another one for each refund (SPEC §5)."""
    stream_id: UUID
    """What the refund belongs to; to be given back in every report, as metadata of the refund."""
    attempt: int
    """Which refund of it this is, counted from 1; to be given back likewise."""
    amount: Money
    order_id: str
    line_id: str
    payment_reference: str | None
    """The original payment, where refunds go; None where the marketplace reported none."""


@dataclass(frozen=True, slots=True)
class TakenRefund:
    """The provider has taken a refund; that it has reached the buyer is reported later."""

    reference: str
    """The provider's own name for it."""
    taken_at: datetime
    """When he took it first, UTC; the same on every answer to the same key."""


class Payments(Protocol):
    """Takes refunds and pays them out.

    Taking and settling are two facts. What became of a refund comes later, through the inbound door, as
    ``ReportRefundSettled``, ``ReportRefundAttemptFailed`` or ``ReportRefundFailed`` with the order's stream and
    attempt; it may come late, twice, out of order, and before ``refund`` has answered.
    """

    def refund(self, order: RefundOrder) -> TakenRefund:
        """Hand a refund over, and answer within the port's timeout.

        The same key never pays twice, however late it is repeated: an adapter whose provider forgets keys looks
        the refund up by its metadata first. After a failed attempt was reported, the same key asks for another.
        Raises NoAnswer when nobody knows whether it was taken, and RefusedForGood when it never will be.
        """
        ...
