"""Cancellation requests on the write side: load, decide, save (SPEC §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from domain.actors import CLOCK, Actor
from domain.cancellation import decide as deciding
from domain.cancellation import intake
from domain.cancellation.cancellation import Cancellation
from domain.cancellation.commands import RequestCancellation
from domain.cancellation.events import CancellationEvent
from domain.cancellation.evolve import evolve, replay
from domain.cancellation.situation import Context
from domain.messages import Command, FactCommand
from domain.order.events import CancellationOpened
from domain.order.line import OrderLine
from domain.refusals import StaleVersion, Unknown
from store import streams
from store.application.carrying import Carried, Process, carry, timeouts
from store.application.case_record import is_party, record_of
from store.application.desk import Desk
from store.application.errand import Errand, Receipt, fingerprint
from store.envelope import Cause, Draft, Envelope
from store.log import Append, Tip, tip_of

PROCESS: Process[Cancellation, Context] = Process(
    decide=deciding.decide,
    evolve=lambda told, event, at: evolve(told, event, at=at),
    overtake=deciding.overtake,
    is_too_late=lambda _, context: deciding.is_too_late(context),
    too_late=deciding.too_late,
)


@dataclass(frozen=True, slots=True)
class CancellationRecord:
    """A cancellation request with the history that tells it."""

    cancellation: Cancellation
    history: tuple[Envelope, ...]

    @property
    def tip(self) -> Tip:
        return tip_of(self.cancellation.id, self.history)

    @property
    def recorded_at(self) -> datetime:
        """When the newest event was written down."""
        return self.history[-1].cause.recorded_at


def cancellation_of(history: Sequence[Envelope]) -> CancellationRecord | None:
    """The request that this history tells; None for no history, or one that is not a cancellation's."""
    told = replay((cast("CancellationEvent", event.payload), event.occurred_at, event.policy) for event in history)
    return CancellationRecord(told, tuple(history)) if told else None


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
            raise intake.unknown_line(command.line_id)
        histories = self._log.histories([*line.cases, *line.cancellations])
        request = self._request(command, errand, line, histories, now)
        opened = intake.submit(request)
        marker = CancellationOpened(cancellation_id=opened.cancellation_id, attempt=opened.attempt)
        cause = errand.cause(now)
        appends = [
            Append(Tip(opened.cancellation_id), [(Draft(opened, now, request.policy.ref), cause)]),
            Append(tip_of(line_stream, line_history), [(Draft(marker, now, None), cause)]),
        ]
        return self._counter.write(errand, asked, appends, stream_id=opened.cancellation_id, now=now)

    def _request(
        self,
        command: RequestCancellation,
        errand: Errand,
        line: OrderLine,
        histories: Mapping[UUID, list[Envelope]],
        now: datetime,
    ) -> intake.Request:
        cases = [record.case for case in line.cases if (record := record_of(histories[case]))]
        earlier = [told.cancellation for it in line.cancellations if (told := cancellation_of(histories[it]))]
        return intake.Request(
            command=command,
            actor=errand.actor,
            now=now,
            policy=self._policies.current,
            cancellation_id=streams.cancellation(command.line_id, len(line.cancellations) + 1),
            facts=line.facts,
            case_active=any(case.is_open for case in cases),
            paid_back=any(case.refunds_made or case.chargeback for case in cases),
            previous=tuple(earlier),
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
        carried = self.after(told, command, errand.cause(now))
        return self._counter.settle(errand, asked, record.tip, carried, now=now)

    def after(self, told: Cancellation, command: Command, cause: Cause) -> Carried[Cancellation]:
        """The request after a command and what was due before it, with what is to be recorded of both.

        For facts that come with something else and are saved in its transaction; all others go to ``handle``.
        """
        now = cause.recorded_at
        happened_at = min(command.happened_at, now) if isinstance(command, FactCommand) else now
        return carry(PROCESS, told, command, self._context(told, cause.actor, now, happened_at), cause)

    def _context(self, told: Cancellation, actor: Actor, now: datetime, happened_at: datetime) -> Context:
        return Context(actor=actor, now=now, happened_at=happened_at, policy=self._policies[told.policy])

    def overdue(self, histories: Iterable[Sequence[Envelope]], now: datetime) -> list[Append]:
        """The timeouts that are due on these requests; histories that are no request's are passed over."""
        records = [record for history in histories if (record := cancellation_of(history))]
        appends = [
            Append(record.tip, timeouts(PROCESS, told, self._context(told, CLOCK, now, now)))
            for record in records
            if (told := record.cancellation)
        ]
        return [append for append in appends if append.drafts]
