"""Notifications in the app: who was told what, what is unread, and reminders of what still waits (SPEC §7.7)."""

import pytest

from domain.actors import Actor, Role
from domain.refund.commands import (
    ApproveWithoutReturn,
    ApproveWithReturn,
    AskSupportIn,
    DisputeReturn,
    Escalate,
    OfferPartialRefund,
    Reject,
    ReportReturnDelivered,
    SendMessage,
    TakeOverForFraud,
)
from domain.vocabulary import DisputeReason, Reason, RejectionCode
from projections.notifications import Mailbox, Notifications, mark_read, notifications, unread_count
from projections.rebuild import rebuild
from store.engine import connect
from tests.service import BUYER, CARRIER, SELLER, SUPPORT, berlin, eur

REJECTION = Reject(code=RejectionCode.NOT_COVERED, text="It was in the box.")
MANY_MORE = """
    insert into views.notification
    select gen_random_uuid(), reader, at - i * interval '1 second', stream_id, version, process, template, order_id,
        line_id, title, null
    from views.notification, generate_series(1, 100000) i where reader = 'seller:s-1' and template = 'new_request'
"""
COLLEAGUE = Actor(role=Role.SUPPORT, id="agent-2")


class Inboxes:
    """What each party finds when he looks now."""

    def __init__(self, service, views):
        self.service, self.views = service, views

    def page(self, actor, **options):
        self.views.catch_up()
        with self.views.engine.connect() as conn:
            return notifications(conn, Mailbox.of(actor), self.service.now, **options)

    def told(self, actor):
        """Oldest first."""
        return [item.template for item in sorted(self.page(actor).items, key=lambda item: (item.at, item.version))]

    def unread(self, actor):
        self.views.catch_up()
        with self.views.engine.connect() as conn:
            return unread_count(conn, Mailbox.of(actor), self.service.now)

    def read(self, actor, item, **options):
        with self.views.engine.begin() as conn:
            return mark_read(conn, Mailbox.of(actor), item.id, self.service.now, **options)


@pytest.fixture
def inboxes(service, views):
    return Inboxes(service, views)


@pytest.fixture
def case_id(service):
    service.sold()
    return service.submit(reason=Reason.WRONG_ITEM)


def test_a_new_request_tells_the_seller_what_is_his_and_the_buyer_where_it_is(inboxes, case_id):
    (item,) = inboxes.page(SELLER).items
    assert (item.template, item.matter_id, item.version) == ("new_request", case_id, 1)
    assert (item.order_id, item.line_id, item.title) == ("o-1", "o-1-1", "Vintage camera")
    assert inboxes.told(BUYER) == ["news.awaiting_seller"]
    assert inboxes.told(SUPPORT) == []


def test_whoever_the_case_newly_waits_for_is_told(service, inboxes, case_id):
    service.handle(case_id, OfferPartialRefund(amount=eur("12.00")), SELLER)
    assert inboxes.told(BUYER) == ["news.awaiting_seller", "turn.offer_pending"]


def test_words_tell_the_other_party(service, inboxes, case_id):
    service.handle(case_id, SendMessage(text="Which colour?"), SELLER)
    assert inboxes.told(BUYER)[-1] == "message"
    assert inboxes.told(SELLER) == ["new_request"]


def test_support_is_told_of_escalations_disputes_and_when_it_is_asked_in(service, inboxes, case_id):
    service.handle(case_id, AskSupportIn(text="Please look."), BUYER)
    service.handle(case_id, REJECTION, SELLER)
    service.handle(case_id, Escalate(), BUYER)
    assert inboxes.told(SUPPORT) == ["support_asked_in", "turn.support_review"]


def test_support_is_told_of_a_disputed_return(service, inboxes, case_id):
    service.handle(case_id, ApproveWithReturn(), SELLER)
    service.handle(case_id, ReportReturnDelivered(happened_at=service.now), CARRIER)
    dispute = DisputeReturn(reason=DisputeReason.NOT_RECEIVED, text="Nothing came.")
    service.handle(case_id, dispute, SELLER)
    assert inboxes.told(SUPPORT) == ["turn.support_review"]


def test_a_seller_relieved_on_suspicion_of_fraud_is_told_so_and_nothing_more(service, inboxes, case_id):
    service.handle(case_id, TakeOverForFraud(ground="The tenth this week."), SUPPORT)
    assert inboxes.told(SELLER) == ["new_request", "relieved"]
    service.later(days=30)
    assert inboxes.told(SELLER) == ["new_request", "relieved"]


def test_reminders_come_at_half_of_the_time_and_four_business_hours_before_its_end(service, inboxes, case_id):
    half, before_end = berlin("2026-03-09T18:00"), berlin("2026-03-10T14:00")
    service.at("2026-03-09T17:59")
    assert inboxes.told(SELLER) == ["new_request"]
    service.now = half
    assert inboxes.told(SELLER) == ["new_request", "reminder.awaiting_seller"]
    service.now = before_end
    assert [item.at for item in inboxes.page(SELLER).items[:2]] == [before_end, half]


def test_what_is_answered_is_never_reminded_of(service, inboxes, case_id):
    service.at("2026-03-10T10:00")
    inboxes.views.catch_up()
    service.handle(case_id, ApproveWithoutReturn(), SELLER)
    service.later(days=9)
    assert inboxes.told(SELLER) == ["new_request", "reminder.awaiting_seller", "charged"]
    assert [it for it in inboxes.told(BUYER) if it.startswith("reminder")] == []


