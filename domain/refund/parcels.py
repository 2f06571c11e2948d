"""Parcels that cases travel with: which events name one, and what each of its scans says of a case (SPEC §13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.messages import FactCommand, Instant, Line, Value
from domain.money import Money
from domain.order.shipping import share_shipping
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
    e.ReturnLabelRecorded: Leg.RETURN,
    e.ReturnReportedShipped: Leg.RETURN,
    e.ReplacementTrackingEntered: Leg.REPLACEMENT,
    e.OrderMarkedShipped: Leg.ORDER,
    e.RequestRejected: Leg.ORDER,
}
"""The events that may name a parcel by its tracking number, and what that parcel carries."""

LABELS = (e.ReturnLabelIssued, e.ReturnLabelRecorded)
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
    label_cost: Money | None = None
    """What the label of this number costs, where it was issued for this case."""

    @property
    def since(self) -> datetime:
        """Since when the parcel may have travelled for the case: a return since it was opened, the order since it was
        bought, a replacement since it was asked for.
        """
        return {
            Leg.RETURN: self.case.return_opened_at or self.case.opened_at,
            Leg.REPLACEMENT: self.case.opened_at,
            Leg.ORDER: self.case.line.purchased_at,
        }[self.leg]

    @property
    def boards(self) -> bool:
        """The item comes back with this parcel, and no scan has said so yet."""
        return self.leg is Leg.RETURN and not self.case.return_was_scanned

    def fact(self, scan: ParcelScan) -> FactCommand:
        """What the scan says of this case."""
        facts = DELIVERED if scan.delivered else ACCEPTED
        return facts[self.leg](happened_at=scan.happened_at)


def travelling(case: Case, history: Iterable[e.CaseEvent], number: str) -> Travelling | None:
    """The case with what it lets the parcel of this number carry, as it was named last; None if it never was."""
    naming = [event for event in history if _names(event, number)]
    if not naming:
        return None
    kinds = [type(event) for event in naming]
    cost = next((event.cost for event in reversed(naming) if isinstance(event, LABELS)), None)
    return Travelling(case, NAMING[kinds[-1]], ON_BUYERS_WORD.issuperset(kinds), cost)


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


def label_shares(parcel: Sequence[Travelling]) -> dict[UUID, Money]:
    """What each case that boards bears of the parcel's label, pro rata by price (SPEC §13).

    Once: whoever comes aboard after the first scan finds the label booked. A parcel that travels under no label of
    ours costs nothing. A case alone under the label that it was issued last needs no share and is left out; under an
    earlier one, void or not, it bears what that one costs.
    """
    boarding = sorted((one for one in parcel if one.boards), key=lambda one: one.case.line.line_id)
    cost = next((one.label_cost for one in parcel if one.label_cost is not None), None)
    if len(parcel) == 1 and cost is not None and cost == parcel[0].case.return_label_cost:
        return {}
    sharing = [one for one in boarding if cost and one.case.line.price.currency == cost.currency]
    shares = {one.case.id: Money.zero(one.case.line.price.currency) for one in boarding}
    if cost and sharing and not _is_booked(parcel):
        parts = share_shipping(cost, [one.case.line.price for one in sharing])
        shares |= {one.case.id: part for one, part in zip(sharing, parts, strict=True)}
    return shares


def _is_booked(parcel: Sequence[Travelling]) -> bool:
    return any(one.leg is Leg.RETURN and one.case.return_was_scanned for one in parcel)
