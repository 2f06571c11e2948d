"""The shapes of the seller balance ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.shape import RecordedChange, Shape
from domain.actors import Role
from domain.language import Words
from domain.money import Money
from domain.posting import Account, ChargeRule, HoldReason, Item
from domain.why_charged import WhyStep
from projections.processes import Process


class Balance(Shape):
    """What a seller has in one currency; may be negative."""

    balance: Money
    held: Money = Field(description="Of the balance, while cases are open")
    available: Money


class Balances(Shape):
    """One balance a currency."""

    items: tuple[Balance, ...]


class MatterLink(Shape):
    """The refund case or cancellation that something was booked for."""

    process: Process
    id: UUID
    href: str


class StatementLine(Shape):
    """One entry on the seller's account."""

    position: int = Field(description="Of the event behind it: `GET …/postings/{position}` explains it")
    booked_at: datetime
    occurred_at: datetime
    amount: Money = Field(description="Negative when the seller pays")
    balance: Money = Field(description="After it")
    rule: ChargeRule
    item: Item
    matter: MatterLink | None = Field(description="Null for what the marketplace posted")
    line_id: str | None
    policy: str | None = Field(description="The policy version pinned to the matter")


class Statement(Shape):
    """The entries of a period, with the balances at its ends."""

    opening: Money
    closing: Money
    items: tuple[StatementLine, ...]
    next: str | None


class Hold(Shape):
    """A hold placed on the balance, or released; it is no charge."""

    position: int
    booked_at: datetime
    amount: Money = Field(description="Positive when placed, negative when released")
    reason: HoldReason
    case_id: UUID
    line_id: str | None


class Holds(Shape):
    """The holds placed and released in a period, oldest first."""

    items: tuple[Hold, ...]
    next: str | None


class PostedEntry(Shape):
    """One amount of a posting."""

    account: Account
    item: Item
    amount: Money
    balance: Money | None = Field(description="The seller's after it, on his own account")


class PostedEvent(Shape):
    """What happened that was booked, and why."""

    topic: str
    sentence: str
    version: int = Field(description="Of the case, after it")
    occurred_at: datetime
    recorded_at: datetime
    by: Role
    command_id: UUID


class Because(Shape):
    """One step of the answer to "why was I charged this?"."""

    step: WhyStep
    words: Words


class Posting(Shape):
    """Why this was booked: the entries, the rule, the event, the policy."""

    position: int
    seller_id: str
    line_id: str | None
    matter: MatterLink | None = Field(description="Null for what the marketplace posted")
    reference: str | None = Field(description="Of what the marketplace posted")
    rule: ChargeRule
    policy: str | None
    entries: tuple[PostedEntry, ...] = Field(description="A seller sees those on his own account")
    event: PostedEvent
    why: tuple[Because, ...] = Field(description="From the posting to what decided it, step by step")


class PostedAdjustment(RecordedChange):
    """That the marketplace's adjustment stands in the log."""

    reference: str
