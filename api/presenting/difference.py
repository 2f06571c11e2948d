"""What changed between two moments of a matter, in words and as data, as far as the viewer may see it (SPEC §7.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from functools import reduce
from typing import Any, cast
from uuid import UUID

from pydantic_core import to_jsonable_python

from api.presenting.difference_words import said
from api.presenting.disclosure import Audience, audience_of, is_shown
from api.presenting.timeline import StepEvent, timeline
from api.schemas.difference import Change, StepBetween
from api.schemas.matter import MatterShape
from domain.actors import Actor
from domain.facet import Facet
from domain.labels import words_for
from domain.language import Locale, Words
from domain.posting import Account, Entry, Posting
from domain.refund.events import EvidenceItem
from store.envelope import Envelope

PATHS = {
    Facet.STATUS: "status",
    Facet.WAITING_ON: "waiting_on",
    Facet.OUTCOME: "outcome",
    Facet.REVIEW_CAUSE: "review_cause",
    Facet.DEADLINE_KIND: "deadline.kind",
    Facet.DUE_AT: "deadline.due_at",
    Facet.OFFERED: "amounts.offered",
    Facet.REFUND_DUE: "amounts.refund_due",
    Facet.REFUNDED: "amounts.refunded",
    Facet.REFUND: "refund.state",
    Facet.SELLER_CHARGED: "amounts.seller_charged",
    Facet.HELD: "amounts.held",
    Facet.RETURN_LABEL: "amounts.return_label",
    Facet.LIABILITY: "liability",
    Facet.ITEM_RETURN: "item_return.state",
    Facet.REPLACEMENT: "replacement.state",
}
"""Where the matter, as it is shown, tells each; what a kind of matter does not have, it never tells."""


def facets(shown: MatterShape, history: Iterable[Envelope], viewer: Actor) -> dict[Facet, Any]:
    """Everything that can be compared; None, or nothing in it, for what there is not or the viewer may not see."""
    audience, events = audience_of(viewer), list(history)
    told = {facet: _at(shown, path) for facet, path in PATHS.items()}
    found = told | {Facet.POSTED: _posted(events, audience), Facet.EVIDENCE: tuple(_evidence(events, audience))}
    return {facet: found[facet] for facet in Facet}


def changes(before: dict[Facet, Any], after: dict[Facet, Any], zone: tzinfo) -> Iterator[Change]:
    """What differs; instants are told in ``zone``."""
    for facet, earlier in before.items():
        if earlier != after[facet]:
            yield Change(
                facet=facet,
                before=_plain(earlier),
                after=_plain(after[facet]),
                words=_words(facet, earlier, after[facet], zone),
            )


def steps(history: Sequence[Envelope], viewer: Actor) -> tuple[StepBetween, ...]:
    """These events as steps of the timeline, for support and auditors with who caused each and by what."""
    audience = audience_of(viewer)
    is_staff = audience is Audience.STAFF
    return tuple(
        StepBetween(
            **dict(entry),
            actor=envelope.cause.actor if is_staff else None,
            command_id=envelope.cause.command_id if is_staff else None,
            correlation_id=envelope.cause.correlation_id if is_staff else None,
        )
        for entry, envelope in zip(timeline(history, audience), history, strict=True)
    )


def _at(shown: MatterShape, path: str) -> Any:  # noqa: ANN401 -- any field of a matter
    return reduce(lambda part, name: getattr(part, name, None), path.split("."), cast("Any", shown))


def _posted(history: Iterable[Envelope], audience: Audience) -> tuple[Entry, ...]:
    """What stands in the books: all of it for staff, what is on his own account for the seller."""
    postings = [posting for envelope in history if (posting := cast("StepEvent", envelope.payload).posting)]
    if not postings or audience is Audience.BUYER:
        return ()
    standing = reduce(Posting.joined, postings).standing()
    return tuple(entry for entry in standing if audience is Audience.STAFF or entry.account is Account.SELLER)


def _evidence(history: Iterable[Envelope], audience: Audience) -> Iterator[UUID]:
    """What was shown so far, each once, in the order it came."""
    seen: set[UUID] = set()
    for envelope in history:
        for name, value in envelope.payload:
            if isinstance(value, tuple) and is_shown(envelope.payload, name, envelope.cause.actor, audience):
                found = {item.evidence_id: None for item in value if isinstance(item, EvidenceItem)}
                yield from [evidence_id for evidence_id in found if evidence_id not in seen]
                seen |= found.keys()


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any facet's value
    return None if value == () else to_jsonable_python(value)


def _words(facet: Facet, before: Any, after: Any, zone: tzinfo) -> Words:  # noqa: ANN401 -- as above
    name = words_for(facet)
    return Words(
        **{
            locale.value: f"{name.said_in(locale)}: {said(before, locale, zone)} → {said(after, locale, zone)}"
            for locale in Locale
        }
    )
