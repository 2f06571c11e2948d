"""What happens in the demo, as a table: who asks on which line, who answers when, and who stays silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.actors import Role
from domain.messages import Command
from domain.money import Money
from domain.order.facts import OrderLineFacts, Tracking
from domain.refund import commands as c
from domain.refund.case import Case
from domain.vocabulary import ListingKind, Party, Reason, RejectionCode

FRIDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, NEXT_FRIDAY, NEXT_MONDAY = 0, 3, 4, 5, 6, 7, 10
"""Days after the story's Friday."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What an answer is made of: the case as it stands, and the photos just uploaded for it."""

    case: Case
    photos: tuple[UUID, ...]


Answer = Callable[[Moment], Command]


class Scan(StrEnum):
    """What the carrier does."""

    HANDED_IN = "handed in"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Move:
    """Someone does something on the case of its scene."""

    day: int
    at: time
    by: Role
    what: Answer | Scan
    with_photo: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """One request and what becomes of it; whoever has no move in time stays silent."""

    title: str
    reason: Reason
    words: str
    fits: Callable[[OrderLineFacts, datetime], bool]
    """Whether a line is worth asking on then; the service decides."""
    moves: tuple[Move, ...] = ()
    enrolled: bool = True
    day: int = FRIDAY


# Which lines fit

RECENT: Final = timedelta(days=14)
"""What arrived longer ago is nothing that people still write about."""
LATE: Final = timedelta(days=8)
LATE_GIVEAWAY: Final = timedelta(days=5)


def _arrived(line: OrderLineFacts, at: datetime) -> bool:
    is_standard = line.listing_kind is ListingKind.STANDARD and not line.is_consumable
    return is_standard and _delivered_lately(line, at)


def _consumable(line: OrderLineFacts, at: datetime) -> bool:
    return line.is_consumable and _delivered_lately(line, at)


def _delivered_lately(line: OrderLineFacts, at: datetime) -> bool:
    return line.delivered_at is not None and at < line.delivered_at + RECENT


def _not_shipped(line: OrderLineFacts, at: datetime) -> bool:
    is_late = line.scanned_at is None and line.purchased_at + LATE <= at
    return is_late and line.listing_kind is ListingKind.STANDARD


def _giveaway_not_shipped(line: OrderLineFacts, at: datetime) -> bool:
    is_late = line.scanned_at is None and line.purchased_at + LATE_GIVEAWAY <= at
    return is_late and line.listing_kind is ListingKind.GIVEAWAY


# Answers


def _move(by: Role, *, with_photo: bool = False) -> Callable[[int, str, Answer | Scan], Move]:
    return lambda day, at, what: Move(day, time.fromisoformat(at), by, what, with_photo)


_seller, _buyer, _support, _carrier = map(_move, (Role.SELLER, Role.BUYER, Role.SUPPORT, Role.CARRIER))
_seller_with_photo = _move(Role.SELLER, with_photo=True)


def _rejects(code: RejectionCode, text: str) -> Answer:
    return lambda it: c.Reject(code=code, text=text, evidence=it.photos)


def _grants(party: Party, grounds: str) -> Answer:
    liability = c.Liability.model_validate({party: 100})
    return lambda it: c.DecideFullRefund(
        grounds=grounds, evidence_considered=tuple(sorted(it.case.evidence)), liability=liability
    )


def _half_the_price(moment: Moment) -> Money:
    return moment.case.line.price.allocate([1, 1])[0]


