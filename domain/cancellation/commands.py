"""What can be asked of a cancellation request; who may ask it when is said by the transitions alone."""

from __future__ import annotations

from domain.messages import Command, Identifier, Text


class RequestCancellation(Command):
    """Ask the seller to cancel the sale of one order line."""

    line_id: Identifier
    text: Text | None = None


class AcceptCancellation(Command):
    """Cancel the sale: everything paid goes back, and the sale's proceeds with it."""


class DeclineCancellation(Command):
    """Let the sale stand; no reason is needed."""

    text: Text | None = None


class WithdrawCancellation(Command):
    """Take the request back."""
