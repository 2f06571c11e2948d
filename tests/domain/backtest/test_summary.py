"""What a backtest adds up: how many cases come out otherwise, and what each party bears of all (SPEC §10)."""

from domain.backtest import BUYERS, Summary
from domain.refund import commands as c
from domain.vocabulary import Reason
from tests.domain.backtest.recording_stage import found, lived
from tests.trade import CARRIER, SELLER, berlin, eur, policy

REFUNDING = policy(answers={"on_seller_silence": "auto_refund"})


def summed(*findings):
    summary = Summary()
    for finding in findings:
        summary.add(finding)
    return summary


def test_cases_are_counted_by_how_they_ended_and_would_have_ended():
    silent = found(lived(), REFUNDING, until="2026-03-11 12:00")
    approved = found(lived(("2026-03-09 10:00", c.ApproveWithoutReturn(), SELLER)), REFUNDING)
    summary = summed(silent, silent, approved)
    assert (summary.compared, summary.unchanged, summary.otherwise_timed) == (3, 1, 0)
    assert summary.endings == {("open: support_review", "refunded"): 2}


def test_each_party_s_cost_is_summed_over_all_of_them():
    silent = found(lived(), REFUNDING, until="2026-03-11 12:00")
    approved = found(lived(("2026-03-09 10:00", c.ApproveWithoutReturn(), SELLER)), REFUNDING)
    costs = {cost.party: (cost.recorded, cost.backtested) for cost in summed(silent, approved).costs}
    assert costs == {
        "seller": (eur("45.90"), eur("91.80")),
        "platform": (eur("0.00"), eur("0.00")),
        "carrier": (eur("0.00"), eur("0.00")),
        BUYERS: (eur("45.90"), eur("91.80")),
    }


def test_what_comes_at_another_time_alone_is_counted_apart():
    rejected = ("2026-03-09 09:00", c.Reject(code="other", text="No."), SELLER)
    finding = found(lived(rejected, until="2026-03-20 09:00"), policy(windows={"escalation": "9d"}))
    assert summed(finding).otherwise_timed == 1


def test_what_cannot_be_compared_is_said_and_counts_nowhere():
    stage = lived(reason=Reason.LATE_NOT_SHIPPED)
    stage.now = berlin("2026-03-12 18:00")
    stage.carry_out(c.ReportOrderAccepted(happened_at=berlin("2026-03-10 12:00")), CARRIER)
    summary = summed(found(stage, REFUNDING))
    assert (summary.compared, summary.incomparable, summary.endings.total(), list(summary.costs)) == (0, 1, 0, [])
