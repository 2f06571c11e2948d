"""One case run again under a policy: what was asked and reported then, and that policy's own deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.actors import CLOCK, PROVIDER
from domain.backtest.asked import Asked
from domain.backtest.reactions import follows
from domain.backtest.recorded import AddressAt
from domain.deadline import Expire
from domain.messages import Command
from domain.payout import ReportRefundSettled
from domain.policy import Policy
from domain.refund.decide import decide
from domain.refund.events import CaseEvent, RequestOpened
from domain.refund.evolve import evolve, opened
from domain.refund.situation import Context
from domain.refund.transitions import NEVER_LATE
from domain.refusals import Refused
from domain.vocabulary import RefundState


class CaseRun:
    """Whoever acted then acts again at the same moment, or as soon as he can; nobody does more than he did."""

    def __init__(
        self, opening: RequestOpened, opened_at: datetime, policy: Policy, address_at: AddressAt, attempts_known: int
    ) -> None:
        """``attempts_known``: of so many attempts to refund the record tells what became of them; a further one is
        taken to reach the buyer at once.
        """
        self.case = opened(opening, policy=policy.ref, at=opened_at)
        self.history: list[tuple[CaseEvent, datetime]] = [(opening, opened_at)]
        """What has happened, and when."""
        self._policy = policy
        self._address_at = address_at
        self._attempts_known = attempts_known
        self._waiting: list[tuple[Asked, bool]] = []

    @property
    def left_over(self) -> tuple[Command, ...]:
        """What was asked or reported, and had no place in this run; mere words are left out."""
        return tuple(asked.command for asked, _ in self._waiting if type(asked.command) not in NEVER_LATE)

    def hear(self, asked: Asked, *, reacts: bool) -> None:
        """What was asked, at its own moment; ``reacts``: it follows from what the case does, and waits for that."""
        now = asked.context.now
        self.pass_to(now)
        self._waiting.append((asked, reacts))
        self._go_on(now)

    def pass_to(self, until: datetime) -> None:
        """Every deadline up to then ends at its moment (SPEC §4)."""
        while (deadline := self.case.deadline) is not None and deadline.has_passed(until):
            at = deadline.due_at
            context = Context(
                actor=CLOCK, now=at, happened_at=at, policy=self._policy, return_address=self._address_at(at)
            )
            self._decided(Expire(due_at=at), context)
            self._go_on(at)

    def note(self, event: CaseEvent, at: datetime) -> None:
        """One more event of the case."""
        self.case = evolve(self.case, event, at=at)
        self.history.append((event, at))

    def _go_on(self, at: datetime) -> None:
        """Whatever has waited for the case to come where it is now, in the order in which it was asked."""
        while self._settles(at) or self._one_is_taken(at):
            pass

    def _one_is_taken(self, at: datetime) -> bool:
        for place, (asked, reacts) in enumerate(self._waiting):
            if (not reacts or follows(self.case, asked.command)) and self._takes(asked, at):
                del self._waiting[place]
                return True
        return False

    def _takes(self, asked: Asked, at: datetime) -> bool:
        """Whether it has its place now; what this policy does not allow yet may have it later."""
        context = replace(
            asked.context,
            policy=self._policy,
            now=at,
            happened_at=asked.context.happened_at if at == asked.context.now else at,
            return_address=asked.context.return_address or self._address_at(at),
        )
        try:
            self._decided(asked.command, context)
        except Refused:
            return False
        return True

    def _decided(self, command: Command, context: Context) -> None:
        for event in decide(self.case, command, context):
            self.note(event, context.happened_at)

    def _settles(self, at: datetime) -> bool:
        """An attempt that nobody made then reaches the buyer at once."""
        attempt = self.case.refunds_requested
        if self.case.refund is not RefundState.REQUESTED or attempt <= self._attempts_known:
            return False
        settled = ReportRefundSettled(happened_at=at, attempt=attempt)
        self._decided(settled, Context(actor=PROVIDER, now=at, happened_at=at, policy=self._policy))
        return True
