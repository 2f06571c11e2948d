"""Events of the buyer's refund: its way through the payment provider, and what the bank or others do beside it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from domain.messages import Line, Personal
from domain.money import Money
from domain.order.facts import Reference
from domain.refund.events.case_event import CaseEvent


class RefundSubmitted(CaseEvent):
    """The payment provider has taken the refund."""

    topic: ClassVar[str] = "refund.submitted.v1"
    reference: Reference


class RefundSettled(CaseEvent):
    """The refund reached the buyer's payment method."""

    topic: ClassVar[str] = "refund.settled.v1"
    attempt: int | None = None
    """Which attempt it was, from 1; not told by the first events of this kind, which speak of the newest."""


class StrayRefundSettled(CaseEvent):
    """A refund reached the buyer although it was given up, or beside another: an alarm."""

    topic: ClassVar[str] = "refund.stray_refund_settled.v1"
    attempt: int
    """Which attempt it was, from 1."""


class GivenUpRefundSettled(CaseEvent):
    """A refund that the case had given up reached the buyer after all; it counts for what is open on the line."""

    topic: ClassVar[str] = "refund.given_up_refund_settled.v1"
    attempt: int
    """Which attempt it was, from 1."""


class RefundAttemptFailed(CaseEvent):
    """The refund failed for now and is tried again under the same key."""

    topic: ClassVar[str] = "refund.attempt_failed.v1"
    detail: Personal | Line | None = None


class RefundFailed(CaseEvent):
    """The refund failed for good, or failed while the buyer has got money in another way; now it is support's."""

    topic: ClassVar[str] = "refund.failed.v1"
    detail: Personal | Line | None = None


class RefundRequestedAgain(CaseEvent):
    """Support tries the failed refund once more, under a new key."""

    topic: ClassVar[str] = "refund.requested_again.v1"


class RefundPaidOtherwise(CaseEvent):
    """The failed refund reached the buyer in another way."""

    topic: ClassVar[str] = "refund.paid_otherwise.v1"
    reference: Reference


class SupersededByChargeback(CaseEvent):
    """The buyer's bank takes over before a refund was submitted."""

    topic: ClassVar[str] = "refund.superseded_by_chargeback.v1"
    reference: Reference


class RefundSupersededByChargeback(CaseEvent):
    """The submitted refund failed while a chargeback is open; it is not tried again."""

    topic: ClassVar[str] = "refund.refund_superseded_by_chargeback.v1"
    detail: Personal | Line | None = None


class ChargebackRecorded(CaseEvent):
    """A chargeback came when it could no longer stop the case."""

    topic: ClassVar[str] = "refund.chargeback_recorded.v1"
    reference: Reference


class ChargebackReversed(CaseEvent):
    """The chargeback was contested and won; the buyer's bank has taken the money from him again."""

    topic: ClassVar[str] = "refund.chargeback_reversed.v1"
    reference: Reference


class RefundedElsewhere(CaseEvent):
    """The marketplace refunded the buyer by another way."""

    topic: ClassVar[str] = "refund.refunded_elsewhere.v1"
    amount: Money
    reference: Reference


class OutsideRefundRecorded(CaseEvent):
    """The marketplace refunded the buyer although the case had settled or ended: an alarm."""

    topic: ClassVar[str] = "refund.outside_refund_recorded.v1"
    amount: Money
    reference: Reference


class OutsideFactRecorded(CaseEvent):
    """A fact that moves nothing where the case stands; recorded, since outside facts are never refused."""

    topic: ClassVar[str] = "refund.outside_fact_recorded.v1"
    fact: Line
    happened_at: datetime
    content: Personal | str | None = None
    """All that was reported, as JSON."""
