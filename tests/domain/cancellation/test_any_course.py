"""Whatever course a cancellation takes, its books say what SPEC §4 says, worked out anew from all that was told."""

from dataclasses import dataclass, field

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.cancellation.commands import AcceptCancellation, DeclineCancellation, WithdrawCancellation
from domain.order.reports import ReportOrderAccepted
from domain.payout import (
    PayOutAgain,
    RecordPaidOtherwise,
    ReportChargeback,
    ReportChargebackReversed,
    ReportRefundAttemptFailed,
    ReportRefundElsewhere,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
)
from domain.posting import Account
from domain.refusals import Refused
from tests.domain.cancellation.stage import asked, given, unsent_line
from tests.trade import BUYER, CARRIER, MARKETPLACE, PAYMENTS, SELLER, SUPPORT, eur

LINE = unsent_line(tax=eur("7.31"), commission=eur("4.00"))
PAID, PROCEEDS, COMMISSION, TAX = 5321, 4590, 400, 731


@dataclass
class Expected:
    """What the books must say, followed by what people did and what the outside told, never by our events."""

    asked: bool = True
    granted: bool = False
    owed: bool = False
    """The buyer still waits for what he paid."""
    attempts: int = 0
    under_way: bool = False
    """The newest attempt was taken by the provider and nobody has said how it ended."""
    failed: bool = False
    settled: set = field(default_factory=set)
    bank_open: bool = False
    bank_paid: bool = False
    """The bank's money took the place of ours."""
    paid_beside: bool = False
    left: int = 0
    """How often the money left the marketplace, where that was its to pay or to lose."""
    lost: int = 0

    def balances(self):
        granted = self.granted
        return {
            Account.SELLER: granted * (COMMISSION - PROCEEDS),
            Account.PLATFORM_TAX: -granted * TAX,
            Account.BUYER_REFUNDS: self.owed * PAID,
            Account.PAYMENTS: self.left * PAID,
            Account.PLATFORM: -granted * COMMISSION - self.lost * PAID,
        }

    # What people do

    def accept(self):
        self.asked, self.granted, self.owed, self.attempts = False, True, True, 1

    def end(self):
        self.asked = False

    def pay_again(self):
        self.attempts, self.failed = self.attempts + 1, False

    def paid_otherwise(self):
        self._pay()

    # What the outside tells

    def submitted(self, attempt):
        self.under_way |= self.owed and not self.failed and attempt == self.attempts

    def settle(self, attempt):
        if not 0 < attempt <= self.attempts or attempt in self.settled:
            return
        self.settled.add(attempt)
        self.paid_beside |= not self.owed
        self._pay() if self.owed else self._lose()

    def fail(self, attempt, *, for_good):
        if not self.owed or self.failed or attempt != self.attempts:
            return
        self.under_way = False
        if self.bank_open:
            self._leave_to_the_bank()
        else:
            self.failed = for_good or self.paid_beside

    def chargeback(self):
        if self.bank_open:
            return
        self.bank_open, self.asked = True, False
        if self.owed and not self.under_way:
            self._leave_to_the_bank()

    def reversed(self):
        if not self.bank_open:
            return
        self.bank_open = False
        if self.bank_paid and not self.paid_beside:
            self.left, self.owed, self.failed = self.left - 1, True, True
        elif self.bank_paid and self.settled:
            self.left, self.lost = self.left - 1, self.lost - 1
        self.bank_paid = False

    def elsewhere(self):
        if self.owed and not self.under_way:
            self._pay()
        else:
            self.paid_beside = True
        self.asked = False

    def _pay(self):
        self.owed, self.failed, self.under_way, self.paid_beside = False, False, False, True
        self.left += 1

    def _lose(self):
        self.left, self.lost = self.left + 1, self.lost + 1

    def _leave_to_the_bank(self):
        self.owed, self.failed, self.bank_paid = False, False, True
        self.left += 1


STEPS = {
    AcceptCancellation: (SELLER, Expected.accept),
    DeclineCancellation: (SELLER, Expected.end),
    WithdrawCancellation: (BUYER, Expected.end),
    ReportOrderAccepted: (CARRIER, lambda it: it.end() if it.asked else None),
    PayOutAgain: (SUPPORT, Expected.pay_again),
    RecordPaidOtherwise: (SUPPORT, Expected.paid_otherwise),
    ReportRefundSubmitted: (PAYMENTS, Expected.submitted),
    ReportRefundSettled: (PAYMENTS, Expected.settle),
    ReportRefundAttemptFailed: (PAYMENTS, lambda it, attempt: it.fail(attempt, for_good=False)),
    ReportRefundFailed: (PAYMENTS, lambda it, attempt: it.fail(attempt, for_good=True)),
    ReportChargeback: (PAYMENTS, Expected.chargeback),
    ReportChargebackReversed: (PAYMENTS, Expected.reversed),
    ReportRefundElsewhere: (MARKETPLACE, Expected.elsewhere),
}
OF_AN_ATTEMPT = {ReportRefundSubmitted, ReportRefundSettled, ReportRefundAttemptFailed, ReportRefundFailed}
SAID = {"reference": "re-1", "amount": LINE.paid}


def told(kind, now, attempt):
    """A command of this kind, about this attempt where it is about one."""
    said = {**SAID, "happened_at": now, "attempt": attempt}
    return kind(**{name: value for name, value in said.items() if name in kind.model_fields})


def booked(stage):
    postings = [event.posting for event, _, _ in stage.histories[-1] if event.posting]
    return {account: sum(posting.minor_on(account) for posting in postings) for account in Expected().balances()}


steps = st.lists(st.tuples(st.sampled_from(list(STEPS)), st.integers(1, 3)), max_size=18)


@for_all(st.booleans(), steps)
@settings(max_examples=400)
def test_the_books_of_any_course_are_right_after_each_step(granted, steps):
    stage, expected = given(asked(), line=LINE).stage, Expected()
    for kind, attempt in [*[(AcceptCancellation, 1)] * granted, *steps]:
        actor, follow = STEPS[kind]
        try:
            stage.carry_out(told(kind, stage.now, attempt), actor)
        except Refused:
            continue
        follow(expected, attempt) if kind in OF_AN_ATTEMPT else follow(expected)
        assert booked(stage) == expected.balances(), kind
        assert stage.case_at().seller_charged.minor == -expected.balances()[Account.SELLER]
