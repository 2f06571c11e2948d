"""Events of a replacement, or of an order that is shipped after all."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from domain.messages import Line, Personal
from domain.money import Money
from domain.order.facts import Tracking
from domain.refund.events.case_event import CaseEvent, EvidenceItem
from domain.refund.events.returning import LabelUse


class ReplacementItemProposed(CaseEvent):
    """The seller named a different item and waits for the buyer's word."""

    topic: ClassVar[str] = "refund.replacement_item_proposed.v1"
    item: Personal | Line


class ReplacementItemAnswered(CaseEvent):
    """The buyer said whether the different item will do."""

    topic: ClassVar[str] = "refund.replacement_item_answered.v1"
    accepted: bool


class ReplacementPromised(CaseEvent):
    """The seller will send a replacement."""

    topic: ClassVar[str] = "refund.replacement_promised.v1"
    different_item: Personal | Line | None = None
    return_address: Personal | None = None


class ReplacementTrackingEntered(CaseEvent):
    """The replacement has a parcel; only the carrier's scan moves the case on."""

    topic: ClassVar[str] = "refund.replacement_tracking_entered.v1"
    tracking: Tracking
    label_cost: Money | None = None


class OrderMarkedShipped(CaseEvent):
    """The seller says the late order or giveaway is on its way."""

    topic: ClassVar[str] = "refund.order_marked_shipped.v1"
    tracking: Tracking


class SendingOrdered(CaseEvent):
    """Support ordered the giveaway sent."""

    topic: ClassVar[str] = "refund.sending_ordered.v1"


class _OutboundScan(CaseEvent):
    happened_at: datetime
    """When the carrier scanned, UTC."""


class OrderShippedAfterAll(_OutboundScan):
    """The carrier has the late order or giveaway."""

    topic: ClassVar[str] = "refund.order_shipped_after_all.v1"


class ReplacementAccepted(_OutboundScan):
    """The carrier has the replacement."""

    topic: ClassVar[str] = "refund.replacement_accepted.v1"


class ReplacementDelivered(_OutboundScan):
    """The replacement is with the buyer."""

    topic: ClassVar[str] = "refund.replacement_delivered.v1"


class ReplacementCrossedReturn(_OutboundScan):
    """Replacement and returned item are both under way; support decides."""

    topic: ClassVar[str] = "refund.replacement_crossed_return.v1"
    delivered: bool


class ReturnCrossedReplacement(LabelUse, _OutboundScan):
    """The item is on its way back although a replacement is sent; support decides."""

    topic: ClassVar[str] = "refund.return_crossed_replacement.v1"
    delivered: bool


class ReplacementScanRecorded(_OutboundScan):
    """A scan that does not move the case."""

    topic: ClassVar[str] = "refund.replacement_scan_recorded.v1"
    delivered: bool


class StrayReplacementRecorded(_OutboundScan):
    """A replacement travels although the refund was due already."""

    topic: ClassVar[str] = "refund.stray_replacement_recorded.v1"
    delivered: bool


class OrderScanRecorded(_OutboundScan):
    """The order was scanned when that could no longer move the case."""

    topic: ClassVar[str] = "refund.order_scan_recorded.v1"


class ReplacementMissedReturnOpened(CaseEvent):
    """No replacement was handed in; the buyer may return the item for everything."""

    topic: ClassVar[str] = "refund.replacement_missed_return_opened.v1"
    return_address: Personal | None = None


class ReplacementMissedToSupport(CaseEvent):
    """No replacement was handed in, and there is nothing to return."""

    topic: ClassVar[str] = "refund.replacement_missed_to_support.v1"


class ReplacementLost(CaseEvent):
    """The replacement did not arrive in time."""

    topic: ClassVar[str] = "refund.replacement_lost.v1"


class ReplacementProblemReported(CaseEvent):
    """The buyer says what is wrong with the replacement."""

    topic: ClassVar[str] = "refund.replacement_problem_reported.v1"
    description: Personal
    photos: tuple[EvidenceItem, ...] = ()


class ReplacementClosed(CaseEvent):
    """The buyer kept the replacement."""

    topic: ClassVar[str] = "refund.replaced.v1"


class OrderFulfilled(CaseEvent):
    """The late order or giveaway arrived after all."""

    topic: ClassVar[str] = "refund.fulfilled.v1"
