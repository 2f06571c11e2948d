"""Whatever happened to many cases at once, a backtest under their own policy finds nothing else (SPEC §10)."""

from datetime import timedelta

from domain.backtest import compare
from domain.policy import standard_policies
from tests.projections.stories import RandomStory
from tests.service import SUPPORT

POLICIES = standard_policies()
MOVES = 220


class PunctualStory(RandomStory):
    """No two things happen at the same moment, and every deadline ends at its own."""

    def go_on(self, steps):
        for _ in range(steps):
            super().go_on(1)
            self._pass(timedelta(seconds=self.random.randrange(1, 400)))
        return self

    def _wait(self):
        self._pass(timedelta(hours=self.random.choice([1, 5, 30])))

    def _pass(self, span):
        service, until = self.service, self.service.now + span
        while due := [at for at in self._due() if at <= until]:
            service.now = max(service.now, min(due))
            service.door.overtake([*self.cases, *self.cancellations])
        service.now = until

    def _due(self):
        requests = (self.service.door.cancellations.find(it, SUPPORT).cancellation for it in self.cancellations)
        matters = [*map(self.service.case, self.cases), *requests]
        return [matter.deadline.due_at for matter in matters if matter.deadline]


def test_every_case_comes_out_as_recorded(service):
    PunctualStory(service, seed=3, lines=25).go_on(MOVES)
    lines = list(service.door.recorded_lines.all())
    found = [it for line in lines for it in compare(line, POLICIES.current, POLICIES.__getitem__, service.now)]
    assert len({it.recorded.word for it in found}) > 4
    assert {(it.is_comparable, it.differences, it.left_over) for it in found} == {(True, (), ())}
