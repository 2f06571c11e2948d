"""Any actor tries anything at any time while the clock moves: what must hold of a case holds (SPEC §§4 and 5)."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from domain.posting import Account
from domain.refund import events as e
from domain.refund.commands import FactCommand
from domain.refund.deadlines import DEADLINES
from domain.refund.evolve import replay
from domain.refund.transitions import TABLE
from domain.refusals import Refused
from domain.vocabulary import Outcome, RefundState, ReplacementState, Status
from tests import strategies
from tests.dsl import ACTORS
from tests.stage import DomainStage
from tests.trade import BUYER, request
from tests.valid import valid

UNCHARGED = {Outcome.REJECTED, Outcome.DENIED, Outcome.REPLACED, Outcome.FULFILLED, Outcome.RETURN_NOT_SHIPPED}
UNCHARGED |= {Outcome.WITHDRAWN, Outcome.SUPERSEDED_BY_CHARGEBACK, Outcome.REFUNDED_ELSEWHERE}


class AnyActorAnyTime(RuleBasedStateMachine):
    """One case, and the whole trade around it."""

    @initialize(world=strategies.worlds())
    def a_request_is_made(self, world):
        reason, surroundings = world
        self.stage = DomainStage(**surroundings)
        self.stage.carry_out(request(reason), BUYER)

    @property
    def case(self):
        return self.stage.case_at(0)

    @property
    def told(self):
        return [event for event, _, _ in self.stage.histories[0]]

    # What may happen

    @rule(data=st.data(), actor=strategies.actors)
    def somebody_tries_something(self, data, actor):
        command = data.draw(strategies.commands(self.case, self.stage.now))
        self.tries(command, actor)

    @rule(data=st.data())
    def the_right_one_tries_something(self, data):
        command = data.draw(strategies.commands(self.case, self.stage.now))
        roles = sorted(TABLE.roles[type(command)])
        self.tries(command, ACTORS[data.draw(st.sampled_from(roles))])

    @rule(data=st.data(), role=st.sampled_from(["buyer", "seller", "support"]))
    def somebody_does_what_is_offered(self, data, role):
        offered = self.stage.actions(ACTORS[role])
        if offered:
            name = data.draw(st.sampled_from(offered))
            command = valid(strategies.BY_NAME[name], self.case, self.stage.now)
            refusal = self.refusal_of(command, ACTORS[role])
            assert refusal is None or refusal.rule == "return_address_required"

    @rule(span=strategies.spans)
    def time_goes_by_and_timers_ring(self, span):
        self.stage.let_pass(self.stage.now + span, 0)

    @rule(span=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3)))
    def time_goes_by_while_no_timer_rings(self, span):
        self.stage.now += span

    def tries(self, command, actor):
        version, told = self.case.version, len(self.told)
        refusal = self.refusal_of(command, actor)
        if refusal:
            assert refusal.rule
            assert refusal.sentence
            assert not isinstance(command, FactCommand) or refusal.rule == "not_your_move"
        assert self.case.version - version == len(self.told) - told

    def refusal_of(self, command, actor):
        """Why it was refused, or None where it was carried out."""
        try:
            self.stage.carry_out(command, actor, 0)
        except Refused as refusal:
            return refusal
        return None

    # What must hold

    @invariant()
    def a_deadline_lives_exactly_where_the_case_waits(self):
        assert (self.case.deadline is not None) == (self.case.status in DEADLINES)

    @invariant()
    def a_replay_gives_the_same_case(self):
        assert replay(self.stage.histories[0]) == self.case

    @invariant()
    def no_more_than_was_paid_is_ever_due(self):
        due = [event.refund for event in self.told if event.refund]
        assert len(due) <= 1
        assert all(refund <= self.case.line.paid for refund in due)

    @invariant()
    def every_posting_is_balanced_and_they_sum_to_what_the_case_says(self):
        postings = [event.posting for event in self.told if event.posting]
        assert all(sum(entry.amount.minor for entry in posting.entries) == 0 for posting in postings)
        on_seller = -sum(posting.minor_on(Account.SELLER) for posting in postings)
        assert self.case.seller_charged.minor == on_seller

    @invariant()
    def an_unpaid_end_costs_the_seller_nothing(self):
        if self.case.status is Status.CLOSED and self.case.outcome in UNCHARGED:
            assert not self.case.seller_charged

    @invariant()
    def a_review_costs_nothing_before_it_is_decided(self):
        if self.case.status is Status.SUPPORT_REVIEW and self.case.refund is RefundState.NONE:
            assert not self.case.seller_charged

    @invariant()
    def never_both_remedies_without_a_decision_of_support(self):
        refund = self.case.refund in {RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.SETTLED}
        first_due = next((event for event in self.told if event.refund), None)
        if refund and self.case.replacement is ReplacementState.DELIVERED and first_due:
            assert self.case.decided_by_support

    @invariant()
    def a_relieved_seller_is_never_charged_anew(self):
        told = self.told
        relieved = [i for i, event in enumerate(told) if isinstance(event, e.TakenOverForFraud)]
        if relieved:
            later = [event for event in told[relieved[0] :] if event.posting]
            assert all(event.posting.minor_on(Account.SELLER) >= 0 for event in later)

    @invariant()
    def what_is_held_is_never_less_than_nothing(self):
        assert self.case.held is None or self.case.held.minor >= 0

    @invariant()
    def nothing_is_held_once_the_case_has_ended(self):
        if self.case.status in {Status.CLOSED, Status.APPEAL_REVIEW, Status.REFUND_PENDING}:
            assert not self.case.held

    def teardown(self):
        """If every human stays silent from here on, the case ends, but for those with support."""
        if not hasattr(self, "stage"):
            return
        while deadline := self.case.deadline:
            self.stage.let_pass(deadline.due_at, 0)
        assert self.case.status not in DEADLINES


def test_any_actor_tries_anything_at_any_time():
    run_state_machine_as_test(AnyActorAnyTime, settings=settings(max_examples=80, stateful_step_count=30))
