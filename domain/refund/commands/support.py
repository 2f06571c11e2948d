"""What support does and decides."""

from __future__ import annotations

from domain.messages import Command, Text
from domain.money import ToldMoney
from domain.refund.commands.parts import Evidence, Liability


class TakeOver(Command):
    """Take the case over from whoever it waits for."""

    ground: Text


class TakeOverForFraud(Command):
    """Take the case over on suspicion of fraud: the seller is relieved and never charged (SPEC §4)."""

    ground: Text


class HandToSeller(Command):
    """Let the seller answer after all, with a fresh window."""


class OrderSending(Command):
    """Order the seller to send the giveaway."""


class _Decision(Command):
    grounds: Text
    """The reasons of the decision, which both parties read."""
    evidence_considered: Evidence = ()


class Grant(_Decision):
    """What the decisions to refund have in common."""

    liability: Liability


class DecideFullRefund(Grant):
    """Grant everything paid."""


class DecidePartialRefund(Grant):
    """Grant a part; final without the buyer's acceptance (SPEC §13)."""

    amount: ToldMoney


class DecideRefundOnReturn(Grant):
    """Grant everything paid once the item is back."""


class Deny(_Decision):
    """Grant nothing. An item that is already on its way back or arrived is sent to the buyer again."""


class UpholdAppeal(_Decision):
    """The seller was right: he is credited at the platform's cost."""


class DismissAppeal(_Decision):
    """The decision stands."""


class Reopen(Command):
    """Look again at a case that ended unpaid."""

    ground: Text
