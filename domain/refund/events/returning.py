"""Events of an item on its way back to the seller."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from domain.messages import Line, Personal
from domain.money import Money
from domain.order.facts import Reference, Tracking
from domain.refund.events.case_event import CaseEvent, EvidenceItem
from domain.vocabulary import DisputeReason


class ReturnReportedShipped(CaseEvent):
    """The buyer says the parcel is handed in."""

    topic: ClassVar[str] = "refund.return_reported_shipped.v1"
    tracking: Tracking | None = None


class ReturnLabelIssued(CaseEvent):
    """The carrier issued the return label."""

    topic: ClassVar[str] = "refund.return_label_issued.v1"
    tracking: Tracking
    cost: Money
    label: Personal | Reference | None = None
    """Where the label itself lies: it shows addresses."""


class ReturnLabelRecorded(CaseEvent):
    """A label was issued, or learned of, when the case no longer waited for one; it counts if the parcel uses it."""

    topic: ClassVar[str] = "refund.return_label_recorded.v1"
    tracking: Tracking
    cost: Money
    label: Personal | Reference | None = None
    """Where the label itself lies: it shows addresses."""


class ReturnLabelFailed(CaseEvent):
    """The carrier cannot issue a label; support looks for another way."""

    topic: ClassVar[str] = "refund.return_label_failed.v1"
    detail: Personal | Line | None = None


class ReturnNotShipped(CaseEvent):
    """The window ran out: cancelled, label void, nothing refunded, nothing charged."""

    topic: ClassVar[str] = "refund.return_not_shipped.v1"


class LabelUse(CaseEvent):
    """What every scan of a returned parcel tells of its label."""

    label_share: Money | None = None
    """What this case bears of a label that serves several; None where the label is its own."""


class _ReturnScan(LabelUse):
    happened_at: datetime
    """When the carrier scanned, UTC."""


class ReturnAccepted(_ReturnScan):
    """The carrier has the parcel."""

    topic: ClassVar[str] = "refund.return_accepted.v1"


class ReturnDelivered(_ReturnScan):
    """The parcel is with the seller."""

    topic: ClassVar[str] = "refund.return_delivered.v1"


class ReturnReinstated(_ReturnScan):
    """A scan dated inside the window came after it had lapsed: the case lives again."""

    topic: ClassVar[str] = "refund.return_reinstated.v1"


class ReturnReinstatedDelivered(_ReturnScan):
    """The same, and the parcel is already with the seller."""

    topic: ClassVar[str] = "refund.return_reinstated_delivered.v1"


class LateReturnToSupport(_ReturnScan):
    """The parcel was handed in after the window; the item is gone, so support decides."""

    topic: ClassVar[str] = "refund.late_return_to_support.v1"


class ReturnArrivedDuringReview(_ReturnScan):
    """The parcel arrived while support has the case."""

    topic: ClassVar[str] = "refund.return_arrived_during_review.v1"


class ReturnScanRecorded(_ReturnScan):
    """A scan that moves the case nowhere any more; a label that it used is booked all the same."""

    topic: ClassVar[str] = "refund.return_scan_recorded.v1"
    delivered: bool


class ReturnLost(CaseEvent):
    """The parcel did not arrive in time; support looks for it."""

    topic: ClassVar[str] = "refund.return_lost.v1"


class ReturnConfirmed(CaseEvent):
    """The seller has the right item back."""

    topic: ClassVar[str] = "refund.return_confirmed.v1"


class ReturnConfirmedBySilence(CaseEvent):
    """The seller said nothing about the item in time, which confirms it."""

    topic: ClassVar[str] = "refund.return_confirmed_by_silence.v1"


class ReturnDisputed(CaseEvent):
    """Something is wrong with what came back; on hold, nothing charged or refunded, until support decides."""

    topic: ClassVar[str] = "refund.return_disputed.v1"
    reason: DisputeReason
    text: Personal
    evidence: tuple[EvidenceItem, ...] = ()
