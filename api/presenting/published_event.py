"""An event as it is published to whoever follows the log, as much of it as he may know (SPEC §§1, 4 and 9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from api.presenting.disclosure import FACTS_KEPT_BACK, NOT_THE_BUYER, Audience, audience_of, is_shown, shown_as
from api.schemas.events import PublishedEvent
from domain.actors import Actor
from domain.messages import Event
from domain.posting import Account
from store.envelope import Envelope

BOOKS = {"posting": NOT_THE_BUYER, "hold": NOT_THE_BUYER}
"""What is whose money, beside the fields that ``disclosure`` names."""
FACTS = ("line", "facts")
"""Where events carry an order line's facts."""
FIGURES_ONLY = Audience.REPORTER
"""The marketplace's own systems: told what sellers are told, with the whole books and without anybody's words."""


class _Untold:
    """Leaves persons' words out (``domain.messages.Sealing``)."""

    def seal(self, person: str, _text: str | None, _key: str | None) -> dict[str, Any]:
        return {"person": person, "text": None}


def event_id(stream_id: UUID, version: int) -> UUID:
    """The id under which an event is published."""
    return uuid5(stream_id, f"event/{version}")


def published(envelope: Envelope, viewer: Actor) -> PublishedEvent:
    """The event for this viewer, for whom it is to see. Its ``position`` must be known."""
    assert envelope.position is not None  # noqa: S101 -- what is published was read from the log
    audience, cause = audience_of(viewer), envelope.cause
    return PublishedEvent(
        id=event_id(envelope.originator_id, envelope.originator_version),
        type=shown_as(envelope.payload, audience).topic,
        timestamp=envelope.occurred_at,
        recorded_at=cause.recorded_at,
        position=envelope.position,
        stream_id=envelope.originator_id,
        version=envelope.originator_version,
        by=cause.actor.role,
        actor_id=cause.actor.id if audience in {Audience.STAFF, FIGURES_ONLY} else None,
        command_id=cause.command_id,
        correlation_id=cause.correlation_id,
        policy=envelope.policy,
        data=_data(envelope.payload, cause.actor, audience),
    )


def _data(event: Event, author: Actor, audience: Audience) -> dict[str, Any]:
    told = {name for name in shown_as(event, audience).model_fields if _is_told(event, name, author, audience)}
    kept_back: dict[str, Any] = {name: True for name in type(event).model_fields if name not in told}
    kept_back |= {name: FACTS_KEPT_BACK[audience] for name in FACTS if name in told and audience in FACTS_KEPT_BACK}
    context = {"sealing": _Untold()} if audience is FIGURES_ONLY else None
    data = event.model_dump(mode="json", exclude_none=True, exclude=kept_back, context=context)
    return _own_entries(data) if audience is Audience.SELLER else data


def _is_told(event: Event, name: str, author: Actor, audience: Audience) -> bool:
    if audience is FIGURES_ONLY:
        return is_shown(event, name, author, Audience.SELLER)
    return audience in BOOKS.get(name, {audience}) and is_shown(event, name, author, audience)


def _own_entries(data: dict[str, Any]) -> dict[str, Any]:
    """A seller sees what is on his own account; whose the rest is, is not his to know."""
    if "posting" in data:
        entries = [entry for entry in data["posting"]["entries"] if entry["account"] == Account.SELLER]
        data["posting"] = {**data["posting"], "entries": entries}
    return data
