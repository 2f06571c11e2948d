"""Cancellation requests on the write side: load, decide, save (SPEC §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.actors import Actor
from domain.beside import NOTHING_BESIDE, Beside
from domain.cancellation import intake
from domain.cancellation.cancellation import Cancellation
from domain.cancellation.commands import RequestCancellation
from domain.cancellation.situation import Context
from domain.messages import Command, FactCommand
from domain.order.events import CancellationOpened
from domain.order.line import OrderLine, unknown_line
from domain.policy import PolicyBook
from domain.refusals import StaleVersion, Unknown
from store import streams
from store.application.cancellation_record import CancellationRecord, cancellation_of
from store.application.carrying import Carried, Drafts, carry, overtaken
from store.application.case_record import is_party
from store.application.desk import Desk
from store.application.errand import Errand, Receipt, fingerprint
from store.application.line_past import LinePast, past_of
from store.application.overtaking import CANCELLATIONS, clock_on_cancellation
from store.envelope import Cause, Draft, Envelope
from store.log import Append, Tip, tip_of


class Cancellations(Desk):
    """Opens cancellation requests and carries commands out on them."""

    def find(self, cancellation_id: UUID, actor: Actor, *, version: int | None = None) -> CancellationRecord:
        """The request as it stands, or stood at ``version``. Raises Unknown, also for a foreign one."""
        record = cancellation_of(self._log.history(cancellation_id)[:version])
        known = record is not None and is_party(record.cancellation.line, actor)
        if record is None or not known or (version or 0) > record.cancellation.version:
            raise Unknown(
                "unknown_cancellation",
                f"no cancellation {cancellation_id} of yours",
                cancellation_id=str(cancellation_id),
            )
        return record

    def submit(self, command: RequestCancellation, errand: Errand) -> Receipt:
        """Ask for the cancellation of a line. Raises what ``intake.submit`` refuses."""
        asked = fingerprint(f"order-line/{command.line_id}", command, errand.actor)
        return self._counter.carry_out(errand, asked, lambda: self._submit(command, errand, asked))

    def _submit(self, command: RequestCancellation, errand: Errand, asked: bytes) -> Receipt:
        now = self._clock()
        line_stream = streams.order_line(command.line_id)
        line_history = self._log.history(line_stream)
        line = self._parties.line_of(line_history)
        if line is None:
            raise unknown_line(command.line_id)
        past = self._past(line, now)
        request = self._request(command, errand, line, past, now)
        opened = intake.submit(request)
        marker = CancellationOpened(cancellation_id=opened.cancellation_id, attempt=opened.attempt)
        cause = errand.cause(now)
        appends = [
            Append(Tip(opened.cancellation_id), [(Draft(opened, now, request.policy.ref), cause)]),
            Append(tip_of(line_stream, line_history), [(Draft(marker, now, None), cause)]),
            *past.appends(),
        ]
        return self._counter.write(errand, asked, appends, stream_id=opened.cancellation_id, now=now)

    def _past(self, line: OrderLine, now: datetime) -> LinePast:
        seller = streams.seller(line.facts.seller_id)
        histories = self._log.histories([*line.cases, *line.cancellations, seller])
        return past_of(line, histories, self._parties.seller_of(histories[seller]), self._policies, now)

    def _request(
        self, command: RequestCancellation, errand: Errand, line: OrderLine, past: LinePast, now: datetime
    ) -> intake.Request:
        return intake.Request(
            command=command,
            actor=errand.actor,
            now=now,
            policy=self._policies.current,
            cancellation_id=streams.cancellation(command.line_id, len(line.cancellations) + 1),
            facts=line.facts,
            case_active=any(case.is_open for case in past.cases_now),
            paid_back=line.has_chargeback or any(case.refunds_made or case.chargeback for case in past.cases_now),
            previous=past.cancellations_now,
        )

    def handle(self, cancellation_id: UUID, command: Command, errand: Errand) -> Receipt:
        """Carry out a command on a request; refused like one on a refund case."""
        asked = fingerprint(f"cancellation/{cancellation_id}", command, errand.actor)
        return self._counter.carry_out(errand, asked, lambda: self._handle(cancellation_id, command, errand, asked))

    def _handle(self, cancellation_id: UUID, command: Command, errand: Errand, asked: bytes) -> Receipt:
        now = self._clock()
        record = self.find(cancellation_id, errand.actor)
        told = record.cancellation
        if errand.expected_version not in {None, told.version}:
            raise StaleVersion(
                "stale_version",
                f"the request is at version {told.version}, not {errand.expected_version}; look again first",
                expected=errand.expected_version,
                version=told.version,
            )
        cause = errand.cause(now)
        line = self._matters.hear(told, command, cause)
        carried = self.after(told, command, cause, line.beside)
        carried = replace(carried, beside=line.appends)
        return self._counter.settle(errand, asked, record.tip, carried, now=now)

    def after(
        self, told: Cancellation, command: Command, cause: Cause, beside: Beside = NOTHING_BESIDE
    ) -> Carried[Cancellation]:
        """The request after a command and what was due before it, with what is to be recorded of both.

        For facts that come with something else and are saved in its transaction; all others go to ``handle``.
        ``beside`` is what the rest of the line makes of it.
        """
        now = cause.recorded_at
        context = Context(
            actor=cause.actor,
            now=now,
            happened_at=min(command.happened_at, now) if isinstance(command, FactCommand) else now,
            policy=self._policies[told.policy],
            beside=beside,
        )
        return carry(CANCELLATIONS, told, command, context, cause)

    def tell(self, history: Sequence[Envelope], fact: FactCommand, cause: Cause) -> Append | None:
        """What a fact makes of the request that this history tells; None where it tells none."""
        record = cancellation_of(history)
        return Append(record.tip, self.after(record.cancellation, fact, cause).drafts) if record else None

    def overdue(self, histories: Iterable[Sequence[Envelope]], now: datetime) -> list[Append]:
        """The timeouts that are due on these requests; histories that are no request's are passed over."""
        records = [record for history in histories if (record := cancellation_of(history))]
        appends = [Append(record.tip, _timeouts(record.cancellation, self._policies, now)) for record in records]
        return [append for append in appends if append.drafts]


def _timeouts(told: Cancellation, policies: PolicyBook, now: datetime) -> Drafts:
    return overtaken(CANCELLATIONS, told, clock_on_cancellation(told, policies, now)).drafts
