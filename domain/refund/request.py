"""A request at the door: what intake looks at, and what can be said of it at once (SPEC §3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.actors import Actor
from domain.business_time import Window, due
from domain.buyer.standing import BuyerStanding
from domain.order.facts import OrderLineFacts
from domain.order.line import OrderLine
from domain.policy import Filing, Policy
from domain.refund.case import Case
from domain.refund.commands import SubmitRequest
from domain.refund.events import EvidenceItem
from domain.seller.account import SellerAccount
from domain.vocabulary import Outcome, Reason

LATE_WINDOWS: dict[Reason, Callable[[Filing], Window]] = {
    Reason.LATE_NOT_SHIPPED: lambda filing: filing.late_after,
    Reason.GIVEAWAY_NOT_RECEIVED: lambda filing: filing.giveaway_shipping,
}
"""The reasons that need the order to be late, and the policy's window after which it is."""
FINAL = frozenset({Outcome.REJECTED, Outcome.DENIED, Outcome.REPLACED})
"""Ends after which the same reason is never taken again, and another goes to support."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything that intake looks at."""

    command: SubmitRequest
    actor: Actor
    now: datetime
    policy: Policy
    case_id: UUID
    line: OrderLine
    seller: SellerAccount | None
    buyer: BuyerStanding
    previous: tuple[Case, ...] = ()
    """Earlier cases on the line, oldest first."""
    cancellation_open: bool = False
    sale_cancelled: bool = False
    """A cancellation of the line was granted, or the buyer got his money beside one."""
    charged_back: bool = False
    """The buyer's bank took the payment back, whatever was asked of the line, and that stands."""
    evidence: Mapping[UUID, EvidenceItem]

    @property
    def facts(self) -> OrderLineFacts:
        return self.line.facts

    @property
    def reason(self) -> Reason:
        return self.command.reason

    @property
    def lacks_photos(self) -> bool:
        """The reason asks for photos, and there are none."""
        return self.reason in self.policy.filing.photos_required_for and not self.command.photos

    @property
    def is_stalled(self) -> bool:
        """The parcel was scanned, and its tracking has stood still for the policy's time."""
        facts = self.facts
        if self.reason not in LATE_WINDOWS or facts.shipped_at is None:
            return False
        last_seen = max(facts.shipped_at, facts.tracking_updated_at or facts.shipped_at)
        return self.now >= due(last_seen, self.policy.filing.tracking_stalled_after, self.policy.calendar).at
