"""One case as its events tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.deadline import Deadline
from domain.messages import Personal
from domain.money import Money, together
from domain.order.facts import OrderLineFacts
from domain.posting import Account, Posting
from domain.refund.commands import Liability
from domain.vocabulary import (
    NEVER_ARRIVED,
    RETURNABLE,
    Outcome,
    Reason,
    RefundState,
    ReplacementState,
    ReturnState,
    ReviewCause,
    Route,
    Status,
)


def is_refundable(reason: Reason, line: OrderLineFacts) -> bool:
    """Whether anything was paid that could go back; a giveaway has no refund (SPEC §3)."""
    return reason is not Reason.GIVEAWAY_NOT_RECEIVED and any((line.price, line.shipping, line.tax))


def is_returnable(reason: Reason, line: OrderLineFacts) -> bool:
    """Whether the buyer who asks for this reason holds an item that could come back for what he paid.

    A request for another reason is about an item in his hands once the line was delivered.
    """
    holds_item = reason in RETURNABLE or (reason is Reason.OTHER and line.delivered_at is not None)
    return holds_item and is_refundable(reason, line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything about a case that a later decision may ask."""

    id: UUID
    attempt: int
    status: Status
    route: Route
    reason: Reason
    line: OrderLineFacts
    """The line's facts as pinned when the request was made."""
    policy: str
    opened_at: datetime
    deadline: Deadline | None = None
    version: int = 1
    review_cause: ReviewCause | None = None
    refund: RefundState = RefundState.NONE
    refund_due: Money | None = None
    """What is, or was last, due to the buyer."""
    attempts: tuple[Money, ...] = ()
    """The amounts of the refunds asked of the provider so far; each has its own key there."""
    attempts_settled: frozenset[int] = frozenset()
    """Which of them reached the buyer, by the provider's word."""
    refunds_made: int = 0
    refunded: Money | None = None
    """What has reached the buyer for this case."""
    refunded_beside: Money | None = None
    """What the marketplace refunded him by other ways beside that."""
    refunds_elsewhere: frozenset[str] = frozenset()
    """The refunds that the marketplace made in other ways, by its references: each counts once."""
    posting: Posting | None = None
    """What stands in the books for this case's refund."""
    held: Money | None = None
    offer: Money | None = None
    offer_raises: int = 0
    return_state: ReturnState = ReturnState.NONE
    return_address: Personal | None = None
    return_label_cost: Money | None = None
    return_reported: bool = False
    return_opened_at: datetime | None = None
    """When the buyer's time to hand the item in began."""
    return_lapsed_at: datetime | None = None
    """When the return window that ended the case had run out."""
    replacement: ReplacementState = ReplacementState.NONE
    proposed_item: Personal | str | None = None
    item_agreed: bool | None = None
    liability: Liability | None = None
    decided_by_support: bool = False
    hand_overs: int = 0
    fraud_suspected: bool = False
    chargeback: bool = False
    appealed: bool = False
    successor: UUID | None = None
    evidence: frozenset[UUID] = frozenset()
    """Everything that was shown in this case so far."""
    outcome: Outcome | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status is not Status.CLOSED

    @property
    def refunds_requested(self) -> int:
        """How many refunds were asked of the provider."""
        return len(self.attempts)

    def amount_of(self, attempt: int) -> Money | None:
        """What this attempt to refund was to pay, from 1; None for one that nobody made."""
        return self.attempts[attempt - 1] if 0 < attempt <= self.refunds_requested else None

    @property
    def reached_buyer(self) -> Money | None:
        """All that has reached the buyer; None for nothing."""
        return together(self.refunded, self.refunded_beside)

    @property
    def is_refundable(self) -> bool:
        """There is something to refund."""
        return is_refundable(self.reason, self.line)

    @property
    def is_returnable(self) -> bool:
        """The buyer holds an item that could come back for what he paid."""
        return is_returnable(self.reason, self.line)

    @property
    def return_was_scanned(self) -> bool:
        """The carrier had the item on its way back, wherever it is by now: the label is used."""
        return self.return_state not in {ReturnState.NONE, ReturnState.OPEN, ReturnState.VOID}

    @property
    def item_gone_back(self) -> bool:
        """The item is on its way back or with the seller, and was not sent to the buyer again."""
        return self.return_was_scanned and self.return_state is not ReturnState.SENT_BACK

    @property
    def label_is_booked(self) -> bool:
        """A label that was known is used: what is told of labels from now on changes no cost."""
        return self.return_was_scanned and self.return_label_cost is not None

    @property
    def never_arrived(self) -> bool:
        """The order itself may still be shipped after all."""
        return self.reason in NEVER_ARRIVED

    @property
    def seller_charged(self) -> Money:
        """What the seller bears of this case as the books stand, positive when he pays."""
        minor = -self.posting.minor_on(Account.SELLER) if self.posting else 0
        return Money(minor=minor, currency=self.line.price.currency)
