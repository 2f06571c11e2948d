"""A posting with its reasons, as much of it as the caller may see."""

from __future__ import annotations

from api.presenting.wording import sentence_of
from api.schemas.ledger import PostedEntry, PostedEvent, Posting
from domain.actors import Actor, Role
from domain.posting import Account
from projections.ledger import PostingDetail
from store.envelope import Envelope


def posting(detail: PostingDetail, viewer: Actor) -> Posting:
    """A seller sees what is on his own account; whose the rest is, is not his to know."""
    entries = [entry for entry in detail.entries if viewer.role is not Role.SELLER or entry.account is Account.SELLER]
    return Posting(
        position=detail.position,
        seller_id=detail.seller_id,
        line_id=detail.line_id,
        case_id=detail.case_id,
        rule=detail.rule,
        policy=detail.event.policy,
        entries=tuple(PostedEntry.model_validate(entry, from_attributes=True) for entry in entries),
        event=_event(detail.event),
    )


def _event(envelope: Envelope) -> PostedEvent:
    return PostedEvent(
        topic=envelope.topic,
        sentence=sentence_of(type(envelope.payload)),
        version=envelope.originator_version,
        occurred_at=envelope.occurred_at,
        recorded_at=envelope.cause.recorded_at,
        by=envelope.cause.actor.role,
        command_id=envelope.cause.command_id,
    )
