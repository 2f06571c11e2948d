"""Events of what buyer and seller tell each other and support; none of them stops the clock."""

from __future__ import annotations

from typing import ClassVar

from domain.messages import Personal
from domain.order.facts import Reference
from domain.refund.commands import Purpose
from domain.refund.events.case_event import CaseEvent, EvidenceItem


class MessageSent(CaseEvent):
    """One party wrote to the other."""

    topic: ClassVar[str] = "refund.message_sent.v1"
    text: Personal
    purpose: Purpose
    evidence: tuple[EvidenceItem, ...] = ()


class EvidenceAdded(CaseEvent):
    """One party added photos or links."""

    topic: ClassVar[str] = "refund.evidence_added.v1"
    purpose: Purpose
    evidence: tuple[EvidenceItem, ...] = ()
    links: tuple[Personal | Reference, ...] = ()
    """Sealed; plain where they were recorded before that."""


class SupportAskedIn(CaseEvent):
    """One party asked support to look."""

    topic: ClassVar[str] = "refund.support_asked_in.v1"
    text: Personal | None = None
