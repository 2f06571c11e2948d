"""One cancellation request as its events tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.deadline import Deadline
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.posting import Account, Posting
from domain.vocabulary import CancellationOutcome, CancellationStatus, RefundState

LEAVES_THE_SALE = frozenset({CancellationOutcome.DECLINED, CancellationOutcome.WITHDRAWN})


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
    refunds_made: int = 0
    refunded: Money | None = None
    """What has reached the buyer."""
    posting: Posting | None = None
    """What stands in the books for this request."""
    chargeback: bool = False
    outcome: CancellationOutcome | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status is not CancellationStatus.CLOSED

    @property
    def rules_out_refund_cases(self) -> bool:
        """No refund case and no other cancellation is opened beside it: it is open, or the buyer has his money."""
        return self.outcome not in LEAVES_THE_SALE

    @property
    def seller_charged(self) -> Money:
        """The proceeds that the seller gave back, positive when he did."""
        minor = -self.posting.minor_on(Account.SELLER) if self.posting else 0
        return Money(minor=minor, currency=self.line.price.currency)
