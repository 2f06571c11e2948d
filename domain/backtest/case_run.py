"""One case run again under a policy: what was asked and reported then, and that policy's own deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from domain.actors import CLOCK, PROVIDER
from domain.backtest.reactions import beginnings, follows
from domain.backtest.recorded import AddressAt
from domain.backtest.script import Heard
from domain.deadline import Expire
from domain.messages import LATEST, Command
from domain.payout import ReportRefundSettled
from domain.policy import Policy
from domain.refund.case import Case
from domain.refund.decide import decide
from domain.refund.events import CaseEvent
from domain.refund.evolve import evolve
from domain.refund.situation import Context
from domain.refund.transitions import NEVER_LATE
from domain.refusals import Refused
from domain.vocabulary import RefundState


class CaseRun:
    """Whoever acted then acts again at the same moment, or as soon as he can; nobody does more than he did."""

    def __init__(
        self, case: Case, policy: Policy, address_at: AddressAt, attempts_known: int, heard: Iterable[Heard] = ()
    ) -> None:
        """``case`` is where it begins. ``attempts_known``: of so many attempts to refund the record tells what became
        of them; a further one is taken to reach the buyer at once. ``heard`` is what the recorded case will hear.
        """
        self.case = case
        self.history: list[tuple[CaseEvent, datetime]] = []
        """What has happened, and when."""
        self._policy = policy
        self._address_at = address_at
        self._attempts_known = attempts_known
        self._ahead = [each for each in heard if each.answer]
        """What machines said later than now, in the record; here they may be asked sooner."""
        self._waiting: list[Heard] = []
        self._past: list[Heard] = []
        """What its actor has gone on from without it."""

    @property
    def left_over(self) -> tuple[Command, ...]:
        """What was asked or reported, and had no place in this run; mere words are left out."""
        over = sorted((*self._past, *self._waiting), key=lambda heard: heard.asked.context.now)
        return tuple(heard.asked.command for heard in over if type(heard.asked.command) not in NEVER_LATE)

    def hear(self, heard: Heard) -> None:
        """What was asked or reported, at its own moment."""
        now = heard.asked.context.now
        self.pass_to(now)
        if heard.answer is None:
            self._waiting.append(heard)
        elif heard in self._ahead:
            self._ahead.remove(heard)
            self._waiting.append(heard)
        self._go_on(now)

    def pass_to(self, until: datetime) -> None:
        """Every deadline up to then ends at its moment (SPEC §4), and machines answer in time."""
        while True:
            deadline = self.case.deadline
            due_at = deadline.due_at if deadline and deadline.has_passed(until) else None
            first = min(self._answers(), default=None, key=lambda each: each[0])
            if first and first[0] < (due_at or until):
                self._answered(*first)
            elif due_at:
                self._expired(due_at)
            else:
                return

    def note(self, event: CaseEvent, at: datetime) -> None:
        """One more event of the case."""
        self.case = evolve(self.case, event, at=at)
        self.history.append((event, at))

    def _answers(self) -> Iterator[tuple[datetime, Heard]]:
        """When machines will answer what was begun here: as long after as they did then."""
        begun = beginnings(self.history)
        for heard in (*self._ahead, *self._waiting):
            if heard.answer and heard.answer.to in begun:
                yield begun[heard.answer.to] + heard.answer.after, heard

    def _answered(self, at: datetime, heard: Heard) -> None:
        within = self._ahead if heard in self._ahead else self._waiting
        within.remove(heard)
        self._takes(heard, at)
        self._go_on(at)

    def _expired(self, at: datetime) -> None:
        context = Context(actor=CLOCK, now=at, happened_at=at, policy=self._policy, return_address=self._address_at(at))
        self._decided(Expire(due_at=at), context)
        self._go_on(at)

    def _go_on(self, at: datetime) -> None:
        """Whatever has waited for the case to come where it is now, in the order in which it was asked."""
        while self._settles(at) or self._one_is_taken(at):
            pass

    def _one_is_taken(self, at: datetime) -> bool:
        for place in self._in_turn(at):
            taken, before = self._waiting[place], self._waiting[:place]
            if self._takes(taken, at):
                self._past += [heard for heard in before if taken.leaves_behind(heard)]
                still = [heard for heard in before if not taken.leaves_behind(heard)]
                self._waiting = still + self._waiting[place + 1 :]
                return True
        return False

    def _in_turn(self, at: datetime) -> Iterator[int]:
        """A machine's word comes in its time, and a parcel's scan after that on the label which it had then."""
        due = {id(heard): moment for moment, heard in self._answers()}
        label_is_due = False
        for place, heard in enumerate(self._waiting):
            label_is_due |= heard.is_label and id(heard) in due
            if heard.answer:
                is_in_turn = due.get(id(heard), LATEST) <= at
            else:
                is_in_turn = not heard.travels or (follows(self.case, heard.asked.command) and not label_is_due)
            if is_in_turn:
                yield place

    def _takes(self, heard: Heard, at: datetime) -> bool:
        """Whether it has its place now; what this policy does not allow yet may have it later."""
        asked = heard.asked
        is_on_time = at == asked.context.now or heard.answer is not None
        context = replace(
            asked.context,
            policy=self._policy,
            now=at,
            happened_at=at - (asked.context.now - asked.context.happened_at) if is_on_time else at,
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
