"""Everything that can happen to a cancellation request."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.deadline import Deadline
from domain.messages import Event, Line, Personal
from domain.money import Money
from domain.order.facts import OrderLineFacts, Reference
from domain.posting import Posting
from domain.vocabulary import CancellationOutcome, CancellationStatus


class CancellationEvent(Event):
    """One step of a cancellation request, with everything that was decided by it."""

    status: CancellationStatus
    """Where the request stands after this event."""
    deadline: Deadline | None = None
    """The live deadline after this event."""
    outcome: CancellationOutcome | None = None
    """How the request ended, where this event closes it or leaves it closed."""
    refund: Money | None = None
    """What this event makes due to the buyer."""
    posting: Posting | None = None
    """What this event does to the books."""


class CancellationRequested(CancellationEvent):
    """The buyer asked the seller to cancel the sale."""

    topic: ClassVar[str] = "cancellation.requested.v1"
    cancellation_id: UUID
    attempt: int
    """Which request on this line it is, from 1."""
    text: Personal | None = None
    line: OrderLineFacts
    """The line's facts as they stood."""


class CancellationAccepted(CancellationEvent):
    """The seller cancelled the sale; everything paid goes back."""

    topic: ClassVar[str] = "cancellation.accepted.v1"


class UnpaidCancellationAccepted(CancellationEvent):
    """The seller cancelled a sale for which nothing was paid; nothing is left to do."""

    topic: ClassVar[str] = "cancellation.accepted_unpaid.v1"


class CancellationDeclined(CancellationEvent):
    """The seller let the sale stand."""

    topic: ClassVar[str] = "cancellation.declined.v1"
    text: Personal | None = None


class CancellationLapsed(CancellationEvent):
    """The seller stayed silent, which declines; the sale stands."""

    topic: ClassVar[str] = "cancellation.lapsed.v1"


class ShippedInstead(CancellationEvent):
    """The carrier has the order, which declines; the sale stands."""

    topic: ClassVar[str] = "cancellation.shipped_instead.v1"
    happened_at: datetime
    """When the carrier scanned, UTC."""


class CancellationWithdrawn(CancellationEvent):
    """The buyer took the request back."""

    topic: ClassVar[str] = "cancellation.withdrawn.v1"


class ShippedAlthoughCancelled(CancellationEvent):
    """The carrier has an order whose sale was cancelled: an alarm."""

    topic: ClassVar[str] = "cancellation.shipped_although_cancelled.v1"
    happened_at: datetime
    """When the carrier scanned, UTC."""


class RefundSubmitted(CancellationEvent):
    """The payment provider has taken the refund."""

    topic: ClassVar[str] = "cancellation.refund_submitted.v1"
    reference: Reference


class RefundSettled(CancellationEvent):
    """The refund reached the buyer's payment method."""

    topic: ClassVar[str] = "cancellation.refund_settled.v1"
    attempt: int | None = None
    """Which attempt it was, from 1; not told by the first events of this kind, which speak of the newest."""


class StrayRefundSettled(CancellationEvent):
    """A refund reached the buyer although it was given up, or beside another: an alarm."""

    topic: ClassVar[str] = "cancellation.stray_refund_settled.v1"
    attempt: int
    """Which attempt it was, from 1."""


class RefundAttemptFailed(CancellationEvent):
    """The refund failed for now and is tried again under the same key."""

    topic: ClassVar[str] = "cancellation.refund_attempt_failed.v1"
    detail: Personal | Line | None = None


class RefundFailed(CancellationEvent):
    """The refund failed for good, or failed while the buyer has got money in another way; now it is support's."""

    topic: ClassVar[str] = "cancellation.refund_failed.v1"
    detail: Personal | Line | None = None


class RefundRequestedAgain(CancellationEvent):
    """Support tries the failed refund once more, under a new key."""

    topic: ClassVar[str] = "cancellation.refund_requested_again.v1"


class RefundPaidOtherwise(CancellationEvent):
    """The failed refund reached the buyer in another way."""

    topic: ClassVar[str] = "cancellation.refund_paid_otherwise.v1"
    reference: Reference


class SupersededByChargeback(CancellationEvent):
    """The buyer's bank took over before the seller had answered; no sale was cancelled."""

    topic: ClassVar[str] = "cancellation.superseded_by_chargeback.v1"
    reference: Reference


class RefundSupersededByChargeback(CancellationEvent):
    """The sale is cancelled and the buyer's bank gives him the money; the refund is not paid as well."""

    topic: ClassVar[str] = "cancellation.refund_superseded_by_chargeback.v1"
    reference: Reference


class RefundLeftToChargeback(CancellationEvent):
    """The submitted refund failed while a chargeback is open; the bank gives the money, and it is not tried again."""

    topic: ClassVar[str] = "cancellation.refund_left_to_chargeback.v1"
    detail: Personal | Line | None = None


class ChargebackRecorded(CancellationEvent):
    """A chargeback came when it could no longer stop the refund."""

    topic: ClassVar[str] = "cancellation.chargeback_recorded.v1"
    reference: Reference


class ChargebackReversed(CancellationEvent):
    """The chargeback was contested and won; the buyer's bank has taken the money from him again."""

    topic: ClassVar[str] = "cancellation.chargeback_reversed.v1"
    reference: Reference


class RefundDueAfterReversal(CancellationEvent):
    """The bank took back what had paid the buyer for the cancelled sale; support sees that he gets it."""

    topic: ClassVar[str] = "cancellation.refund_due_after_reversal.v1"
    reference: Reference


class RefundedElsewhere(CancellationEvent):
    """The marketplace refunded the buyer by another way before the seller had answered."""

    topic: ClassVar[str] = "cancellation.refunded_elsewhere.v1"
    amount: Money
    reference: Reference


class RefundPaidElsewhere(CancellationEvent):
    """The marketplace paid by another way what the cancelled sale had made due."""

    topic: ClassVar[str] = "cancellation.refund_paid_elsewhere.v1"
    amount: Money
    reference: Reference


class OutsideRefundRecorded(CancellationEvent):
    """The marketplace refunded the buyer although the refund was under way or the request had ended: an alarm."""

    topic: ClassVar[str] = "cancellation.outside_refund_recorded.v1"
    amount: Money
    reference: Reference


class OutsideFactRecorded(CancellationEvent):
    """A fact that moves nothing where the request stands; recorded, since outside facts are never refused."""

    topic: ClassVar[str] = "cancellation.outside_fact_recorded.v1"
    fact: Line
    happened_at: datetime
