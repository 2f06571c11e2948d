"""Events of the seller's answers, the buyer's replies to them, and their silences."""

from __future__ import annotations

from typing import ClassVar

from domain.messages import Personal
from domain.money import Money
from domain.order.facts import Tracking
from domain.refund.events.case_event import CaseEvent, EvidenceItem
from domain.seller.rules import RuleRef
from domain.vocabulary import RejectionCode


class RefundApproved(CaseEvent):
    """The seller refunds in full without a return."""

    topic: ClassVar[str] = "refund.approved.v1"
    seller_rule: RuleRef | None = None
    """The seller's rule that answered in his name; None where he did so himself."""


class ReturnApproved(CaseEvent):
    """The seller refunds in full once the item is back."""

    topic: ClassVar[str] = "refund.return_approved.v1"
    return_address: Personal


class SellerSilent(CaseEvent):
    """The seller's time ran out; support looks at the case. A breach of his service level, no charge."""

    topic: ClassVar[str] = "refund.seller_silent.v1"


class SilenceRefunded(CaseEvent):
    """The seller's time ran out and the policy refunds."""

    topic: ClassVar[str] = "refund.silence_refunded.v1"


class SilenceApprovedReturn(CaseEvent):
    """The seller's time ran out and the policy approves the return."""

    topic: ClassVar[str] = "refund.silence_approved_return.v1"
    return_address: Personal


class PartialRefundOffered(CaseEvent):
    """The seller offered less than everything; a return would go to the address as it stands."""

    topic: ClassVar[str] = "refund.partial_offered.v1"
    amount: Money
    return_address: Personal | None = None


class OfferRaised(CaseEvent):
    """The seller offered more."""

    topic: ClassVar[str] = "refund.offer_raised.v1"
    amount: Money


class OfferAccepted(CaseEvent):
    """The buyer took the partial refund."""

    topic: ClassVar[str] = "refund.offer_accepted.v1"
    amount: Money


class OfferDeclinedForReturn(CaseEvent):
    """The buyer would rather return the item for everything."""

    topic: ClassVar[str] = "refund.offer_declined_for_return.v1"


class OfferDeclinedToSupport(CaseEvent):
    """The buyer turned the offer down, and there is nothing to return."""

    topic: ClassVar[str] = "refund.offer_declined_to_support.v1"


class OfferLapsedToReturn(CaseEvent):
    """The buyer stayed silent, which never accepts; the return is open to him."""

    topic: ClassVar[str] = "refund.offer_lapsed_to_return.v1"


class OfferLapsedToSupport(CaseEvent):
    """The buyer stayed silent, and there is nothing to return."""

    topic: ClassVar[str] = "refund.offer_lapsed_to_support.v1"


class RequestRejected(CaseEvent):
    """The seller refused."""

    topic: ClassVar[str] = "refund.rejected.v1"
    code: RejectionCode
    text: Personal
    evidence: tuple[EvidenceItem, ...] = ()
    tracking: Tracking | None = None


class RequestEscalated(CaseEvent):
    """The buyer asked support to look at the rejection."""

    topic: ClassVar[str] = "refund.escalated.v1"
    text: Personal | None = None


class RejectionStood(CaseEvent):
    """The buyer let the rejection stand."""

    topic: ClassVar[str] = "refund.rejection_stood.v1"
