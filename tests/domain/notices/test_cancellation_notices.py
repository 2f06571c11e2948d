"""Who is told what by each event of a cancellation request (SPEC §7.7)."""

import pytest

from domain.actors import Role
from domain.cancellation.commands import AcceptCancellation, DeclineCancellation
from domain.cancellation.notices import notices, reminder, templates
from domain.notice import Notice
from domain.order.reports import ReportOrderAccepted
from domain.payout import ReportChargeback, ReportRefundElsewhere, ReportRefundFailed, ReportRefundSubmitted
from domain.vocabulary import CancellationStatus
from tests.domain.cancellation.stage import asked, given
from tests.dsl import done, reported, silence
from tests.trade import SELLER, eur

GRANTED = done(AcceptCancellation(), by=SELLER)
SUBMITTED = reported(ReportRefundSubmitted, reference="re-1")


def all_notices(story):
    events = [event for event, _, _ in story.stage.histories[-1]]
    return notices(events[-1], before=events[-2].status if len(events) > 1 else None)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ((), {"seller: new_request"}),
        ((GRANTED,), {"buyer: news.refund_pending"}),
        ((done(DeclineCancellation(), by=SELLER),), {"buyer: news.closed.declined", "seller: news.closed.declined"}),
        ((silence(),), {"buyer: news.closed.declined", "seller: news.closed.declined"}),
        ((GRANTED, SUBMITTED), set()),
        (
            (GRANTED, SUBMITTED, reported(ReportRefundFailed)),
            {"support: turn.support_review", "buyer: news.support_review"},
        ),
        ((GRANTED, reported(ReportOrderAccepted)), {"support: shipped", "seller: shipped"}),
        ((GRANTED, SUBMITTED, reported(ReportChargeback, reference="cb-1")), {"support: chargeback_recorded"}),
        (
            (GRANTED, SUBMITTED, reported(ReportRefundElsewhere, amount=eur("45.90"), reference="hub-1")),
            {"support: paid_twice"},
        ),
    ],
)
def test_each_step_tells_whom_it_concerns(history, expected):
    told = all_notices(given(asked(), *history))
    assert {f"{notice.to}: {notice.template.removeprefix('cancellation.')}" for notice in told} == expected
    assert {notice.template for notice in told} <= templates()


def test_a_new_request_cannot_be_switched_off():
    assert all_notices(given(asked())) == (Notice(Role.SELLER, "cancellation.new_request", can_be_switched_off=False),)


def test_only_the_seller_is_reminded():
    reminded = {status: notice.to for status in CancellationStatus if (notice := reminder(status))}
    assert reminded == {CancellationStatus.AWAITING_SELLER: Role.SELLER}
