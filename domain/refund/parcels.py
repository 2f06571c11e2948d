"""Parcels that cases travel with: which events name one, and what each of its scans says of a case (SPEC §13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.messages import FactCommand, Instant, Line, Value
from domain.refund import commands as c
from domain.refund import events as e
from domain.refund.case import Case


class Leg(StrEnum):
    """What a parcel carries."""

    RETURN = "return"
    REPLACEMENT = "replacement"
    ORDER = "order"
    """The late order or giveaway itself."""


class ParcelScan(Value):
    """What a carrier tells of a parcel, which it knows by its tracking number alone."""

    number: Line
    delivered: bool
    """Whether the parcel arrived; else it was handed in."""
    happened_at: Instant
    """When the carrier scanned."""


NAMING: dict[type[e.CaseEvent], Leg] = {
    e.ReturnLabelIssued: Leg.RETURN,
    e.ReturnReportedShipped: Leg.RETURN,
    e.ReplacementTrackingEntered: Leg.REPLACEMENT,
    e.OrderMarkedShipped: Leg.ORDER,
    e.RequestRejected: Leg.ORDER,
}
"""The events that may name a parcel by its tracking number, and what that parcel carries."""

ON_BUYERS_WORD = frozenset({e.ReturnReportedShipped})
ACCEPTED: dict[Leg, type[FactCommand]] = {
    Leg.RETURN: c.ReportReturnAccepted,
    Leg.REPLACEMENT: c.ReportReplacementAccepted,
    Leg.ORDER: c.ReportOrderAccepted,
}
DELIVERED: dict[Leg, type[FactCommand]] = {
    Leg.RETURN: c.ReportReturnDelivered,
    Leg.REPLACEMENT: c.ReportReplacementDelivered,
    Leg.ORDER: c.ReportReplacementDelivered,
}


def parcel_number(written: str) -> str:
    """A tracking number as it is compared: letters and digits, whatever else people type between them."""
    return re.sub("[^0-9A-Za-z]", "", written).upper()


@dataclass(frozen=True, slots=True)
class Travelling:
    """A case with what the parcel carries for it."""

    case: Case
    leg: Leg
    on_buyers_word: bool
    """Only the buyer says so; no label of ours and no seller's entry does."""

    def fact(self, scan: ParcelScan) -> FactCommand:
        """What the scan says of this case."""
        facts = DELIVERED if scan.delivered else ACCEPTED
        return facts[self.leg](happened_at=scan.happened_at)


def travelling(case: Case, history: Iterable[e.CaseEvent], number: str) -> Travelling | None:
    """The case with what it lets the parcel of this number carry, as it was named last; None if it never was."""
    named = [type(event) for event in history if _names(event, number)]
    if not named:
        return None
    return Travelling(case, NAMING[named[-1]], on_buyers_word=ON_BUYERS_WORD.issuperset(named))


def _names(event: e.CaseEvent, number: str) -> bool:
    tracking = getattr(event, "tracking", None) if type(event) in NAMING else None
    return tracking is not None and parcel_number(tracking.number) == parcel_number(number)


def believed(named: Sequence[Travelling]) -> list[Travelling]:
    """Those that the parcel's scans reach.

    A buyer may name the label of another return of his to the same seller, for he may put both items into one
    parcel; naming anybody else's parcel moves nothing.
    """
    vouched = [one for one in named if not one.on_buyers_word]
    return [one for one in named if one in vouched or all(_goes_along(one, other) for other in vouched)]


def _goes_along(one: Travelling, other: Travelling) -> bool:
    ours, theirs = one.case.line, other.case.line
    same_parties = (ours.buyer_id, ours.seller_id) == (theirs.buyer_id, theirs.seller_id)
    return other.leg is Leg.RETURN and same_parties
