"""What the buyer asks of a case."""

from __future__ import annotations

from domain.messages import Command, Identifier, Text
from domain.money import ToldMoney
from domain.order.facts import Tracking
from domain.refund.commands.parts import Evidence
from domain.vocabulary import Reason


class SubmitRequest(Command):
    """Ask for a refund of one order line."""

    line_id: Identifier
    reason: Reason
    description: Text
    photos: Evidence = ()
    photos_waived: bool = False
    """Support files for the buyer without the photos that the reason asks for."""
    window_overridden: bool = False
    """Support files for the buyer past the filing window."""


class AcceptOffer(Command):
    """Take the partial refund. Names the amount, so that it cannot cross a raise unseen (SPEC §13)."""

    amount: ToldMoney


class DeclineOffer(Command):
    """Turn the partial refund down; leads on to the return, or to support where nothing can be returned."""


class ReportReturnShipped(Command):
    """Say that the parcel is handed in, before the carrier's scan shows it."""

    tracking: Tracking | None = None


class Escalate(Command):
    """Ask support to look at a rejection."""

    text: Text | None = None


class ReportReplacementProblem(Command):
    """Say what is wrong with the replacement that arrived."""

    description: Text
    photos: Evidence = ()


class Withdraw(Command):
    """Take the request back."""


class AnswerReplacementItem(Command):
    """Agree to another item than the one bought, or do not."""

    accepted: bool
