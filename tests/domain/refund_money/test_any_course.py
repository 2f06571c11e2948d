"""Whatever course a case takes, its books say what SPEC §5 says: checked on thousands of random courses."""

from datetime import timedelta

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.actors import Role
from domain.deadline import Expire
from domain.posting import Account
from domain.refund import commands as c
from domain.refund.events import ChargebackReversed, OutsideRefundRecorded, RefundedElsewhere, StrayRefundSettled
from domain.refund.transitions import NEVER_LATE, TABLE
from domain.refusals import Refused
from domain.vocabulary import RETURNABLE, Outcome, Reason, RefundState, Status
from tests.domain.refund_money.books import RETURNED, SENT
from tests.dsl import given, opened
from tests.trade import EVERYONE, eur, line_for
from tests.valid import RETURN_LABEL, valid

OWED = {RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.FAILED}
COUNTED_ELSEWHERE = (RefundedElsewhere, OutsideRefundRecorded)
PAID = {Outcome.REFUNDED, Outcome.PARTIALLY_REFUNDED}
MONEY = {"tax": eur("7.31"), "commission": eur("4.00"), "price": eur("40.00"), "shipping": eur("5.90")}
reasons = st.sampled_from([Reason.WRONG_ITEM, Reason.DEFECTIVE, Reason.ITEM_MISSING, Reason.LATE_NOT_SHIPPED])
ENDS_TOO_SOON = {
    c.ApproveWithoutReturn,
    c.ReportChargeback,
    c.ReportRefundElsewhere,
    c.SettleInFull,
    c.TakeOver,
    c.TakeOverForFraud,
    c.Withdraw,
}
"""Possible nearly everywhere: drawn as often as the rest, they would let few courses get far."""


def any_step(stage, data):
    """Somebody does something that the table knows in this status; a refusal is as good.

    Answers what left beside the case's own refund, as the provider told it.
    """
    case = stage.case_at()
    left_out = NEVER_LATE if data.draw(st.integers(0, 4)) == 0 else NEVER_LATE | ENDS_TOO_SOON
    moves = [(actor, kind) for actor in EVERYONE for kind in TABLE.commands_of(actor.role, case.status)]
    actor, kind = data.draw(st.sampled_from([move for move in moves if move[1] not in left_out] or moves))
    if kind is Expire:
        stage.let_pass(case.deadline.due_at)
        return 0
    command = valid(kind, case, stage.now)
    try:
        return left_beside(case, command, actor, stage.carry_out(command, actor))
    except Refused:
        stage.now += timedelta(hours=1)
        return 0


def left_beside(case, command, actor, events):
    """All that a refund of another matter took, but for the debt that it paid here."""
    by_provider = actor.role is Role.PAYMENTS and isinstance(command, c.ReportRefundElsewhere)
    if not by_provider or not isinstance(events[-1], COUNTED_ELSEWHERE):
        return 0
    return command.amount.minor - (case.refund_due.minor if case.refund is RefundState.FAILED else 0)


def changes(stage, account):
    """How the account changed with each posting, in order."""
    return [event.posting.minor_on(account) for event, _, _ in stage.histories[-1] if event.posting]


def check_books(stage, beside):
    case = stage.case_at()
    balance = {account: sum(changes(stage, account)) for account in Account}
    due = case.refund_due.minor if case.refund_due else 0
    assert sum(balance.values()) == 0
    assert balance[Account.BUYER_REFUNDS] == (due if case.refund in OWED else 0)
    strays = sum(isinstance(event, StrayRefundSettled) for event, _, _ in stage.histories[-1])
    assert balance[Account.PAYMENTS] == (due if case.refund is RefundState.SETTLED else 0) + strays * due + beside
    assert balance[Account.PLATFORM_TAX] in {0, -case.line.tax.minor}
    assert due <= case.line.paid.minor
    check_seller(case, balance[Account.SELLER], due)
    labels = balance[Account.CARRIER_LABELS]
    assert labels % RETURN_LABEL.minor == 0
    assert labels >= 0


def check_seller(case, seller, due):
    most = case.line.price.minor + case.line.shipping.minor
    used = RETURN_LABEL.minor if due == case.line.paid.minor else 0
    assert -min(due, most) - used <= seller <= 0
    if case.status is Status.CLOSED and case.outcome not in PAID:
        assert seller == 0
    if case.refund is RefundState.NONE:
        assert seller == 0


def check_hold(stage):
    case = stage.case_at()
    held = case.held.minor if case.held else 0
    exposed = case.line.price.minor + case.line.shipping.minor
    assert held in {0, exposed, exposed + RETURN_LABEL.minor}
    if case.status in {Status.CLOSED, Status.APPEAL_REVIEW, Status.REFUND_PENDING} or case.fraud_suspected:
        assert held == 0
    if case.status is Status.AWAITING_SELLER:
        assert held >= exposed


@for_all(st.data(), reasons, st.sampled_from([(), SENT, RETURNED]))
@settings(max_examples=500)
def test_the_books_of_any_course_are_right_after_each_step(data, reason, history):
    history = history if reason in RETURNABLE else ()
    stage = given(opened(reason), *history, line=line_for(reason, **MONEY)).stage
    beside = 0
    for _ in range(16):
        was = stage.case_at()
        beside += any_step(stage, data)
        check_books(stage, beside)
        check_hold(stage)
        events = [event for event, _, _ in stage.histories[-1]]
        won = sum(isinstance(event, ChargebackReversed) for event in events)
        assert sum(event.refund is not None for event in events) <= 1 + won
        if was.fraud_suspected:
            assert stage.case_at().seller_charged <= was.seller_charged
