"""The one public door of the write side: every command enters here, is decided and saved, or refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from domain.policy import PolicyBook
from store.application.accounts import Accounts, ChosenAddress, Ground
from store.application.case_record import CaseRecord, is_party, record_of
from store.application.counter import Counter
from store.application.errand import Errand, Receipt
from store.application.evidence import Evidence
from store.application.order_lines import Import, LineResult, OrderLines, Recorded
from store.application.order_scans import OrderScans
from store.application.parties import Parties
from store.application.refund_cases import RefundCases
from store.evidence_files import EvidenceFiles
from store.idempotency import Commands
from store.log import EventLog
from store.recorder import LogRecorder
from store.vault import Vault


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
    ) -> None:
        """``clock`` tells the instant, UTC; ``announce`` is called after each commit, to wake the readers."""
        self.policies = policies
        self.clock = clock
        self.log = EventLog(LogRecorder(engine, announce=announce), vault)
        counter, parties = Counter(self.log, Commands(engine)), Parties()
        self.accounts = Accounts(self.log, counter, parties, clock)
        self.evidence = Evidence(self.log, counter, vault, evidence_files, clock)
        self.refund_cases = RefundCases(self.log, counter, parties, policies, clock)
        self.order_lines = OrderLines(self.log, parties, OrderScans(self.log, self.refund_cases), clock)


__all__ = [
    "Accounts",
    "CaseRecord",
    "ChosenAddress",
    "DirectService",
    "Errand",
    "Evidence",
    "Ground",
    "Import",
    "LineResult",
    "OrderLines",
    "Receipt",
    "Recorded",
    "RefundCases",
    "is_party",
    "record_of",
]
