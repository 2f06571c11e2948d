"""Under the policy that it is pinned to, every case comes out exactly as it was recorded (SPEC §6)."""

import random
from collections import Counter
from dataclasses import replace

from domain.backtest.line_run import run_again
from domain.backtest.script import script
from domain.refund.commands import ReportOrderAccepted, ReportReplacementDelivered
from domain.vocabulary import Reason
from tests.domain.backtest.recording_stage import RecordingStage, found, lived
from tests.domain.refund import wandering
from tests.trade import CARRIER, STANDARD, berlin

WALKS = 120


def test_whatever_happened_to_it(monkeypatch):
    monkeypatch.setattr(wandering, "DomainStage", RecordingStage)
    dice, used = random.Random(11), Counter()  # noqa: S311 -- walks, not secrets
    for _ in range(WALKS):
        stage = wandering.opened_in(dice.choice(wandering.WORLDS))
        for _ in wandering.wander(stage, dice, used):
            pass
        came = list(script(stage.recorded, stage.pinned))
        (ran,) = run_again(came, stage.pinned, stage.recorded.address_at, stage.now).values()
        assert replace(ran.case, version=stage.cases[0].version) == stage.cases[0]
        assert ran.left_over == ()


def test_a_case_that_was_decided_while_the_clock_stood_still_cannot_be_compared():
    """A scan dated before the deadline came before the timeout; a clock on time would have sent the case to support."""
    stage = lived(reason=Reason.LATE_NOT_SHIPPED)
    stage.now = berlin("2026-03-12 18:00")
    stage.carry_out(ReportOrderAccepted(happened_at=berlin("2026-03-10 12:00")), CARRIER)
    finding = found(stage, STANDARD)
    assert (finding.is_comparable, finding.differences) == (False, ())
    assert finding.recorded.word == "open: replacement_in_transit"


def test_that_is_seen_however_long_ago_its_last_deadline_passed():
    stage = lived(reason=Reason.LATE_NOT_SHIPPED)
    stage.now = berlin("2026-03-12 18:00")
    stage.carry_out(ReportReplacementDelivered(happened_at=berlin("2026-03-10 12:00")), CARRIER)
    finding = found(stage, STANDARD, until="2026-06-12 18:00")
    assert (finding.is_comparable, finding.recorded.word) == (False, "fulfilled")


def test_a_timeout_that_is_due_and_not_yet_recorded_is_the_clock_s_and_no_difference():
    finding = found(lived(), STANDARD, until="2026-03-10 18:00")
    assert (finding.recorded.word, finding.differences) == ("open: support_review", ())
