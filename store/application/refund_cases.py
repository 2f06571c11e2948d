"""Refund cases on the write side: load, decide, save (SPEC §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from domain.actors import Actor
from domain.beside import NOTHING_BESIDE, Beside
from domain.messages import Command, Personal
from domain.money import Money
from domain.policy import PolicyBook
from domain.refund.case import Case
from domain.refund.commands import Expire, FactCommand
from domain.refund.events import EvidenceItem
from domain.refund.recording import uses_return_address
from domain.refund.requirements import evidence_named
from domain.refund.situation import Context
from domain.refusals import StaleVersion
from store import streams
from store.application.boarding import Boarding
from store.application.carrying import Carried, Drafts, carry, overtaken
from store.application.case_record import CaseRecord, is_party, record_of, unknown_case
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.application.line_matters import LineMatters
from store.application.overtaking import CASES, clock_on_case
from store.application.parties import Parties
from store.application.revival import LineBefore, Revivals, may_revive
from store.application.submissions import Submissions
from store.envelope import Cause, Envelope
from store.log import Append, EventLog
from store.parcel_names import ParcelNames


class RefundCases(Submissions):
    """Opens cases, carries commands out on them, and lets the clock overtake the silent."""

    def __init__(
        self,
        log: EventLog,
        counter: Counter,
        parties: Parties,
        policies: PolicyBook,
        clock: Callable[[], datetime],
        matters: LineMatters,
        parcels: ParcelNames,
    ) -> None:
        super().__init__(log, counter, parties, policies, clock, matters)
        self.boarding = Boarding(log, parcels, self.after)
        self._revivals = Revivals(log, parties, policies)

    def find(self, case_id: UUID, actor: Actor, *, version: int | None = None) -> CaseRecord:
        """The case as it stands, or as it stood at ``version``. Raises Unknown, also for a foreign case."""
        record = record_of(self._log.history(case_id)[:version])
        if record is None or not is_party(record.case.line, actor) or (version or 0) > record.case.version:
            raise unknown_case(case_id)
        return record

    def handle(self, case_id: UUID, command: Command, errand: Errand) -> Receipt:
        """Carry out a command on a case.

        Raises Unknown, StaleVersion, DeadlinePassed, NotYourMove, NotAllowedNow, RuleBroken, CommandReused or
        CommandInFlight. When a deadline has passed, its timeout is recorded even though the command is refused.
        """
        asked = fingerprint(f"refund-case/{case_id}", command, errand.actor)
        return self._counter.carry_out(errand, asked, lambda: self._handle(case_id, command, errand, asked))

    def _handle(self, case_id: UUID, command: Command, errand: Errand, asked: bytes) -> Receipt:
        now = self._clock()
        record = self.find(case_id, errand.actor)
        case = record.case
        if errand.expected_version not in {None, case.version}:
            raise _stale(case, errand.expected_version)
        cause = errand.cause(now)
        told = self._matters.hear(case, command, cause)
        carried = self.after(case, command, cause, beside=told.beside)
        carried = replace(carried, beside=(*carried.beside, *told.appends))
        carried = self.boarding.caught_up(record, carried, cause)
        return self._counter.settle(errand, asked, record.tip, carried, now=now)

    def after(
        self,
        case: Case,
        command: Command,
        cause: Cause,
        label_share: Money | None = None,
        *,
        beside: Beside = NOTHING_BESIDE,
    ) -> Carried[Case]:
        """The case after a command and what was due before it, with what is to be recorded of both.

        For facts that come with something else and are saved in its transaction; all others go to ``handle``.
        ``label_share`` is what the case bears of a return label that serves several, ``beside`` what the rest of the
        line makes of it.
        """
        now, role = cause.recorded_at, cause.actor.role
        line = self._revivals.line_before(case, now) if may_revive(case, role, command) else None
        context = replace(self._context(case, command, cause.actor, now), label_share=label_share, beside=beside)
        if line:
            context = replace(context, line_taken=line.is_taken, went_back=line.went_back)
        carried = carry(CASES, case, command, context, cause)
        return replace(carried, beside=line.marks(carried.moved, cause)) if line else carried

    def tell(self, history: Sequence[Envelope], fact: FactCommand, cause: Cause) -> Append | None:
        """What a fact makes of the case that this history tells; None where it tells none."""
        record = record_of(history)
        return Append(record.tip, self.after(record.case, fact, cause).drafts) if record else None

    def line_before(self, case: Case, viewer: Actor, at: datetime) -> LineBefore | None:
        """The order line of a closed case, as far as it counts for bringing that back to life; None for who cannot."""
        return self._revivals.line_before(case, at) if may_revive(case, viewer.role) else None

    def _context(self, case: Case, command: Command, actor: Actor, now: datetime) -> Context:
        happened_at = min(command.happened_at, now) if isinstance(command, FactCommand) else now
        named = evidence_named(command)
        seller_stream = streams.seller(case.line.seller_id)
        addressed = uses_return_address(case.status, type(command)) or _timeout_opens_return(case, happened_at)
        wanted = [*named, *([seller_stream] if addressed else [])]
        histories = self._log.histories(wanted) if wanted else {}
        return Context(
            actor=actor,
            now=now,
            happened_at=happened_at,
            policy=self._policies[case.policy],
            return_address=self._return_address(histories, seller_stream),
            evidence=self._evidence(case, named, histories, actor),
        )

    def _return_address(self, histories: Mapping[UUID, list[Envelope]], stream_id: UUID) -> Personal | None:
        seller = self._parties.seller_of(histories.get(stream_id, []))
        return seller.return_address if seller else None

    def _evidence(
        self, case: Case, named: Sequence[UUID], histories: Mapping[UUID, list[Envelope]], actor: Actor
    ) -> dict[UUID, EvidenceItem]:
        shown = [item for item in named if item in case.evidence]
        return self._parties.evidence_of(named, histories, actor, shown_already=shown)

    # The clock

    def overdue(
        self, histories: Iterable[Sequence[Envelope]], now: datetime, conn: sa.Connection | None = None
    ) -> list[Append]:
        """The timeouts that are due on these cases, each at its ``due_at``; other histories are passed over."""
        records = [
            record
            for history in histories
            if (record := record_of(history)) and record.case.deadline and record.case.deadline.has_passed(now)
        ]
        addresses = self._addresses(records, now, conn)
        return [
            Append(record.tip, self._timeouts(record.case, addresses.get(record.case.line.seller_id), now))
            for record in records
        ]

    def _timeouts(self, case: Case, return_address: Personal | None, now: datetime) -> Drafts:
        return overtaken(CASES, case, clock_on_case(case, self._policies, return_address, now)).drafts

    def _addresses(
        self, records: Sequence[CaseRecord], now: datetime, conn: sa.Connection | None
    ) -> dict[str, Personal | None]:
        sellers = {record.case.line.seller_id for record in records if _timeout_opens_return(record.case, now)}
        if not sellers:
            return {}
        by_stream = {streams.seller(seller): seller for seller in sellers}
        histories = self._log.histories(by_stream, conn=conn)
        return {seller: self._return_address(histories, stream) for stream, seller in by_stream.items()}


def _timeout_opens_return(case: Case, at: datetime) -> bool:
    overdue = case.deadline is not None and case.deadline.has_passed(at)
    return overdue and uses_return_address(case.status, Expire)


def _stale(case: Case, expected: int | None) -> StaleVersion:
    return StaleVersion(
        "stale_version",
        f"the case is at version {case.version}, not {expected}; look again before deciding",
        expected=expected,
        version=case.version,
    )
