"""Parcels on the write side: a scan by tracking number is kept, and reaches every case of the parcel (SPEC §13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.messages import FactCommand
from domain.money import Money
from domain.refund.kept_scans import ParcelScanned
from domain.refund.parcels import ParcelScan, Travelling, believed, label_shares, parcel_number
from store import streams
from store.application.case_record import CaseRecord
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.application.refund_cases import RefundCases
from store.envelope import Cause, Draft
from store.log import Append, EventLog, tip_of


class Parcels:
    """Keeps the scans of parcels and tells them to the cases that travel with them."""

    def __init__(
        self, log: EventLog, counter: Counter, refund_cases: RefundCases, clock: Callable[[], datetime]
    ) -> None:
        self._log = log
        self._counter = counter
        self._refund_cases = refund_cases
        self._clock = clock

    def by_tracking_number(self, number: str) -> list[tuple[CaseRecord, Travelling]]:
        """The cases that the parcel's scans reach, with what it carries for each; earliest named first.

        Letters and digits of the number count, in either case. Empty for a parcel that nobody named, or that only a
        buyer named to whom it does not belong.
        """
        named = self._refund_cases.boarding.travellers(parcel_number(number))
        reached = believed([one for _, one in named])
        return [(record, one) for record, one in named if one in reached]

    def scanned(self, scan: ParcelScan, errand: Errand) -> Receipt:
        """Keep the scan and tell every case of the parcel, all in one transaction.

        The receipt speaks of the case that named the parcel first, of the parcel itself where none has.
        """
        number = parcel_number(scan.number)
        asked = fingerprint(f"parcel/{number}", scan, errand.actor)
        return self._counter.carry_out(errand, asked, lambda: self._scanned(scan, errand, asked))

    def _scanned(self, scan: ParcelScan, errand: Errand, asked: bytes) -> Receipt:
        stream_id = streams.parcel(parcel_number(scan.number))
        tip = tip_of(stream_id, self._log.history(stream_id))
        found = self.by_tracking_number(scan.number)
        now, shares = self._clock(), label_shares([one for _, one in found])
        cause = errand.cause(now)
        told = [
            append
            for case, one in found
            for append in self._appends(case, one.fact(scan), cause, shares.get(one.case.id))
        ]
        kept = Append(tip, [(Draft(ParcelScanned(scan=scan), min(scan.happened_at, now), None), cause)])
        appends = [*told, kept]
        return self._counter.write(errand, asked, appends, stream_id=appends[0].tip.stream_id, now=now)

    def _appends(self, record: CaseRecord, fact: FactCommand, cause: Cause, label_share: Money | None) -> list[Append]:
        carried = self._refund_cases.after(record.case, fact, cause, label_share)
        return [Append(record.tip, carried.drafts), *carried.beside]
