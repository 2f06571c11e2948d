"""What can happen to an order line."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from domain.messages import Event
from domain.order.facts import OrderLineFacts, Reference


class OrderLineRecorded(Event):
    """The marketplace reported a line for the first time."""

    topic: ClassVar[str] = "order_line.recorded.v1"
    facts: OrderLineFacts


class OrderLineUpdated(Event):
    """The marketplace reported a line again, with other facts."""

    topic: ClassVar[str] = "order_line.updated.v1"
    facts: OrderLineFacts


class RefundCaseOpened(Event):
    """A refund case was opened on this line; written together with the case's first event."""

    topic: ClassVar[str] = "order_line.refund_case_opened.v1"
    case_id: UUID
    attempt: int


class RefundCaseRevived(Event):
    """A closed refund case of this line came alive again; written together with the case's event."""

    topic: ClassVar[str] = "order_line.refund_case_revived.v1"
    case_id: UUID


class CancellationOpened(Event):
    """A cancellation was requested on this line; written together with the request's first event."""

    topic: ClassVar[str] = "order_line.cancellation_opened.v1"
    cancellation_id: UUID
    attempt: int


class RefundTold(Event):
    """A matter of this line was told of a refund that nobody waited for there; written with what came of it."""

    topic: ClassVar[str] = "order_line.refund_told.v1"
    matter_id: UUID
    """Which case or cancellation the report named."""


class PaymentChargedBack(Event):
    """The buyer's bank took back what he had paid; written together with what a case or cancellation made of it."""

    topic: ClassVar[str] = "order_line.charged_back.v1"
    reference: Reference
    """The bank's or provider's name for the dispute."""


class ChargebackReversed(Event):
    """The dispute was won: the bank gave the payment back to the marketplace."""

    topic: ClassVar[str] = "order_line.chargeback_reversed.v1"
    reference: Reference
