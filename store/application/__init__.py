"""The one public door of the write side: every command enters here, is decided and saved, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from domain.actors import Actor
from domain.policy import PolicyBook
from store.application.accounts import Accounts, ChosenAddress, Ground, SellerRecord
from store.application.adjustments import Adjustments
from store.application.bulk_answers import Answered, BulkAnswers
from store.application.cancellation_record import CancellationRecord, cancellation_of
from store.application.cancellations import Cancellations
from store.application.case_record import CaseRecord, is_party, record_of
from store.application.chargebacks import Chargebacks
from store.application.contacts import BuyerRecord, Contacts
from store.application.counter import Counter
from store.application.errand import Errand, Receipt
from store.application.evidence import Evidence
from store.application.line_matters import LineMatters
from store.application.order_lines import Import, LineResult, OrderLines, Recorded
from store.application.order_scans import OrderScans
from store.application.parcels import Parcels
from store.application.parties import ConductOf, Parties
from store.application.refund_cases import RefundCases
from store.application.reports import Reports, report_command
from store.application.webhook_requests import WebhookRequests
from store.audit.exporting import Exporter
from store.audit.exports import Exports
from store.audit.roots import Roots
from store.audit.scopes import Scopes
from store.envelope import Envelope
from store.evidence_files import EvidenceFiles
from store.idempotency import Commands
from store.log import EventLog
from store.parcel_names import ParcelNames
from store.payment_names import PaymentNames
from store.reader import LogReader
from store.recorded_lines import RecordedLines
from store.recorder import LogRecorder
from store.vault import Vault
from store.webhooks.endpoints import Endpoints


class DirectService:
    """The write side, put together over one engine."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        vault: Vault,
        policies: PolicyBook,
        evidence_files: EvidenceFiles,
        clock: Callable[[], datetime],
        announce: Callable[[], None] = lambda: None,
        conduct_of: ConductOf = lambda buyer_id, policy, now: None,
    ) -> None:
        """``clock`` tells the instant, UTC; ``announce`` is called after each commit, to wake the readers;
        ``conduct_of`` counts what a buyer asks for, without which no request goes to support for that.
        """
        self.policies = policies
        self.clock = clock
        self._vault = vault
        reader = LogReader(engine)
        recorder = LogRecorder(engine, reader, announce)
        self.log = EventLog(recorder, vault)
        self.roots = Roots(engine, reader, clock)
        self.exports = Exports(Scopes(engine, reader, recorder), Exporter(engine, vault), clock)
        counter, parties = Counter(self.log, Commands(engine)), Parties(conduct_of)
        self.recorded_lines = RecordedLines(self.log, reader, parties)
        self.accounts = Accounts(self.log, counter, parties, clock)
        self.adjustments = Adjustments(self.log, counter, parties, clock)
        self.contacts = Contacts(self.log, counter, parties, clock)
        self.evidence = Evidence(self.log, counter, vault, evidence_files, clock)
        matters = LineMatters(self.log, parties)
        self.refund_cases = RefundCases(self.log, counter, parties, policies, clock, matters, ParcelNames(engine))
        self.bulk_answers = BulkAnswers(self.refund_cases, counter, clock)
        self.cancellations = Cancellations(self.log, counter, parties, policies, clock, matters)
        self.parcels = Parcels(self.log, counter, self.refund_cases, clock)
        self.reports = Reports(self.log, self.refund_cases, self.cancellations, self.parcels)
        self.chargebacks = Chargebacks(self.log, counter, parties, PaymentNames(engine), matters, clock)
        self.webhooks = WebhookRequests(Endpoints(engine, vault, clock), engine, self.log, counter, clock)
        scans = OrderScans(self.log, self.refund_cases, self.cancellations)
        self.order_lines = OrderLines(self.log, parties, scans, clock)

    def forget(self, person: Actor) -> bool:
        """Destroy the key of everything this person wrote or was written of him; False where there was none (SPEC §9).

        History, books, chains and read models stay as they are. Whoever acts again later gets a fresh key.
        """
        return self._vault.forget(str(person))

    def overtake(self, stream_ids: Iterable[UUID], conn: sa.Connection | None = None) -> list[Envelope]:
        """Apply every timeout that is due on these cases and cancellations, each at its ``due_at``.

        All in one transaction, ``conn``'s where given; what was recorded. What has nothing due is left alone. Raises
        StreamMoved when one of them is being moved by someone else at this moment; then nothing is recorded.
        """
        now = self.clock()
        histories = list(self.log.histories(stream_ids, conn=conn).values())
        appends = self.refund_cases.overdue(histories, now, conn) + self.cancellations.overdue(histories, now)
        return self.log.append(appends, conn=conn) if appends else []


__all__ = [
    "Accounts",
    "Adjustments",
    "Answered",
    "BulkAnswers",
    "BuyerRecord",
    "CancellationRecord",
    "Cancellations",
    "CaseRecord",
    "Chargebacks",
    "ChosenAddress",
    "Contacts",
    "DirectService",
    "Errand",
    "Evidence",
    "Ground",
    "Import",
    "LineResult",
    "OrderLines",
    "Parcels",
    "Receipt",
    "Recorded",
    "RefundCases",
    "Reports",
    "SellerRecord",
    "cancellation_of",
    "is_party",
    "record_of",
    "report_command",
]
