"""Who is shown what of a matter (SPEC §4: a buyer under suspicion is not told why; what is whose money)."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from domain.actors import Actor, Role
from domain.messages import Event
from domain.order.facts import UNLISTED, OrderLineFacts
from domain.refund import events as e
from domain.seller.adjustments import AdjustmentPosted


class Audience(StrEnum):
    """For whom an answer is."""

    BUYER = "buyer"
    SELLER = "seller"
    STAFF = "staff"
    """Support and auditors."""
    REPORTER = "reporter"
    """Carriers, payment provider and marketplace: they report facts and need no stories."""


AUDIENCES = {
    Role.BUYER: Audience.BUYER,
    Role.SELLER: Audience.SELLER,
    Role.SUPPORT: Audience.STAFF,
    Role.AUDITOR: Audience.STAFF,
}
STAFF_ONLY = frozenset({Audience.STAFF})
NOT_THE_BUYER = frozenset({Audience.SELLER, Audience.STAFF})
PARTIES = frozenset({Audience.BUYER, Audience.SELLER, Audience.STAFF})

FIELDS: dict[str, frozenset[Audience]] = {
    "ground": STAFF_ONLY,
    "routing": STAFF_ONLY,
    "buyer_conduct": STAFF_ONLY,
    "reference": STAFF_ONLY,
    "detail": STAFF_ONLY,
    "content": STAFF_ONLY,
    "liability": NOT_THE_BUYER,
    "label_cost": NOT_THE_BUYER,
    "label_share": NOT_THE_BUYER,
    "cost": NOT_THE_BUYER,
    "seller_rule": NOT_THE_BUYER,
}
"""Fields of events that not every party is shown."""
FACTS_KEPT_BACK = {
    Audience.BUYER: frozenset({"commission", "payment_reference"}),
    Audience.SELLER: frozenset({"payment_reference"}),
}
"""Facts of an order line that a party is not told."""
APPEALS = (e.DecisionAppealed, e.AppealUpheld, e.AppealDismissed)
"""Between seller and support: the buyer keeps his refund either way."""
BETWEEN_SELLER_AND_HOUSE = (*APPEALS, AdjustmentPosted)
"""All of it is the seller's to know, also on what ground his balance was corrected."""
MASKED: dict[type[Event], type[Event]] = {e.TakenOverForFraud: e.TakenOver}
"""What the buyer is told instead."""


def audience_of(actor: Actor) -> Audience:
    """To whom this actor belongs."""
    return AUDIENCES.get(actor.role, Audience.REPORTER)


def shown_as(event: Event, audience: Audience) -> type[Event]:
    """As which event the audience is shown this one."""
    kind = type(event)
    return MASKED.get(kind, kind) if audience is Audience.BUYER else kind


def line_for(line: OrderLineFacts, audience: Audience) -> OrderLineFacts:
    """The order line as the audience is shown it: whoever only reports facts sees nothing of the seller's listing."""
    return line.model_copy(update={"listing": UNLISTED}) if audience is Audience.REPORTER else line


def topics_asked_for(topics: Collection[str], audience: Audience) -> frozenset[str]:
    """The events whose shown topics these are: none by the name that is kept from this audience."""
    if audience is not Audience.BUYER:
        return frozenset(topics)
    masked = {event.topic: instead.topic for event, instead in MASKED.items()}
    behind = {topic for topic, instead in masked.items() if instead in topics}
    return (frozenset(topics) - masked.keys()) | behind


def is_shown(event: Event, field: str, author: Actor, audience: Audience) -> bool:
    """Whether the audience is shown this field of the event, which was written by ``author``."""
    if isinstance(event, e.SupportAskedIn):
        return audience in {Audience.STAFF, audience_of(author)}
    seen_by = NOT_THE_BUYER if isinstance(event, BETWEEN_SELLER_AND_HOUSE) else FIELDS.get(field, PARTIES)
    return audience in seen_by
