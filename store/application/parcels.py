"""Parcels on the write side: a scan by tracking number reaches every case that travels with it (SPEC §13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from domain.messages import FactCommand
from domain.money import Money
from domain.refund.events import CaseEvent
from domain.refund.parcels import ParcelScan, Travelling, believed, label_shares, parcel_number, travelling
from domain.refusals import Unknown
from store.application.case_record import CaseRecord, record_of
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.application.refund_cases import RefundCases
from store.envelope import Cause
from store.log import Append, EventLog
from store.parcel_names import ParcelNames


class Parcels:
    """Finds the cases of a parcel and tells them its scans."""

    def __init__(
        self,
        log: EventLog,
        counter: Counter,
        refund_cases: RefundCases,
        names: ParcelNames,
        clock: Callable[[], datetime],
    ) -> None:
        self._log = log
        self._counter = counter
        self._refund_cases = refund_cases
        self._names = names
        self._clock = clock

    def by_tracking_number(self, number: str) -> list[tuple[CaseRecord, Travelling]]:
        """The cases that the parcel's scans reach, with what it carries for each; earliest named first.

        Letters and digits of the number count, in either case. Empty for a parcel that nobody named, or that only a
        buyer named to whom it does not belong.
        """
        records = self._log.histories(self._names.find(parcel_number(number)))
        named = {
            case.case.id: (case, one)
            for history in records.values()
            if (case := record_of(history)) and (one := _travelling(case, number))
        }
        return [named[one.case.id] for one in believed([one for _, one in named.values()])]

    def scanned(self, scan: ParcelScan, errand: Errand) -> Receipt:
        """Tell every case of the parcel, all in one transaction; the receipt speaks of the one named first.

        Raises Unknown for a parcel of no case.
        """
        number = parcel_number(scan.number)
        asked = fingerprint(f"parcel/{number}", scan, errand.actor)
        return self._counter.carry_out(errand, asked, lambda: self._scanned(scan, errand, asked))

    def _scanned(self, scan: ParcelScan, errand: Errand, asked: bytes) -> Receipt:
        found = self.by_tracking_number(scan.number)
        if not found:
            raise Unknown("unknown_parcel", f"no case travels with parcel {scan.number}", number=scan.number)
        now, shares = self._clock(), label_shares([one for _, one in found])
        appends = [
            self._append(case, one.fact(scan), errand.cause(now), shares.get(one.case.id)) for case, one in found
        ]
        return self._counter.write(errand, asked, appends, stream_id=appends[0].tip.stream_id, now=now)

    def _append(self, record: CaseRecord, fact: FactCommand, cause: Cause, label_share: Money | None) -> Append:
        return Append(record.tip, self._refund_cases.after(record.case, fact, cause, label_share).drafts)


def _travelling(record: CaseRecord, number: str) -> Travelling | None:
    events = (cast("CaseEvent", event.payload) for event in record.history)
    return travelling(record.case, events, number)
