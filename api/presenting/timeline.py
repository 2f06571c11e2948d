"""A matter's events as steps that a party can read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from pydantic_core import to_jsonable_python

from api.presenting.disclosure import Audience, is_shown, shown_as
from api.presenting.wording import sentence_of
from api.schemas.matter import TimelineEntry
from api.schemas.shape import EvidenceLink
from domain.cancellation.events import CancellationEvent
from domain.labels import event_words
from domain.messages import Personal
from domain.money import Money
from domain.posting import Account
from domain.refund.events import CaseEvent, EvidenceItem
from domain.seller.account import Address
from domain.vocabulary import Status
from store.envelope import Envelope

SHOWN_BY_THE_MATTER = frozenset({"case_id", "cancellation_id", "attempt", "line", "photos_waived", "window_overridden"})
CARRIED = frozenset(CaseEvent.model_fields) | frozenset(CancellationEvent.model_fields) | SHOWN_BY_THE_MATTER
"""What every event carries, and what the matter itself shows of its opening."""
RETURN_ADDRESS = "return_address"
"""The one personal text that is no sentence: an address as JSON."""
StepEvent = CaseEvent | CancellationEvent


def timeline(history: Iterable[Envelope], audience: Audience) -> tuple[TimelineEntry, ...]:
    """The steps as this audience may see them; none for those who only report facts."""
    if audience is Audience.REPORTER:
        return ()
    return tuple(_entry(envelope, audience) for envelope in history)


def _entry(envelope: Envelope, audience: Audience) -> TimelineEntry:
    event, author = cast("StepEvent", envelope.payload), envelope.cause.actor
    kind = shown_as(event, audience)
    return TimelineEntry(
        version=envelope.originator_version,
        event=kind.topic,
        sentence=sentence_of(kind),
        words=event_words(kind),
        occurred_at=envelope.occurred_at,
        recorded_at=envelope.cause.recorded_at,
        by=author.role,
        status=Status(event.status),
        details={
            name: _detail(name, getattr(event, name), envelope.originator_id)
            for name in type(event).model_fields
            if name not in CARRIED and is_shown(event, name, author, audience)
        },
        charged=None if audience is Audience.BUYER else _charged(event),
    )


def _charged(event: StepEvent) -> Money | None:
    if event.posting is None:
        return None
    return Money(minor=-event.posting.minor_on(Account.SELLER), currency=event.posting.currency)


def _detail(name: str, value: Any, matter_id: UUID) -> Any:  # noqa: ANN401 -- any field of an event
    return to_jsonable_python(address_of(value)) if name == RETURN_ADDRESS else _readable(value, matter_id)


def _readable(value: Any, matter_id: UUID) -> Any:  # noqa: ANN401 -- any field of an event
    if isinstance(value, Personal):
        return value.text
    if isinstance(value, tuple):
        return [_readable(part, matter_id) for part in value]
    if isinstance(value, EvidenceItem):
        return evidence_link(value, matter_id).model_dump(mode="json")
    return to_jsonable_python(value)


def evidence_link(item: EvidenceItem, case_id: UUID) -> EvidenceLink:
    """Where a photo that the case shows can be looked at."""
    return EvidenceLink(
        evidence_id=item.evidence_id,
        media_type=item.media_type,
        size=item.size,
        digest=item.digest,
        href=f"/v1/evidence/{item.evidence_id}?case={case_id}",
    )


def address_of(personal: Personal | None) -> Address | None:
    """An address as its owner wrote it; None once his data is erased."""
    return Address.model_validate(json.loads(personal.text)) if personal and personal.text else None
