"""The parties' conversation: what they wrote and showed each other while the clock ran on (SPEC §7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.presenting.disclosure import Audience
from api.presenting.timeline import evidence_link
from api.schemas.refund_case import Message
from domain.messages import words_of
from domain.refund.events import EvidenceAdded, MessageSent
from store.envelope import Envelope


def messages(history: Iterable[Envelope], audience: Audience) -> tuple[Message, ...]:
    """Every message and every addition of evidence, oldest first; none for those who only report facts."""
    return () if audience is Audience.REPORTER else tuple(_messages(history))


def _messages(history: Iterable[Envelope]) -> Iterator[Message]:
    for envelope in history:
        match envelope.payload:
            case MessageSent() as sent:
                yield _message(envelope, sent, text=sent.text.text)
            case EvidenceAdded() as added:
                yield _message(envelope, added, links=tuple(link for each in added.links if (link := words_of(each))))


def _message(
    envelope: Envelope, event: MessageSent | EvidenceAdded, *, text: str | None = None, links: tuple[str, ...] = ()
) -> Message:
    return Message(
        version=envelope.originator_version,
        by=envelope.cause.actor.role,
        sent_at=envelope.occurred_at,
        purpose=event.purpose,
        text=text,
        photos=tuple(evidence_link(photo, envelope.originator_id) for photo in event.evidence),
        links=links,
    )
