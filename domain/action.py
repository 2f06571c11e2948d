"""What a party may do now, and what it would cost him; the same shape for cases and cancellations (SPEC §7.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from domain.messages import Command
from domain.money import Money


class CostNote(StrEnum):
    """How a cost comes about."""

    AT_ONCE = "at_once"
    ON_RETURN = "on_return"
    ON_RETURN_WITH_LABEL = "on_return_with_label"
    ON_ACCEPTANCE = "on_acceptance"
    OWN_LABEL = "own_label"
    SUPPORT_MAY_CHARGE = "support_may_charge"
    PROCEEDS = "proceeds"
    SALE_STANDS = "sale_stands"


class Need(StrEnum):
    """What has to be done first, elsewhere; the command is refused by this rule until it is."""

    RETURN_ADDRESS = "return_address_required"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a choice does to the seller's balance, as far as it can be said beforehand."""

    seller: Money | None
    """What he would pay in all; None where the choice itself sets the amount."""
    note: CostNote
    below: Money | None = None
    """What an amount that the choice sets stays below."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that this party may do now."""

    command: type[Command]
    cost: Cost | None
    needs: Need | None = None
    """What is still missing for it, whatever the command says."""

    @property
    def name(self) -> str:
        """How API, hub and docs call it: ``offer-partial-refund``."""
        return action_name(self.command)


@cache
def action_name(command: type[Command]) -> str:
    """A command's name as a path segment."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", command.__name__).lower()
