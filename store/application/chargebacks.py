"""Chargebacks on the write side: a bank names a payment, and every case and cancellation it paid for is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from domain.actors import PROVIDER
from domain.payout import ReportChargeback
from domain.refusals import Unknown
from store.application.parties import Parties
from store.application.reports import Reports
from store.envelope import Envelope
from store.log import EventLog
from store.payment_names import PaymentNames


class Chargebacks:
    """Finds what a payment was for and reports its chargeback there."""

    def __init__(self, log: EventLog, parties: Parties, names: PaymentNames, reports: Reports) -> None:
        self._log = log
        self._parties = parties
        self._names = names
        self._reports = reports

    def opened(self, payments: Iterable[str], fact: ReportChargeback, correlation_id: UUID | None = None) -> None:
        """Report the chargeback, once however often it comes, of the payment that goes by these references.

        A bank names no line, so the newest case and the newest cancellation of every line that the payment paid for
        are told. Raises Unknown where there are none.
        """
        names = list(payments)
        lines = dict.fromkeys(stream for name in names for stream in self._names.find(name))
        told = self._told(self._log.histories(lines) if lines else {})
        if not told:
            raise Unknown("unknown_payment", f"no case or cancellation was paid by {' or '.join(names)}")
        for stream_id in told:
            self._reports.take(stream_id, fact, PROVIDER, fact.reference, correlation_id)

    def _told(self, histories: Mapping[UUID, list[Envelope]]) -> list[UUID]:
        lines = (line for history in histories.values() if (line := self._parties.line_of(history)))
        return [stream_id for line in lines for stream_id in (*line.cases[-1:], *line.cancellations[-1:])]
