"""What the seller answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.messages import Command, Line, Text
from domain.money import ToldMoney
from domain.order.facts import Tracking
from domain.refund.commands.parts import Evidence
from domain.vocabulary import DisputeReason, RejectionCode


class ApproveWithoutReturn(Command):
    """Refund in full; the buyer keeps whatever he holds."""


class ApproveWithReturn(Command):
    """Refund in full once the item has come back."""


class OfferPartialRefund(Command):
    """Offer less than price and shipping; the buyer keeps the item."""

    amount: ToldMoney


class RaiseOffer(Command):
    """Offer more; the buyer's time to answer starts again."""

    amount: ToldMoney


class ProposeReplacementItem(Command):
    """Name a different item as the replacement and ask the buyer."""

    item: Line


class PromiseReplacement(Command):
    """Send a replacement. A different item is named and must have been agreed to by the buyer."""

    different_item: Line | None = None


class EnterReplacementTracking(Command):
    """Say with which parcel the replacement travels."""

    tracking: Tracking
    label_cost: ToldMoney | None = None
    """What the seller paid for the label: his own cost, for information."""


class MarkAsShipped(Command):
    """Say that the late order or giveaway is on its way after all."""

    tracking: Tracking


class Reject(Command):
    """Refuse the request, with a reason the buyer and support can weigh."""

    code: RejectionCode
    text: Text
    evidence: Evidence = ()
    tracking: Tracking | None = None


class ConfirmReturn(Command):
    """Say that the right item came back."""


class DisputeReturn(Command):
    """Say what is wrong with what came back; support decides."""

    reason: DisputeReason
    text: Text
    evidence: Evidence = ()


class SettleInFull(Command):
    """Refund in full while support has the case."""


class Appeal(Command):
    """Object to a decision of support that charges the seller."""

    text: Text
    evidence: Annotated[Evidence, Field(min_length=1)]
