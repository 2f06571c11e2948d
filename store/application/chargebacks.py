"""Chargebacks on the write side: a bank names a payment, and every order line that it paid for is marked (SPEC §4).

Marked in the transaction that tells the line's case and cancellation, so that a request that races with it is either
told or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from domain.actors import PROVIDER
from domain.payout import BankReport
from domain.refusals import Unknown
from store import streams
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.application.line_matters import LineMatters
from store.application.parties import Parties
from store.application.reports import report_command
from store.log import EventLog, tip_of
from store.payment_names import PaymentNames


class Chargebacks:
    """Marks the lines of a payment, and tells what was opened on them."""

    def __init__(
        self,
        log: EventLog,
        counter: Counter,
        parties: Parties,
        names: PaymentNames,
        matters: LineMatters,
        clock: Callable[[], datetime],
    ) -> None:
        self._log = log
        self._counter = counter
        self._parties = parties
        self._names = names
        self._matters = matters
        self._clock = clock

    def told(self, payments: Iterable[str], fact: BankReport, correlation_id: UUID | None = None) -> None:
        """Record what a bank tells, once however often it does, of the payment that goes by these references.

        A bank names no line, so every line that the payment paid for is marked, and its newest case and newest
        cancellation are told. Raises Unknown where no line is known to be paid by it.
        """
        names = list(payments)
        lines = list(dict.fromkeys(stream for name in names for stream in self._names.find(name)))
        if not lines:
            raise Unknown("unknown_payment", f"no order line was paid by {' or '.join(names)}")
        for stream_id in lines:
            command_id = report_command(stream_id, PROVIDER, f"{type(fact).__name__}/{fact.reference}")
            errand = Errand(actor=PROVIDER, command_id=command_id, correlation_id=correlation_id)
            self._carry_out(stream_id, fact, errand)

    def report(self, line_id: str, fact: BankReport, errand: Errand) -> Receipt:
        """The same for one line that the reporter knows by name. Raises Unknown for one that was never reported."""
        return self._carry_out(streams.order_line(line_id), fact, errand)

    def _carry_out(self, stream_id: UUID, fact: BankReport, errand: Errand) -> Receipt:
        asked = fingerprint(f"order-line/{stream_id}", fact, errand.actor)
        return self._counter.carry_out(errand, asked, lambda: self._recorded(stream_id, fact, errand, asked))

    def _recorded(self, stream_id: UUID, fact: BankReport, errand: Errand, asked: bytes) -> Receipt:
        now, history = self._clock(), self._log.history(stream_id)
        line, tip = self._parties.line_of(history), tip_of(stream_id, history)
        if line is None:
            raise Unknown("unknown_order_line", "no such order line was reported")
        told = self._matters.of_bank(line, tip, fact, errand.cause(now))
        if not told:
            return Receipt(stream_id=stream_id, version=tip.version, position=None, recorded_at=now)
        return self._counter.write(errand, asked, told, stream_id=stream_id, now=now)