def test_an_answer_that_the_read_model_learns_with_the_request_leaves_no_reminder(service, inboxes, case_id):
    service.later(minutes=1).handle(case_id, ApproveWithoutReturn(), SELLER)
    service.later(days=9)
    assert inboxes.told(SELLER) == ["new_request", "charged"]


def test_what_goes_on_waiting_keeps_its_reminders_through_messages(service, inboxes, case_id):
    service.handle(case_id, SendMessage(text="Soon."), SELLER)
    inboxes.views.catch_up()
    service.later(hours=1).handle(case_id, SendMessage(text="Please."), BUYER)
    service.at("2026-03-10T17:00")
    assert inboxes.told(SELLER).count("reminder.awaiting_seller") == 2


def test_unread_goes_down_with_each_that_is_read_and_twice_is_once(service, inboxes, case_id):
    service.later(minutes=1).handle(case_id, ApproveWithoutReturn(), SELLER)
    charged, request = inboxes.page(SELLER).items
    assert inboxes.unread(SELLER) == 2
    assert inboxes.read(SELLER, request)
    assert inboxes.read(SELLER, request)
    assert inboxes.unread(SELLER) == 1
    assert [item.id for item in inboxes.page(SELLER, unread=True).items] == [charged.id]
    (marked,) = inboxes.page(SELLER, unread=False).items
    assert (marked.id, marked.read_at) == (request.id, service.now)


def test_all_that_is_older_can_be_read_at_once_and_what_comes_later_stays_unread(service, inboxes, case_id):
    newest = inboxes.page(SELLER).items[0]
    service.later(minutes=1).handle(case_id, SendMessage(text="Hello?"), BUYER)
    inboxes.read(SELLER, newest, with_older=True)
    assert inboxes.unread(SELLER) == 1


def test_what_was_read_with_all_older_is_told_with_the_moment_when_it_was_first_read(service, inboxes, case_id):
    (request,) = inboxes.page(SELLER).items
    first = service.later(minutes=1).now
    inboxes.read(SELLER, request, with_older=True)
    service.handle(case_id, SendMessage(text="Hello?"), BUYER)
    newest = inboxes.page(SELLER).items[0]
    second = service.later(minutes=1).now
    inboxes.read(SELLER, newest, with_older=True)
    service.later(minutes=1)
    inboxes.read(SELLER, request)
    assert [item.read_at for item in inboxes.page(SELLER, unread=False).items] == [second, first]
    assert inboxes.page(SELLER, unread=True).items == ()
    assert inboxes.unread(SELLER) == 0


def test_an_older_one_with_its_elders_takes_nothing_back(service, inboxes, case_id):
    service.later(minutes=1).handle(case_id, ApproveWithoutReturn(), SELLER)
    charged, request = inboxes.page(SELLER).items
    inboxes.read(SELLER, charged, with_older=True)
    inboxes.read(SELLER, request, with_older=True)
    assert inboxes.unread(SELLER) == 0


def test_a_hundred_thousand_are_read_in_a_moment(inboxes, case_id):
    newest, engine = inboxes.page(SELLER).items[0], inboxes.views.engine
    with engine.begin() as conn:
        conn.exec_driver_sql(MANY_MORE)
    assert inboxes.unread(SELLER) == 100_001
    assert inboxes.read(SELLER, newest, with_older=True)
    assert inboxes.unread(SELLER) == 0
    with engine.connect() as conn:
        assert conn.exec_driver_sql("select count(*) from store.notices_read").scalar_one() == 1


def test_nobody_marks_what_is_anothers(inboxes, case_id):
    (item,) = inboxes.page(SELLER).items
    assert not inboxes.read(BUYER, item)
    assert inboxes.unread(SELLER) == 1


def test_support_is_told_together_and_each_agent_reads_for_himself(service, inboxes, case_id):
    service.handle(case_id, AskSupportIn(text="Please look."), BUYER)
    (item,) = inboxes.page(SUPPORT).items
    assert inboxes.page(COLLEAGUE).items[0].id == item.id
    inboxes.read(SUPPORT, item)
    assert (inboxes.unread(SUPPORT), inboxes.unread(COLLEAGUE)) == (0, 1)


def test_pages_follow_each_other_without_gap_or_repetition(service, inboxes, case_id):
    for number in range(5):
        service.later(minutes=1).handle(case_id, SendMessage(text=f"Message {number}"), BUYER)
    whole = [item.id for item in inboxes.page(SELLER).items]
    first = inboxes.page(SELLER, limit=4)
    second = inboxes.page(SELLER, limit=4, after=first.next)
    assert [item.id for item in (*first.items, *second.items)] == whole
    assert second.next is None


def test_what_was_read_stays_read_after_a_rebuild(service, inboxes, case_id, database_url):
    (item,) = inboxes.page(SELLER).items
    inboxes.read(SELLER, item)
    owner = connect(database_url, role=None)
    (projection,) = [it for it in inboxes.views.projections if it.name == Notifications.name]
    rebuild(owner, inboxes.views.reader, projection)
    owner.dispose()
    assert inboxes.page(SELLER).items[0].id == item.id
    assert inboxes.unread(SELLER) == 0
