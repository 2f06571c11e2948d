"""What a decision looks at: the request, what is asked, by whom, when and under which policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain import payout
from domain.actors import Actor, Role
from domain.beside import NOTHING_BESIDE, Beside
from domain.cancellation.cancellation import Cancellation
from domain.messages import Command
from domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything from outside the request that a decision may use; nothing else enters it."""

    actor: Actor
    now: datetime
    """When the command is carried out, UTC."""
    happened_at: datetime
    """When it took place: for people ``now``, for facts their event time, for timeouts ``due_at``."""
    policy: Policy
    """The policy pinned to the request."""
    beside: Beside = NOTHING_BESIDE
    """What the rest of the order line makes of what is reported."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A request at the moment something is asked of it."""

    cancellation: Cancellation
    command: Command | None
    """None when only asking what would be possible."""
    context: Context

    @property
    def role(self) -> Role:
        return self.context.actor.role


def attempt_told(situation: Situation) -> int:
    """Which attempt to refund the provider reports on; the one under way where he does not say."""
    return payout.attempt_told(situation.command, situation.cancellation.refunds_requested)
