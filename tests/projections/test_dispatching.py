"""A job of the outbox is its newest courier's: whoever's time was up changes nothing any more (DESIGN §5)."""

from datetime import timedelta

import pytest

from domain.refund.commands import ApproveWithoutReturn
from projections import dispatching
from projections.outbox import JobKind, Outbox, outbox
from projections.rebuild import rebuild
from tests.service import SELLER


@pytest.fixture
def approved(service, views):
    """A case whose refund is to be submitted; the instant from which on."""
    service.sold()
    service.handle(service.submit(), ApproveWithoutReturn(), SELLER)
    views.catch_up()
    return service.now


def claim(views, now, minutes=1):
    with views.engine.begin() as conn:
        (job,) = dispatching.claim(conn, JobKind.SUBMIT_REFUND, now, now + timedelta(minutes=minutes), 10)
    return job


def refund_row(views):
    (row,) = [row for row in views.rows(outbox) if row.kind == JobKind.SUBMIT_REFUND]
    return row


def test_a_courier_whose_time_was_up_does_not_put_off_the_job_of_the_next(views, approved):
    late = claim(views, approved)
    newest = claim(views, approved + timedelta(minutes=1), minutes=30)
    assert (late.attempts, newest.attempts) == (1, 2)
    before = refund_row(views)
    with views.engine.begin() as conn:
        dispatching.put_off(conn, late, approved, "timed out")
    assert refund_row(views) == before
    with views.engine.begin() as conn:
        dispatching.put_off(conn, newest, approved, "timed out")
    assert (refund_row(views).failure, refund_row(views).claim_at) == ("timed out", approved)


def test_a_rebuild_does_not_bring_back_what_has_left(views, approved, owner):
    job = claim(views, approved)
    with views.engine.begin() as conn:
        dispatching.note_dispatched(conn, job, "taken", approved)
    rebuild(owner, views.reader, Outbox())
    assert [row for row in views.rows(outbox) if row.kind == JobKind.SUBMIT_REFUND] == []