SCENES: tuple[Scene, ...] = (
    Scene(
        "rejected, escalated, granted",
        Reason.NOT_AS_DESCRIBED,
        "There is a crack that the listing does not show.",
        _arrived,
        (
            _seller_with_photo(
                MONDAY, "10:05", _rejects(RejectionCode.SHOWN_IN_LISTING, "See photo 2 of the listing.")
            ),
            _buyer(WEDNESDAY, "11:00", lambda it: c.Escalate(text="Photo 2 is of another item.")),
            _support(THURSDAY, "14:30", _grants(Party.SELLER, "The listing's photo shows another item.")),
        ),
    ),
    Scene(
        "refunded at once",
        Reason.WRONG_ITEM,
        "This is another colour than the one I bought.",
        _arrived,
        (_seller(MONDAY, "09:10", lambda it: c.ApproveWithoutReturn()),),
    ),
    Scene("new, and waiting for the seller", Reason.ITEM_MISSING, "It was opened.", _arrived, day=NEXT_MONDAY),
    Scene(
        "returned, inspected, refunded",
        Reason.DEFECTIVE,
        "It does not switch on.",
        _arrived,
        (
            _seller(MONDAY, "11:20", lambda it: c.ApproveWithReturn()),
            _carrier(WEDNESDAY, "16:00", Scan.HANDED_IN),
            _carrier(NEXT_FRIDAY, "12:00", Scan.DELIVERED),
            _seller(NEXT_MONDAY, "09:30", lambda it: c.ConfirmReturn()),
        ),
    ),
    Scene(
        "the seller stays silent, and comes too late",
        Reason.ITEM_MISSING,
        "The box was empty.",
        _arrived,
        (_seller(WEDNESDAY, "09:00", _rejects(RejectionCode.PROOF_OF_PACKING, "It was packed.")),),
    ),
    Scene(
        "a part refunded",
        Reason.NOT_AS_DESCRIBED,
        "It is more worn than described.",
        _arrived,
        (
            _seller(MONDAY, "13:00", lambda it: c.OfferPartialRefund(amount=_half_the_price(it))),
            _buyer(TUESDAY, "08:30", lambda it: c.AcceptOffer(amount=_half_the_price(it))),
        ),
    ),
    Scene(
        "silent at first, then decided by support",
        Reason.WRONG_ITEM,
        "Not the size I ordered.",
        _arrived,
        (_support(THURSDAY, "15:00", _grants(Party.SELLER, "No answer came; the photo shows another size.")),),
    ),
    Scene(
        "late, and refunded",
        Reason.LATE_NOT_SHIPPED,
        "It was never sent.",
        _not_shipped,
        (_seller(MONDAY, "14:00", lambda it: c.ApproveWithoutReturn()),),
    ),
    Scene(
        "a giveaway marked as shipped, of which no scan comes",
        Reason.GIVEAWAY_NOT_RECEIVED,
        "I won it and it never came.",
        _giveaway_not_shipped,
        (_seller(MONDAY, "14:40", lambda it: c.MarkAsShipped(tracking=Tracking(carrier="DHL", number="JJD9000001"))),),
    ),
    Scene(
        "returned, and nobody inspects it",
        Reason.WRONG_ITEM,
        "It is another model.",
        _arrived,
        (
            _seller(MONDAY, "15:15", lambda it: c.ApproveWithReturn()),
            _carrier(TUESDAY, "17:00", Scan.HANDED_IN),
            _carrier(THURSDAY, "10:00", Scan.DELIVERED),
        ),
    ),
    Scene(
        "rejected, and it stands",
        Reason.ITEM_MISSING,
        "One piece is missing.",
        _arrived,
        (
            _seller_with_photo(
                MONDAY, "16:00", _rejects(RejectionCode.PROOF_OF_PACKING, "The packing video shows all.")
            ),
        ),
    ),
    Scene(
        "a consumable, so support answers",
        Reason.ITEM_MISSING,
        "Something is missing from it.",
        _consumable,
        (_support(TUESDAY, "10:00", lambda it: c.Deny(grounds="The stream shows what was in it.")),),
    ),
    Scene(
        "the seller is not in the programme",
        Reason.DEFECTIVE,
        "It broke on the first day.",
        _arrived,
        (_support(TUESDAY, "10:30", _grants(Party.PLATFORM, "A fault from the start.")),),
        enrolled=False,
    ),
    Scene("new at another seller", Reason.WRONG_ITEM, "A mug, not a vase.", _arrived, day=NEXT_MONDAY),
)
"""In the order in which lines are looked for; the story leaves out what no line of the file fits."""
