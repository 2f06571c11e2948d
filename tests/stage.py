"""The domain as a stage for stories: one order line, its cases, and the doors the write side has, without a store."""

from copy import copy
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from domain.buyer.standing import BuyerStanding
from domain.messages import FactCommand
from domain.order.line import OrderLine
from domain.refund import intake
from domain.refund.actions import possible_now
from domain.refund.commands import SubmitRequest
from domain.refund.decide import decide, is_too_late, overtake, too_late
from domain.refund.events import SuccessorOpened
from domain.refund.evolve import evolve, opened
from domain.refund.request import Request
from domain.refund.requirements import evidence_named
from domain.refund.situation import Context
from tests.trade import CLOCK, ENROLLED, REQUESTED_AT, STANDARD, berlin, order_line, upload


class DomainStage:
    """Carries commands out as the write side does: overtaken first, then decided, then evolved.

    A stage of another floor offers the same: ``carry_out``, ``let_pass``, ``case_at``, ``actions`` and ``now``.
    """

    def __init__(
        self,
        line=None,
        policy=STANDARD,
        seller=ENROLLED,
        buyer=None,
        *,
        cancellation_open=False,
        sale_cancelled=False,
        **surroundings,
    ):
        """``surroundings``: what else of the line a decision sees, as ``Context`` names it."""
        self.line = line or order_line()
        self.policy = policy
        self.seller = seller
        self.buyer = buyer or BuyerStanding()
        self.cancellation_open = cancellation_open
        self.sale_cancelled = sale_cancelled
        self.surroundings = surroundings
        self.now = berlin(REQUESTED_AT)
        self.unknown_uploads = frozenset()
        self.cases = []
        self.histories = []

    def case_at(self, index=-1):
        """The newest case on the line, or the one of this index."""
        return self.cases[index]

    def carry_out(self, command, actor, index=-1):
        """The events that the command causes, those of timeouts before it included; raises what is refused."""
        if isinstance(command, SubmitRequest):
            return [self._submit(command, actor)]
        context = self.context(actor, command)
        timeouts = self._overtake(context, index)
        if timeouts and is_too_late(command, context):
            raise too_late(self.cases[index], command, timeouts[0].due_at, context)
        events = decide(self.cases[index], command, context)
        for event in events:
            self._record(event, context.happened_at, index)
        return [*[timeout.event for timeout in timeouts], *events]

    def actions(self, actor, index=-1):
        """The names of what is open to the actor now."""
        return possible_now(self.cases[index], self.context(actor))

    def let_pass(self, until: datetime, index=-1):
        """Time goes by; the events of the timers that run out on the way, each on time."""
        events = []
        while (deadline := self.cases[index].deadline) and deadline.due_at <= until:
            self.now = max(self.now, deadline.due_at)
            events += [timeout.event for timeout in self._overtake(self.context(CLOCK), index)]
        self.now = max(self.now, until)
        return events

    def context(self, actor, command=None):
        """What a decision sees of the world outside the case."""
        happened_at = min(command.happened_at, self.now) if isinstance(command, FactCommand) else self.now
        named = evidence_named(command) if command else ()
        return Context(
            actor=actor,
            now=self.now,
            happened_at=happened_at,
            policy=self.policy,
            return_address=self.seller and self.seller.return_address,
            line_taken=self.cancellation_open,
            evidence=self._uploads(named),
            **self.surroundings,
        )

    def _uploads(self, named):
        return {item: upload(item) for item in named if item not in self.unknown_uploads}

    def _overtake(self, context, index):
        timeouts = []
        for timeout in overtake(self.cases[index], context):
            self._record(timeout.event, timeout.due_at, index)
            timeouts.append(timeout)
        return timeouts

    def _record(self, event, at, index):
        self.cases[index] = evolve(self.cases[index], event, at=at)
        self.histories[index].append((event, at, None))

    def _submit(self, command, actor):
        case_id = uuid5(NAMESPACE_URL, f"{self.line.line_id}/{len(self.cases) + 1}")
        event = intake.submit(
            Request(
                command=command,
                actor=actor,
                now=self.now,
                policy=self.policy,
                case_id=case_id,
                line=OrderLine(facts=self.line, cases=tuple(case.id for case in self.cases)),
                seller=self.seller,
                buyer=self.buyer,
                previous=tuple(self.cases),
                cancellation_open=self.cancellation_open,
                sale_cancelled=self.sale_cancelled,
                evidence=self._uploads(command.photos),
            )
        )
        if self.cases:
            last = self.cases[-1]
            self._record(SuccessorOpened(status=last.status, outcome=last.outcome, successor=case_id), self.now, -1)
        self.cases.append(opened(event, policy=self.policy.ref, at=self.now))
        self.histories.append([(event, self.now, self.policy.ref)])
        return event

    def branch(self):
        """Another stage that goes on from here on its own."""
        twin = copy(self)
        twin.cases, twin.histories = list(self.cases), [list(history) for history in self.histories]
        return twin
