"""One cancellation request as its events tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.deadline import Deadline
from domain.money import Money, together
from domain.order.facts import OrderLineFacts
from domain.posting import Account, Posting
from domain.vocabulary import CancellationOutcome, CancellationStatus, RefundState


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Everything about a request that a later decision may ask."""

    id: UUID
    attempt: int
    status: CancellationStatus
    line: OrderLineFacts
    """The line's facts as pinned when the request was made."""
    policy: str
    requested_at: datetime
    deadline: Deadline | None = None
    version: int = 1
    is_granted: bool = False
    """The seller accepted: the sale is cancelled for good."""
    refund: RefundState = RefundState.NONE
    refund_due: Money | None = None
    refunds_requested: int = 0
    """How many refunds were asked of the provider; each has its own key there."""
    attempts_settled: frozenset[int] = frozenset()
    """Which of them reached the buyer, by the provider's word."""
    refunds_made: int = 0
    refunded: Money | None = None
    """What has reached the buyer for this request."""
    refunded_beside: Money | None = None
    """What the marketplace refunded him by other ways beside that."""
    refunds_elsewhere: frozenset[str] = frozenset()
    """The refunds that the marketplace made in other ways, by its references: each counts once."""
    posting: Posting | None = None
    """What stands in the books for this request."""
    chargeback: bool = False
    bank_paid: bool = False
    """The chargeback that is open gave the buyer what he was owed."""
    outcome: CancellationOutcome | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status is not CancellationStatus.CLOSED

    @property
    def reached_buyer(self) -> Money | None:
        """All that has reached the buyer; None for nothing."""
        return together(self.refunded, self.refunded_beside)

    @property
    def ends_the_sale(self) -> bool:
        """The sale was cancelled, or the buyer has his money from the marketplace."""
        return self.is_granted or self.refunds_made > 0

    @property
    def seller_charged(self) -> Money:
        """The proceeds that the seller gave back, positive when he did."""
        minor = -self.posting.minor_on(Account.SELLER) if self.posting else 0
        return Money(minor=minor, currency=self.line.price.currency)
