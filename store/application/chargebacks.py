"""Chargebacks on the write side: a bank names a payment, and every order line that it paid for is marked (SPEC §4).

Marked in the transaction that tells the line's case and cancellation, so that a request that races with it is either
told or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from domain.actors import PROVIDER
from domain.order.line import OrderLine, chargeback_told, evolve, is_news
from domain.payout import BankReport
from domain.refusals import Unknown
from store import streams
from store.application.cancellation_record import cancellation_of
from store.application.cancellations import Cancellations
from store.application.case_record import record_of
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.application.parties import Parties
from store.application.refund_cases import RefundCases
from store.application.reports import report_command
from store.envelope import Cause, Draft, Envelope
from store.log import Append, EventLog, tip_of
from store.payment_names import PaymentNames


class Chargebacks:
    """Marks the lines of a payment, and tells what was opened on them."""

    def __init__(
        self,
        log: EventLog,
        counter: Counter,
        parties: Parties,
        names: PaymentNames,
        refund_cases: RefundCases,
        cancellations: Cancellations,
        clock: Callable[[], datetime],
    ) -> None:
        self._log = log
        self._counter = counter
        self._parties = parties
        self._names = names
        self._refund_cases = refund_cases
        self._cancellations = cancellations
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
        events = chargeback_told(line, fact)
        if not events:
            return Receipt(stream_id=stream_id, version=tip.version, position=None, recorded_at=now)
        cause, at = errand.cause(now), min(fact.happened_at, now)
        marked = Append(tip, [(Draft(event, at, None), cause) for event in events])
        (after,) = [evolve(event, line) for event in events]
        told = self._told(line, fact, cause) if after and is_news(fact, line, after) else []
        return self._counter.write(errand, asked, [marked, *told], stream_id=stream_id, now=now)

    def _told(self, line: OrderLine, fact: BankReport, cause: Cause) -> list[Append]:
        histories = self._log.histories([*line.cases[-1:], *line.cancellations[-1:]])
        return [append for history in histories.values() if (append := self._append(history, fact, cause))]

    def _append(self, history: Sequence[Envelope], fact: BankReport, cause: Cause) -> Append | None:
        if record := record_of(history):
            return Append(record.tip, self._refund_cases.after(record.case, fact, cause).drafts)
        if asked := cancellation_of(history):
            return Append(asked.tip, self._cancellations.after(asked.cancellation, fact, cause).drafts)
        return None
