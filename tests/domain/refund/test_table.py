"""The table as data: no doubt, no gap, nothing unused, and the same story in every reachable case (DESIGN §2)."""

import random
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from domain.messages import Command
from domain.posting import Account
from domain.refund import commands, events
from domain.refund.commands import Expire, FactCommand, SubmitRequest
from domain.refund.deadlines import DEADLINES
from domain.refund.events import (
    CaseEvent,
    OutsideFactRecorded,
    RefundRequested,
    RefundSupersededByChargeback,
    RequestOpened,
    RequestRoutedToSupport,
    SuccessorOpened,
    SupersededByChargeback,
)
from domain.refund.evolve import replay
from domain.refund.situation import Situation
from domain.refund.transitions import ROWS, TABLE
from domain.refund.waiting import WAITING_ON
from domain.vocabulary import Outcome, Status
from tests.domain.refund.wandering import a_command
from tests.dsl import ACTORS
from tests.valid import valid

BESIDE_THE_TABLE = {RefundRequested, RequestRoutedToSupport, SuccessorOpened, OutsideFactRecorded}
"""What intake opens, what a re-filed request tells the earlier case, and the mark of a fact that moves nothing."""
WITHOUT_DEADLINE = {Status.SUPPORT_REVIEW, Status.REFUND_PENDING, Status.APPEAL_REVIEW, Status.CLOSED}
WAITING = set(Status) - WITHOUT_DEADLINE


def concrete_in(package, base):
    """The package's kinds of this base, but for those that others of it are made of."""
    named = (getattr(package, name) for name in package.__all__)
    kinds = {kind for kind in named if isinstance(kind, type) and issubclass(kind, base)}
    return {kind for kind in kinds if not any(issubclass(other, kind) for other in kinds - {kind})}


# The table alone


def test_no_two_rows_say_the_same():
    assert not [row for row, times in Counter(ROWS).items() if times > 1]
    cells = Counter((row.status, row.actor, row.command, row.event) for row in ROWS)
    assert not [cell for cell, times in cells.items() if times > 1]


def test_the_next_status_follows_from_status_and_event_alone():
    leads = defaultdict(set)
    for row in ROWS:
        leads[row.status, row.event].add(row.to)
    assert not {key: to for key, to in leads.items() if len(to) > 1}


def test_every_command_is_used():
    assert concrete_in(commands, Command) - {SubmitRequest} == {row.command for row in ROWS}


def test_every_event_is_used():
    assert concrete_in(events, CaseEvent) - BESIDE_THE_TABLE == {row.event for row in ROWS}


def test_every_status_can_be_reached_from_an_opened_case():
    reached = {Status.AWAITING_SELLER, Status.SUPPORT_REVIEW}
    while more := {row.to for row in ROWS if row.status in reached} - reached:
        reached |= more
    assert reached == set(Status)


def test_each_waiting_status_has_one_deadline_and_a_timeout_and_no_other_has():
    assert set(DEADLINES) == WAITING
    assert {row.status for row in ROWS if row.command is Expire} == WAITING


def test_somebody_is_waited_for_wherever_a_case_is_open():
    assert set(WAITING_ON) == set(Status) - {Status.CLOSED}


def test_support_alone_has_the_last_word_where_no_deadline_runs():
    assert {WAITING_ON[status] for status in WITHOUT_DEADLINE - {Status.CLOSED}} == {
        ACTORS["support"].role,
        ACTORS["payments"].role,
    }


def test_facts_come_from_outside_and_answers_from_people():
    for kind, roles in TABLE.roles.items():
        people = {role for role in roles if role.is_person}
        assert people in (roles, set())
        assert bool(people) != (issubclass(kind, FactCommand) or kind is Expire)


# The table in every reachable case


def situations(stage, role):
    """The case as asked by this role, once for every command it can ever issue."""
    case, actor = stage.case_at(0), ACTORS[role]
    for kind in (kind for kind, roles in TABLE.roles.items() if role in roles):
        command = valid(kind, case, stage.now)
        yield kind, Situation(case, command, stage.context(actor, command))


def test_at_most_one_row_of_a_cell_holds(reached):
    for stage in reached[::2]:
        status = stage.case_at(0).status
        for role in {row.actor for row in ROWS if row.status is status}:
            for kind, situation in situations(stage, role):
                holding = [row for row in TABLE.cell(status, role, kind) if row.when(situation)]
                assert len(holding) <= 1, holding


