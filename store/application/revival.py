"""Closed cases that come alive again: only on an order line that nothing else has taken meanwhile (SPEC §§3, 13).

That one did is marked on the line's stream, so that a cancellation asked for at the same moment collides with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from domain.actors import Role
from domain.messages import Command
from domain.order.events import RefundCaseRevived
from domain.order.line import OrderLine
from domain.policy import PolicyBook
from domain.refund.case import Case
from domain.refund.events import CaseEvent
from domain.refund.gone_back import went_back
from domain.refund.transitions import REVIVING, TABLE
from domain.vocabulary import ReturnState
from store import streams
from store.application.case_record import record_of
from store.application.line_past import cancellations_of
from store.application.parties import Parties
from store.envelope import Cause, Draft, Envelope
from store.log import Append, EventLog, Tip, tip_of


def may_revive(case: Case, role: Role, command: Command | None = None) -> bool:
    """Whether this command, or whatever else this role may do, can bring the case back to life."""
    possible = {*TABLE.commands_of(role, case.status), type(command)}
    return not case.is_open and not REVIVING.isdisjoint(possible)


@dataclass(frozen=True, slots=True)
class LineBefore:
    """A closed case's order line, before something is decided on the case."""

    tip: Tip
    is_taken: bool
    """A cancellation of it is open or ended its sale, the marketplace says that it was cancelled, or another case of it
    was refunded.
    """
    went_back: ReturnState | None
    """How far an item of it came that went back after a case had ended unpaid, where there is more than one case."""

    def marks(self, case: Case, cause: Cause) -> tuple[Append, ...]:
        """What to record on the line with what was decided: that the case lives again, if it does."""
        revived = Draft(RefundCaseRevived(case_id=case.id), cause.recorded_at, None)
        return (Append(self.tip, [(revived, cause)]),) if case.is_open else ()


class Revivals:
    """Looks at the order lines of closed cases."""

    def __init__(self, log: EventLog, parties: Parties, policies: PolicyBook) -> None:
        self._log = log
        self._parties = parties
        self._policies = policies

    def line_before(self, case: Case, now: datetime) -> LineBefore:
        """The case's line as it stands, timeouts of its cancellations that are due applied."""
        stream_id = streams.order_line(case.line.line_id)
        history = self._log.history(stream_id)
        line = self._parties.line_of(history)
        if line is None:
            return LineBefore(tip_of(stream_id, history), is_taken=False, went_back=None)
        cases = line.cases if len(line.cases) > 1 else ()
        histories = self._log.histories([*cases, *line.cancellations])
        is_taken = self._is_taken(line, case, histories, now)
        told = [cast("CaseEvent", envelope.payload) for it in cases for envelope in histories[it]]
        return LineBefore(tip_of(stream_id, history), is_taken, went_back(told))

    def _is_taken(
        self, line: OrderLine, case: Case, histories: Mapping[UUID, Sequence[Envelope]], now: datetime
    ) -> bool:
        cases = [record.case for past in histories.values() if (record := record_of(past))]
        refunded = any(other.refunds_made for other in cases if other.id != case.id)
        asked = (carried.moved for _, carried in cancellations_of(line, histories, self._policies, now))
        return line.facts.cancelled or refunded or any(told.is_open or told.ends_the_sale for told in asked)
