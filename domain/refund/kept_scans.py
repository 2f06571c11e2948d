"""A parcel's own record: every scan of it is kept, for whoever names its number only later (SPEC §§4 and 13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar
from uuid import UUID

from domain.messages import Event
from domain.refund import events as e
from domain.refund.parcels import NAMING, Leg, ParcelScan, Travelling, parcel_number


class ParcelScanned(Event):
    """A carrier scanned the parcel; written together with what its cases made of it, if any travelled with it then."""

    topic: ClassVar[str] = "parcel.scanned.v1"
    scan: ParcelScan


class ParcelNamed(Event):
    """A case named the parcel; written together with what the kept scans said of that case."""

    topic: ClassVar[str] = "parcel.named.v1"
    case_id: UUID
    leg: Leg


def numbers_named(events: Iterable[Event]) -> tuple[str, ...]:
    """The numbers of the parcels that these events name, as they are compared."""
    named = (getattr(event, "tracking", None) for event in events if type(event) in NAMING)
    return tuple(dict.fromkeys(parcel_number(tracking.number) for tracking in named if tracking))


def missed(one: Travelling, scans: Iterable[ParcelScan]) -> Sequence[ParcelScan]:
    """The scans kept of a parcel that count for a case which names it only now, in the order in which they happened.

    Carriers use numbers again: what was scanned before the parcel could travel for this case was another parcel.
    """
    ours = (scan for scan in scans if scan.happened_at >= one.since)
    return sorted(ours, key=lambda scan: (scan.happened_at, scan.delivered))


def names(events: Iterable[e.CaseEvent], number: str) -> bool:
    """Whether any of these events names the parcel of this number."""
    return parcel_number(number) in numbers_named(events)
