"""What buyer and seller tell each other and support."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.messages import Command, Text
from domain.order.facts import Reference
from domain.refund.commands.parts import Evidence, Purpose


class SendMessage(Command):
    """Write to the other party; the clock runs on."""

    text: Text
    purpose: Purpose = Purpose.OTHER
    evidence: Evidence = ()


class AddEvidence(Command):
    """Add photos or links to videos; the clock runs on."""

    purpose: Purpose = Purpose.OTHER
    evidence: Evidence = ()
    links: Annotated[tuple[Reference, ...], Field(max_length=20)] = ()


class AskSupportIn(Command):
    """Ask support to look; the clock runs on."""

    text: Text | None = None
