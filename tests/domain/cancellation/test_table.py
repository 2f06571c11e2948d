"""The table of cancellation requests is complete and unambiguous, and what it makes is replayed (SPEC §4)."""

from itertools import product

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.cancellation import commands, events
from domain.cancellation.charges import CHARGES
from domain.cancellation.events import CancellationEvent
from domain.cancellation.evolve import EFFECTS, replay
from domain.cancellation.recording import OUTCOMES
from domain.cancellation.situation import Situation
from domain.cancellation.transitions import ROWS, TABLE
from domain.cancellation.waiting import WAITING_ON
from domain.deadline import Expire
from domain.messages import Command, FactCommand
from domain.posting import Account
from domain.refusals import Refused
from domain.vocabulary import CancellationStatus, RefundState
from tests.domain.cancellation.stage import asked, given, unsent_line
from tests.trade import EVERYONE, eur

OPENING = {events.CancellationRequested}
BESIDE_THE_TABLE = {events.OutsideFactRecorded}
CONTENT = {
    "ReportChargeback": {"reference": "cb-1"},
    "ReportChargebackReversed": {"reference": "cb-1"},
    "ReportRefundSubmitted": {"reference": "re-1"},
    "ReportRefundElsewhere": {"amount": eur("45.90"), "reference": "hub-1"},
    "RecordPaidOtherwise": {"reference": "transfer 7"},
}


def all_events():
    return {kind for kind in vars(events).values() if is_kind(kind, CancellationEvent)}


def is_kind(kind, of):
    return isinstance(kind, type) and issubclass(kind, of) and kind is not of


def test_every_event_is_recorded_by_some_row_and_every_command_moves_something():
    assert {row.event for row in ROWS} | OPENING | BESIDE_THE_TABLE == all_events()
    own = {kind for kind in vars(commands).values() if is_kind(kind, Command)} - {commands.RequestCancellation}
    assert own <= {row.command for row in ROWS}


def test_status_and_event_alone_say_where_it_goes():
    goes = {}
    for row in ROWS:
        assert goes.setdefault((row.status, row.event), row.to) is row.to


def test_every_status_is_reached_and_only_a_closed_one_waits_for_nobody():
    assert {row.to for row in ROWS} | {CancellationStatus.AWAITING_SELLER} == set(CancellationStatus)
    assert set(WAITING_ON) == set(CancellationStatus) - {CancellationStatus.CLOSED}


def test_every_closing_event_has_its_outcome_and_only_those():
    closing = {row.event for row in ROWS if row.to is CancellationStatus.CLOSED and row.status is not row.to}
    assert set(OUTCOMES) == closing


def test_effects_and_charges_are_of_events_that_exist():
    assert set(EFFECTS) | set(CHARGES) <= all_events()


def valid(kind, stage):
    content = dict(CONTENT.get(kind.__name__, {}))
    if issubclass(kind, FactCommand):
        content["happened_at"] = stage.now
    if kind is Expire:
        content["due_at"] = stage.now
    return kind(**content)


def assert_unambiguous(stage):
    """In each cell at most one row's condition holds."""
    request = stage.case_at()
    for actor, kind in product(EVERYONE, KINDS):
        situation = Situation(request, valid(kind, stage), stage.context(actor))
        holding = [row for row in TABLE.cell(request.status, actor.role, kind) if row.when(situation)]
        assert len(holding) <= 1


KINDS = sorted(TABLE.roles, key=lambda kind: kind.__name__)


@for_all(st.lists(st.sampled_from(list(product(EVERYONE, KINDS))), max_size=12), st.booleans())
@settings(max_examples=300)
def test_whatever_is_tried_the_request_stays_whole(steps, free):
    line = unsent_line(price=eur("0.00"), shipping=eur("0.00")) if free else unsent_line()
    stage = given(asked(), line=line).stage
    for actor, kind in steps:
        before = stage.case_at()
        assert_unambiguous(stage)
        try:
            stage.carry_out(valid(kind, stage), actor)
        except Refused:
            assert stage.case_at() == before
        request = stage.case_at()
        assert request.is_open is (request.outcome is None)
        assert (request.deadline is not None) is (request.status is CancellationStatus.AWAITING_SELLER)
        owed = request.posting.minor_on(Account.BUYER_REFUNDS) if request.posting else 0
        waiting = request.refund in {RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.FAILED}
        assert owed == (line.paid.minor if waiting else 0)
        assert request.seller_charged == (eur("45.90") if request.is_granted and not free else eur("0.00"))
    assert replay(stage.histories[0]) == stage.case_at()


def test_no_history_is_no_request():
    assert replay([]) is None
    (event, at, _) = given(asked()).stage.histories[0][0]
    assert replay([(event, at, None)]).policy == ""
    assert replay([(events.CancellationLapsed(status=CancellationStatus.CLOSED), at, None)]) is None
