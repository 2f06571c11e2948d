"""Return labels: issued when a return opens, voided when it ends without the parcel having been scanned (SPEC §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from domain.actors import CARRIER
from domain.messages import Event, FactCommand
from domain.refund.case import Case
from domain.refund.commands import ReportReturnLabelFailed, ReportReturnLabelIssued
from domain.refund.events import ReturnLabelIssued
from domain.vocabulary import ReturnState, Status
from projections.dispatching import Job
from projections.outbox import ENDS_RETURN, OPENS_RETURN, JobKind, job_id
from scheduler.courier import Limits, Outcome
from scheduler.ports.carriers import Carriers, IssuedLabel, LabelOrder
from scheduler.ports.trouble import NoAnswer, RefusedForGood
from store.application import CaseRecord, DirectService, Reports, report_command
from store.envelope import Envelope

PATIENCE = timedelta(hours=24)
"""How long carriers may not answer before support looks for another way; the buyer's window runs meanwhile."""
SCANNED = frozenset({ReturnState.SCANNED, ReturnState.DELIVERED, ReturnState.DISPUTED, ReturnState.SENT_BACK})


class IssueReturnLabel:
    """Has a label issued for a return that is open and has none.

    A label that nobody wants any more, since the case moved on meanwhile, is voided again under its key.
    """

    kind = JobKind.ISSUE_RETURN_LABEL
    limits = Limits()

    def __init__(self, service: DirectService, carriers: Carriers, reports: Reports) -> None:
        self._cases = service.refund_cases
        self._clock: Callable[[], datetime] = service.clock
        self._carriers = carriers
        self._reports = reports

    def carry_out(self, job: Job) -> Outcome:
        """Issue the label and tell the case of it; a return that carriers cannot serve goes to support."""
        record = self._cases.find(job.stream_id, CARRIER)
        if self._told(record, job) is None:
            if not _is_wanted(record, job):
                return Outcome.MOOT if job.attempts == 1 else self._undo(job)
            try:
                label = self._issued(record.case, job)
            except RefusedForGood as refusal:
                self._tell(job, ReportReturnLabelFailed(happened_at=self._clock(), detail=refusal.detail))
                return Outcome.REFUSED
            self._tell(job, _issued(label))
            record = self._cases.find(job.stream_id, CARRIER)
        return Outcome.DONE if isinstance(self._told(record, job), ReturnLabelIssued) else self._undo(job)

    def _issued(self, case: Case, job: Job) -> IssuedLabel:
        address = case.return_address.text if case.return_address else None
        if address is None:
            raise RefusedForGood("there is no return address")
        order = LabelOrder(
            key=job.id,
            case_id=case.id,
            order_id=case.line.order_id,
            buyer_id=case.line.buyer_id,
            to=address,
            currency=case.line.price.currency,
        )
        try:
            return self._carriers.issue(order)
        except NoAnswer as silence:
            if self._clock() - job.due_at < PATIENCE:
                raise
            raise RefusedForGood(f"no carrier answered for {PATIENCE}: {silence}") from silence

    def _undo(self, job: Job) -> Outcome:
        """Void what this try, or one before it that was cut short, may have had issued."""
        with suppress(RefusedForGood):  # it was used, so the scan will tell
            self._carriers.void(job.id)
        return Outcome.MOOT

    def _told(self, record: CaseRecord, job: Job) -> Event | None:
        """What the case recorded when it was told of this job's label."""
        told = report_command(job.stream_id, CARRIER, _report_id(job, ReportReturnLabelIssued))
        return next((event.payload for event in record.history if event.cause.command_id == told), None)

    def _tell(self, job: Job, fact: FactCommand) -> None:
        self._reports.take(job.stream_id, fact, CARRIER, _report_id(job, type(fact)), job.correlation_id)


def _report_id(job: Job, fact: type[FactCommand]) -> str:
    return f"{job.id}/{fact.__name__}"


class VoidReturnLabel:
    """Has the labels voided that a case had before its return ended."""

    kind = JobKind.VOID_RETURN_LABEL
    limits = Limits()

    def __init__(self, service: DirectService, carriers: Carriers) -> None:
        self._cases = service.refund_cases
        self._carriers = carriers

    def carry_out(self, job: Job) -> Outcome:
        """Void them, unless the parcel was scanned after all: then the label is used."""
        record = self._cases.find(job.stream_id, CARRIER)
        if record.case.return_state in SCANNED:
            return Outcome.MOOT
        try:
            for key in _label_keys(record.history[: job.version]):
                self._carriers.void(key)
        except RefusedForGood:
            return Outcome.REFUSED
        return Outcome.DONE


def _is_wanted(record: CaseRecord, job: Job) -> bool:
    """Whether the return that this job's event opened is the one that is open, and began without a label."""
    newest = [event.originator_version for event in record.history if type(event.payload) in OPENS_RETURN][-1]
    open_now = record.case.status is Status.AWAITING_RETURN and newest == job.version
    return open_now and not _label_in_force(record.history[: job.version])


def _label_in_force(history: Iterable[Envelope]) -> bool:
    in_force = False
    for event in history:
        if isinstance(event.payload, ReturnLabelIssued):
            in_force = True
        elif type(event.payload) in ENDS_RETURN:
            in_force = False
    return in_force


def _label_keys(history: Iterable[Envelope]) -> list[UUID]:
    return [
        job_id(event.originator_id, event.originator_version, JobKind.ISSUE_RETURN_LABEL)
        for event in history
        if type(event.payload) in OPENS_RETURN
    ]


def _issued(label: IssuedLabel) -> ReportReturnLabelIssued:
    return ReportReturnLabelIssued(
        happened_at=label.issued_at, tracking=label.tracking, cost=label.cost, label=label.document
    )
