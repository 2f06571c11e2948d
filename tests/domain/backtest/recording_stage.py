"""A stage that remembers who caused each event and when it was recorded, as the log does."""

from domain.backtest import Recorded, RecordedCase, RecordedLine, compare
from domain.policy import PolicyBook
from domain.refund.commands import SubmitRequest
from domain.vocabulary import Reason
from tests.stage import DomainStage
from tests.trade import BUYER, CLOCK, berlin, line_for, request


class RecordingStage(DomainStage):
    """Every case of its line can be handed to a backtest."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.told = []
        self._acting = None

    def carry_out(self, command, actor, index=-1):
        self._acting = actor
        events = super().carry_out(command, actor, index)
        if isinstance(command, SubmitRequest):
            self.told.append([self._told(events[0], self.now)])
        return events

    def _overtake(self, context, index):
        acting, self._acting = self._acting, CLOCK
        timeouts = super()._overtake(context, index)
        self._acting = acting
        return timeouts

    def _record(self, event, at, index):
        super()._record(event, at, index)
        self.told[index].append(self._told(event, at))

    def _told(self, event, at):
        return Recorded(event, self._acting, at, self.now, self.policy.ref)

    def branch(self):
        twin = super().branch()
        twin.told = [list(case) for case in self.told]
        return twin

    @property
    def recorded(self):
        """The line as a backtest is given it."""
        cases = tuple(RecordedCase(case[0].event, tuple(case)) for case in self.told)
        return RecordedLine(cases, lambda _: self.seller and self.seller.return_address)

    @property
    def pinned(self):
        """The policies that the cases are pinned to."""
        return PolicyBook([self.policy], current=self.policy.ref).__getitem__


def lived(*steps, reason=Reason.ITEM_MISSING, until=None, **world):
    """A stage on which somebody asked for a refund on Friday 2026-03-06 18:00, and each step of (when, what, by whom)
    followed; the clock on time.
    """
    stage = RecordingStage(**{"line": line_for(reason), **world})
    stage.carry_out(request(reason), BUYER)
    for at, command, actor in steps:
        stage.let_pass(berlin(at))
        stage.carry_out(command, actor)
    if until:
        stage.let_pass(berlin(until))
    return stage


def found(stage, policy, until=None):
    """What a backtest says of the line's newest case."""
    return findings(stage, policy, until)[-1]


def findings(stage, policy, until=None):
    """What a backtest says of each of the line's cases, at the latest moment unless another one is given."""
    return list(compare(stage.recorded, policy, stage.pinned, berlin(until) if until else stage.now))
