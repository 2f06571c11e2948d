"""What the tests of the refund process share: cases of every kind, reached through the door."""

import pytest

from domain.refund.commands import (
    EnterReplacementTracking,
    PromiseReplacement,
    ReportReplacementAccepted,
    ReportReplacementDelivered,
    ReportReturnAccepted,
    ReportReturnDelivered,
)
from tests.domain.refund.lockstep import Ours
from tests.domain.refund.walks import recording
from tests.domain.refund.wandering import signature, wandered
from tests.domain.refund_money.books import (
    GIVEN_UP,
    LABEL_ISSUED,
    TAKEN_OVER,
    granted,
    granted_in_part,
    granted_on_return,
)
from tests.dsl import done, given, opened, reported, silence
from tests.trade import PARCEL


def along_the_recorded_walks():
    for line in recording():
        ours = Ours(*line["opening"])
        yield ours.stage.branch()
        for word, _, _ in line["walk"][1:]:
            ours.take(word)
            yield ours.stage.branch()


def after_another_attempt():
    """A refund was asked for before: no recorded walk leads to these, and wandering seldom does."""
    taken_over = (opened(), TAKEN_OVER, granted_in_part("12.00"), *GIVEN_UP)
    replacement = (done(PromiseReplacement()), done(EnterReplacementTracking(tracking=PARCEL)), silence())
    sent = (opened(), *replacement, TAKEN_OVER, granted(), *GIVEN_UP, granted_on_return())
    returning = (*taken_over, granted_on_return(), LABEL_ISSUED)
    yield from (
        taken_over,
        (*taken_over, granted()),
        returning,
        (*returning, reported(ReportReturnAccepted)),
        (*returning, reported(ReportReturnDelivered)),
        (*sent, reported(ReportReplacementAccepted)),
        (*sent, reported(ReportReplacementDelivered)),
    )


@pytest.fixture(scope="session")
def reached():
    """Stages at cases of every kind: those the recorded walks lead to, and those that wandering comes by."""
    found = {signature(stage): stage for stage in along_the_recorded_walks()}
    return [*found.values(), *(given(*history).stage for history in after_another_attempt()), *wandered()]


@pytest.fixture(scope="session")
def histories(reached):
    """The history of each of them."""
    return [stage.histories[0] for stage in reached]
