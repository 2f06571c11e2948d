"""The stage for stories of cancellation requests: one order line, not shipped, and the requests on it."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from domain.actors import CLOCK
from domain.cancellation import intake
from domain.cancellation.commands import RequestCancellation
from domain.cancellation.decide import decide, is_too_late, overtake, too_late
from domain.cancellation.evolve import evolve, requested
from domain.cancellation.situation import Context
from domain.messages import FactCommand
from tests.dsl import done
from tests.dsl import given as given_on
from tests.trade import BUYER, STANDARD, berlin, order_line

ASKED_AT = "2026-03-02 12:00"


def unsent_line(**changes):
    """The line of SPEC §11, bought on Monday 2026-03-02 at 10:00 and not shipped yet."""
    return order_line(**{"shipped_at": None, "delivered_at": None, **changes})


def given(*history, **world):
    """A story of cancellation requests; ``world``: ``line``, ``policy``, ``case_active``, ``paid_back``."""
    return given_on(*history, on=CancellationStage(**world))


def asked(at=None, by=BUYER, **fields):
    """A chapter: the buyer asked to cancel, by default two hours after he bought."""
    return done(RequestCancellation(line_id="o-1-1", **fields), by=by, at=at)


class CancellationStage:
    """Carries commands out as the write side does: overtaken first, then decided, then evolved."""

    def __init__(self, line=None, policy=STANDARD, *, case_active=False, paid_back=False):
        self.line = line or unsent_line()
        self.policy = policy
        self.case_active = case_active
        self.paid_back = paid_back
        self.now = berlin(ASKED_AT)
        self.requests = []
        self.histories = []

    def case_at(self, index=-1):
        """The newest request on the line, or the one of this index."""
        return self.requests[index]

    def carry_out(self, command, actor, index=-1):
        """The events that the command causes; raises what is refused."""
        if isinstance(command, RequestCancellation):
            return [self._submit(command, actor)]
        context = self.context(actor, command)
        timeouts = self._overtake(context, index)
        if timeouts and is_too_late(command, context):
            raise too_late(self.requests[index], command, timeouts[0].due_at, context)
        events = decide(self.requests[index], command, context)
        for event in events:
            self._record(event, context.happened_at, index)
        return [*[timeout.event for timeout in timeouts], *events]

    def let_pass(self, until: datetime, index=-1):
        """Time goes by; the timer rings on time."""
        self.now = max(self.now, until)
        return [timeout.event for timeout in self._overtake(self.context(CLOCK), index)]

    def context(self, actor, command=None):
        """What a decision sees of the world outside the request."""
        happened_at = min(command.happened_at, self.now) if isinstance(command, FactCommand) else self.now
        return Context(actor=actor, now=self.now, happened_at=happened_at, policy=self.policy)

    def _overtake(self, context, index):
        timeouts = []
        for timeout in overtake(self.requests[index], context):
            self._record(timeout.event, timeout.due_at, index)
            timeouts.append(timeout)
        return timeouts

    def _record(self, event, at, index):
        self.requests[index] = evolve(self.requests[index], event, at=at)
        self.histories[index].append((event, at, None))

    def _submit(self, command, actor):
        event = intake.submit(
            intake.Request(
                command=command,
                actor=actor,
                now=self.now,
                policy=self.policy,
                cancellation_id=uuid5(NAMESPACE_URL, f"{self.line.line_id}/{len(self.requests) + 1}"),
                facts=self.line,
                case_active=self.case_active,
                paid_back=self.paid_back,
                previous=tuple(self.requests),
            )
        )
        self.requests.append(requested(event, policy=self.policy.ref, at=self.now))
        self.histories.append([(event, self.now, self.policy.ref)])
        return event
