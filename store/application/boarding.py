"""A case that names a parcel learns what the carrier had scanned of it before anybody knew whose it was (SPEC §13).

The naming is recorded on the parcel's stream too, as each scan is: so a scan and a naming that race collide in the
store, and whichever comes second knows of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from domain.messages import FactCommand
from domain.money import Money
from domain.refund.case import Case
from domain.refund.events import CaseEvent
from domain.refund.kept_scans import ParcelNamed, ParcelScanned, missed, names, numbers_named
from domain.refund.parcels import Travelling, believed, label_shares, travelling
from store import streams
from store.application.carrying import Carried
from store.application.case_record import CaseRecord, record_of
from store.envelope import Cause, Draft, Envelope
from store.log import Append, EventLog, tip_of
from store.parcel_names import ParcelNames

After = Callable[[Case, FactCommand, Cause, Money | None], Carried[Case]]


def travels(record: CaseRecord, number: str) -> Travelling | None:
    """What the parcel of this number carries for a case, as its history says."""
    return travelling(record.case, _told(record.history), number)


def _told(history: Sequence[Envelope]) -> list[CaseEvent]:
    return [cast("CaseEvent", event.payload) for event in history]


class Boarding:
    """Brings cases aboard the parcels that they name."""

    def __init__(self, log: EventLog, parcels: ParcelNames, after: After) -> None:
        """``after`` carries a fact out on a case."""
        self._log = log
        self._parcels = parcels
        self._after = after

    def travellers(self, number: str) -> list[tuple[CaseRecord, Travelling]]:
        """The cases that named the parcel, believed or not, with what it carries for each; earliest named first."""
        records = map(record_of, self._log.histories(self._parcels.find(number)).values())
        return [(record, one) for record in records if record and (one := travels(record, number))]

    def caught_up(self, record: CaseRecord, carried: Carried[Case], cause: Cause) -> Carried[Case]:
        """The case with what it missed of each parcel that it names for the first time."""
        before, now = _told(record.history), [cast("CaseEvent", draft.payload) for draft, _ in carried.drafts]
        for number in numbers_named(now):
            one = travelling(carried.moved, [*before, *now], number)
            if one is not None and not names(before, number):
                carried = self._aboard(one, number, carried, cause)
        return carried

    def _aboard(self, one: Travelling, number: str, carried: Carried[Case], cause: Cause) -> Carried[Case]:
        stream_id = streams.parcel(number)
        history = self._log.history(stream_id)
        named = Draft(ParcelNamed(case_id=one.case.id, leg=one.leg), cause.recorded_at, None)
        naming = Append(tip_of(stream_id, history), [(named, cause)])
        told = self._told_late(one, number, history, carried, cause)
        return replace(told, beside=(*told.beside, naming))

    def _told_late(
        self, one: Travelling, number: str, history: Sequence[Envelope], carried: Carried[Case], cause: Cause
    ) -> Carried[Case]:
        """Each kept scan in its turn, caused by the report that brought it."""
        kept = {event.payload.scan: event.cause for event in history if isinstance(event.payload, ParcelScanned)}
        scans = missed(one, kept)
        parcel = believed([*(other for _, other in self.travellers(number)), one]) if scans else []
        if one not in parcel:
            return carried
        share = label_shares(parcel).get(one.case.id)
        for scan in scans:
            by_report = replace(kept[scan], recorded_at=cause.recorded_at)
            told = self._after(carried.moved, one.fact(scan), by_report, share)
            carried = Carried(told.moved, [*carried.drafts, *told.drafts], beside=(*carried.beside, *told.beside))
        return carried
