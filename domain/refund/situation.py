"""What a decision looks at: the case, what is asked, by whom, when and under which policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain import payout
from domain.actors import Actor, Role
from domain.beside import NOTHING_BESIDE, Beside
from domain.messages import Command, Personal
from domain.money import Money
from domain.policy import Policy
from domain.refund.case import Case
from domain.refund.commands import Grant, Liability
from domain.refund.events import EvidenceItem
from domain.seller.rules import RuleRef
from domain.vocabulary import ReturnState


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything from outside the case that a decision may use; nothing else enters it."""

    actor: Actor
    now: datetime
    """When the command is carried out, UTC; what the house learns, it learns now."""
    happened_at: datetime
    """When it took place: for people ``now``, for facts their event time, for timeouts ``due_at``. Never after
    ``now``."""
    policy: Policy
    """The policy pinned to the case."""
    return_address: Personal | None = None
    """The seller's return address as it stands."""
    seller_rule: RuleRef | None = None
    """The seller's rule that asks in his name; None when a person does."""
    label_share: Money | None = None
    """Of a label that serves several cases, what this one bears; None where it has one of its own."""
    line_taken: bool = False
    """A cancellation of the line is open or ended its sale, or another case of it was refunded: no closed case of it
    comes alive beside that.
    """
    went_back: ReturnState | None = None
    """How far an item of this line came that went back after its case had ended unpaid, where another case followed."""
    beside: Beside = NOTHING_BESIDE
    """What the rest of the order line makes of what is reported."""
    evidence: Mapping[UUID, EvidenceItem] | None = None
    """The uploads of this actor that the command names."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A case at the moment something is asked of it."""

    case: Case
    command: Command | None
    """None when only asking what would be possible."""
    context: Context

    @property
    def role(self) -> Role:
        return self.context.actor.role

    @property
    def liability(self) -> Liability | None:
        """Who bears the refund by this decision, else by the one that support made before."""
        return self.command.liability if isinstance(self.command, Grant) else self.case.liability


def attempt_told(situation: Situation) -> int:
    """Which attempt to refund the provider reports on; the one under way where he does not say."""
    return payout.attempt_told(situation.command, situation.case.refunds_requested)


def amount_told(situation: Situation) -> Money | None:
    """What that attempt was to pay; None where nobody made it."""
    return situation.case.amount_of(attempt_told(situation))
