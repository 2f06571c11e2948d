"""The port to the carriers who bring returns back to sellers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.money import Money
from domain.order.facts import Tracking


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOrder:
    """One return label to issue, from the buyer to the seller's frozen return address."""

    key: UUID
    """The idempotency key, by which the label can also be voided."""
    case_id: UUID
    """To be given back in every report."""
    order_id: str
    buyer_id: str
    to: str
    """The seller's return address as JSON (``domain.seller.account.Address``)."""
    currency: str
    """In which the cost is told: the order line's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLabel:
    """A label that the buyer can use."""

    tracking: Tracking
    cost: Money
    """What it costs once it is used; a void or unused one costs nothing."""
    issued_at: datetime
    """When it was issued first, UTC; the same on every answer to the same key."""
    document: str | None = None
    """A link to what the buyer prints or shows."""


class Carriers(Protocol):
    """Issues and voids labels.

    Scans come through the inbound door, as ``ReportReturnAccepted`` and ``ReportReturnDelivered`` with the case
    and the scan's own time; they may come late, twice and out of order.
    """

    def issue(self, order: LabelOrder) -> IssuedLabel:
        """Issue a label; the same key always answers the same label, also once it is void.

        Answers within the port's timeout. Raises NoAnswer when nobody knows whether it was issued, and
        RefusedForGood when it never will be.
        """
        ...

    def void(self, key: UUID) -> None:
        """Make the label of this key unusable; a void one stays void, and an unknown key changes nothing.

        Raises NoAnswer as above, and RefusedForGood for a label whose parcel is already on its way.
        """
        ...
