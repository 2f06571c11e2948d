"""Events of support's decisions and of the seller's appeal."""

from __future__ import annotations

from typing import ClassVar

from domain.messages import Personal
from domain.money import Money
from domain.refund.commands import Liability
from domain.refund.events.case_event import CaseEvent, EvidenceItem
from domain.vocabulary import ReturnState


class TakenOver(CaseEvent):
    """Support took the case over."""

    topic: ClassVar[str] = "refund.taken_over.v1"
    ground: Personal


class TakenOverForFraud(CaseEvent):
    """Support took the case over on suspicion of fraud; the seller is relieved."""

    topic: ClassVar[str] = "refund.taken_over_for_fraud.v1"
    ground: Personal


class HandedToSeller(CaseEvent):
    """The seller answers after all."""

    topic: ClassVar[str] = "refund.handed_to_seller.v1"


class SettledInFull(CaseEvent):
    """The seller refunded in full while support had the case."""

    topic: ClassVar[str] = "refund.settled_in_full.v1"


class _Decision(CaseEvent):
    grounds: Personal
    evidence_considered: tuple[EvidenceItem, ...] = ()


class FullRefundDecided(_Decision):
    """Support granted everything paid."""

    topic: ClassVar[str] = "refund.full_refund_decided.v1"
    liability: Liability


class PartialRefundDecided(_Decision):
    """Support granted a part."""

    topic: ClassVar[str] = "refund.partial_refund_decided.v1"
    amount: Money
    liability: Liability


class _OnReturn(_Decision):
    liability: Liability
    return_address: Personal | None = None


class RefundOnReturnDecided(_OnReturn):
    """Support grants everything once the item is back."""

    topic: ClassVar[str] = "refund.refund_on_return_decided.v1"


class RefundOnReturnDecidedInTransit(_OnReturn):
    """The same, for a parcel that is already under way."""

    topic: ClassVar[str] = "refund.refund_on_return_decided_in_transit.v1"


class RefundOnReturnDecidedArrived(_OnReturn):
    """The same, for a parcel that has already arrived."""

    topic: ClassVar[str] = "refund.refund_on_return_decided_arrived.v1"


class RequestDenied(_Decision):
    """Support granted nothing."""

    topic: ClassVar[str] = "refund.denied.v1"


class RequestDeniedItemSentBack(_Decision):
    """Support granted nothing; the item goes back to the buyer at the platform's cost."""

    topic: ClassVar[str] = "refund.denied_item_sent_back.v1"


class CaseReopened(CaseEvent):
    """Support looks again at a case that ended unpaid."""

    topic: ClassVar[str] = "refund.reopened.v1"
    ground: Personal


class CaseReopenedWithReturn(CaseEvent):
    """Support looks again at the newest case of a line whose item went back after a case of it had ended unpaid."""

    topic: ClassVar[str] = "refund.reopened_with_return.v1"
    ground: Personal
    went_back: ReturnState
    """How far the item had come by then."""


class DecisionAppealed(CaseEvent):
    """The seller objects to a decision that charges him."""

    topic: ClassVar[str] = "refund.appealed.v1"
    text: Personal
    evidence: tuple[EvidenceItem, ...]


class AppealUpheld(_Decision):
    """The seller was right and is credited; the buyer keeps the refund."""

    topic: ClassVar[str] = "refund.appeal_upheld.v1"


class AppealDismissed(_Decision):
    """The decision stands."""

    topic: ClassVar[str] = "refund.appeal_dismissed.v1"