def test_exactly_one_timeout_waits_in_every_waiting_case(reached):
    for stage in reached:
        case = stage.case_at(0)
        expire = valid(Expire, case, stage.now)
        situation = Situation(case, expire, stage.context(ACTORS["system"], expire))
        timeouts = [row for row in ROWS if (row.status, row.command) == (case.status, Expire)]
        assert sum(row.when(situation) for row in timeouts) == (case.status in WAITING)


TRIES = 16


def test_every_row_holds_in_some_reachable_case(reached):
    dice, missing = random.Random(1), list(ROWS)  # noqa: S311 -- dates of scans, not secrets
    for stage in reached:
        case = stage.case_at(0)
        for row in [row for row in missing if row.status is case.status]:
            if any(holds(row, stage, case, dice) for _ in range(TRIES)):
                missing.remove(row)
    assert not missing


def holds(row, stage, case, dice):
    """Whether one of the commands that the row is about, such as the dice make it, is allowed by it."""
    command, actor = a_command(row.command, case, stage.now, dice), ACTORS[row.actor]
    return row.when(Situation(case, command, stage.context(actor, command)))


def steps(history):
    """Each event with the one before it."""
    return pairwise(event for event, _, _ in history)


def test_every_recorded_step_is_a_row_of_the_table(histories):
    leads = {(row.status, row.event): row.to for row in ROWS}
    for history in histories:
        for before, event in steps(history):
            if type(event) in {SuccessorOpened, OutsideFactRecorded}:
                assert event.status is before.status
            else:
                assert event.status is leads[before.status, type(event)]


def test_an_event_carries_a_live_deadline_exactly_where_the_case_waits(histories):
    for history in histories:
        for event, _, _ in history:
            assert (event.deadline is not None) == (event.status in WAITING)
            assert event.deadline is None or event.deadline.kind is DEADLINES[event.status].kind


def test_an_event_carries_an_outcome_exactly_where_the_case_has_ended(histories):
    for history in histories:
        for event, _, _ in history:
            assert (event.outcome is not None) == (event.status in {Status.CLOSED, Status.APPEAL_REVIEW})


def test_money_is_due_at_most_once(histories):
    for history in histories:
        given_up = sum(type(event) in {SupersededByChargeback, RefundSupersededByChargeback} for event, _, _ in history)
        assert sum(event.refund is not None for event, _, _ in history) <= 1 + given_up


def test_a_case_that_ended_unpaid_leaves_no_charge(reached):
    unpaid = set(Outcome) - {Outcome.REFUNDED, Outcome.PARTIALLY_REFUNDED}
    for stage in reached:
        case = stage.case_at(0)
        if case.outcome in unpaid:
            assert not case.seller_charged, case.outcome


def test_a_seller_relieved_on_suspicion_of_fraud_is_not_charged_after_it(histories):
    for history in histories:
        told = [event for event, _, _ in history]
        relieved = next((i for i, event in enumerate(told) if isinstance(event, events.TakenOverForFraud)), len(told))
        assert not [event for event in told[relieved:] if event.posting and event.posting.minor_on(Account.SELLER) < 0]


def test_if_every_human_stays_silent_every_case_ends_but_those_with_support(reached):
    for stage in reached:
        alone = stage.branch()
        timers = 0
        while deadline := alone.case_at(0).deadline:
            alone.let_pass(deadline.due_at, 0)
            timers += 1
            assert timers <= 4
        assert alone.case_at(0).status in WITHOUT_DEADLINE


def test_a_replay_gives_the_same_case_and_the_same_deadlines(reached):
    for stage in reached:
        assert replay(stage.histories[0]) == stage.case_at(0)


def test_an_opening_is_the_first_event_and_the_only_one(histories):
    for history in histories:
        opening, *rest = [event for event, _, _ in history]
        assert isinstance(opening, RequestOpened)
        assert not [event for event in rest if isinstance(event, RequestOpened)]


@pytest.mark.parametrize("status", list(Status))
def test_each_status_is_among_the_reached_cases(reached, status):
    assert any(stage.case_at(0).status is status for stage in reached)
