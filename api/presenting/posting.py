"""A posting with its reasons, as much of it as the caller may see."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from api.presenting.whereabouts import matter_link
from api.presenting.wording import sentence_of
from api.schemas.ledger import Because, PostedEntry, PostedEvent, Posting
from domain.actors import Actor, Role
from domain.posting import Account
from domain.seller.adjustments import AdjustmentPosted, CorrectionPosted
from domain.why_charged import Posted, why
from projections.ledger import PostingDetail
from store.envelope import Envelope


def posting(detail: PostingDetail, viewer: Actor, zone: ZoneInfo) -> Posting:
    """A seller sees what is on his own account; whose the rest is, is not his to know. ``zone`` is the seller's."""
    entries = [entry for entry in detail.entries if viewer.role is not Role.SELLER or entry.account is Account.SELLER]
    event = detail.event.payload
    return Posting(
        position=detail.position,
        seller_id=detail.seller_id,
        line_id=detail.line_id,
        matter=matter_link(detail.process, detail.stream_id),
        reference=event.reference if isinstance(event, AdjustmentPosted) else None,
        rule=detail.rule,
        policy=detail.event.policy,
        entries=tuple(PostedEntry.model_validate(entry, from_attributes=True) for entry in entries),
        event=_event(detail.event),
        why=tuple(Because(step=step, words=words) for step, words in why(_posted(detail), zone)),
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


def _posted(detail: PostingDetail) -> Posted:
    event = detail.event
    return Posted(
        on_account=detail.on_account,
        booked_at=detail.booked_at,
        event=type(event.payload),
        occurred_at=event.occurred_at,
        by=event.cause.actor.role,
        command_id=event.cause.command_id,
        rule=detail.rule,
        policy=event.policy,
        seller_rule=getattr(event.payload, "seller_rule", None),
        ground=event.payload.ground if isinstance(event.payload, CorrectionPosted) else None,
    )
