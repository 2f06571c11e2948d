"""What the tests of the refund process share: cases of every kind, reached through the door."""

import pytest

from domain.refund.commands import ApproveWithoutReturn, PayOutAgain, ReportRefundFailed, ReportRefundSubmitted
from tests.domain.refund.lockstep import Ours
from tests.domain.refund.walks import recording
from tests.domain.refund.wandering import signature, wandered
from tests.dsl import done, given, opened, reported


def along_the_recorded_walks():
    for line in recording():
        ours = Ours(*line["opening"])
        yield ours.stage.branch()
        for word, _, _ in line["walk"][1:]:
            ours.take(word)
            yield ours.stage.branch()


def submitted_again():
    """A second attempt to refund is submitted, to which no recorded walk leads and wandering seldom does."""
    submitted = reported(ReportRefundSubmitted, reference="re-1")
    failed = (opened(), done(ApproveWithoutReturn()), submitted, reported(ReportRefundFailed))
    return given(*failed, done(PayOutAgain()), submitted).stage


@pytest.fixture(scope="session")
def reached():
    """Stages at cases of every kind: those the recorded walks lead to, and those that wandering comes by."""
    found = {signature(stage): stage for stage in along_the_recorded_walks()}
    return [*found.values(), submitted_again(), *wandered()]


@pytest.fixture(scope="session")
def histories(reached):
    """The history of each of them."""
    return [stage.histories[0] for stage in reached]
