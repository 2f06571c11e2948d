"""A stage that remembers who caused each event and when it was recorded, as the log does."""

from domain.backtest.recorded import Recorded, RecordedCase, RecordedLine
from domain.policy import PolicyBook
from domain.refund.commands import SubmitRequest
from tests.stage import DomainStage
from tests.trade import CLOCK


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
