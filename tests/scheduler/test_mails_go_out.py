"""Who is mailed what, in which language, and how often: once, and never of what is answered (SPEC §7.7)."""

from datetime import timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default

import pytest

from domain.buyer.account import BuyerProfile
from domain.language import Locale
from domain.mail_preferences import EVERY_MAIL, MailPreferences
from domain.notice import NoticeKind
from domain.refund.commands import ApproveWithoutReturn, AskSupportIn, Escalate, OfferPartialRefund, Reject
from domain.seller.account import SellerProfile
from domain.vocabulary import RejectionCode
from projections.engine import Engine
from projections.outbox import MAIL_TO, JobKind, Outbox
from projections.tellings import Tellings
from scheduler.addressees import Addressees
from scheduler.courier import Courier
from scheduler.letters import Addressee
from scheduler.mails import Mailroom, SendMail, SendReminder
from scheduler.ports.trouble import NoAnswer
from scheduler.twins.post import LocalPost
from store.reader import LogReader
from tests.scheduler.house import House
from tests.service import BUYER, MARKETPLACE, SELLER, eur, order_line

SENDER = Address("Direct Service", "no-reply", "house.example")
SUPPORT_DESK = Addressee(
    person="support:desk", address="desk@example.com", locale=Locale.ENGLISH, zone="Europe/Berlin", mail=EVERY_MAIL
)
QUIET = MailPreferences(muted=frozenset(NoticeKind) - {NoticeKind.NEW_REQUEST})


class Office(House):
    """A house that mails; its letters lie in a folder, in the order in which they were sent."""

    def __init__(self, engine, folder):
        super().__init__(engine, folder)
        self.views = Engine(engine, LogReader(engine), [Outbox(Tellings())])
        self.sent = []
        self.local = LocalPost(folder / "mail", SENDER)
        self.folder = folder / "mail"
        by = self.errand
        seller = SellerProfile(enrolled=True, locale=Locale.GERMAN, email="ada@shop.example")
        self.door.accounts.record_profile(SELLER.id, seller, by(MARKETPLACE))
        buyer = BuyerProfile(locale=Locale.ENGLISH, email="bea@example.com")
        self.door.contacts.record_buyer(BUYER.id, buyer, by(MARKETPLACE))

    def send(self, letter):
        self.local.send(letter)
        self.sent.append(letter)

    def mailman(self, post=None, support=SUPPORT_DESK):
        mailroom = Mailroom(
            service=self.door,
            addressees=Addressees(self.door, support),
            post=post or self,
            link=lambda event: f"https://hub.example/{event.originator_id}",
        )
        dispatches = [*(SendMail(kind, mailroom) for kind in MAIL_TO), SendReminder(mailroom)]
        courier = Courier(self.engine, dispatches, clock=self.clock, retries=self.retries)
        self._couriers.append(courier)
        return courier

    def mail(self, courier=None):
        """Carry out every mail that is due; those sent since the last time, as (to, subject)."""
        before = len(self.sent)
        self.carry(courier or self.mailman())
        return sorted((letter.to, letter.subject) for letter in self.sent[before:])

    def message(self, letter):
        return message_from_bytes((self.folder / letter.person / f"{letter.id}.eml").read_bytes(), policy=default)

    def outcomes(self):
        return sorted((row.kind, row.outcome) for row in self.dispatched())


@pytest.fixture
def office(engine, tmp_path):
    with Office(engine, tmp_path) as office:
        yield office


@pytest.fixture
def case_id(office):
    office.sold()
    return office.submit()


REQUESTED = ("ada@shop.example", "Du hast eine neue Rückerstattungsanfrage: Vintage camera")
WITH_SELLER = ("bea@example.com", "Your request is with the seller: Vintage camera")
REMINDED = ("ada@shop.example", "Erinnerung: Eine Rückerstattungsanfrage wartet auf deine Antwort: Vintage camera")


def test_a_new_request_is_mailed_in_each_partys_language(office, case_id):
    assert office.mail() == [REQUESTED, WITH_SELLER]
    assert office.mail() == []


def test_a_letter_says_to_which_order_until_when_why_then_and_where_to_look(office, case_id):
    office.mail()
    letter = next(it for it in office.sent if it.to == "ada@shop.example")
    for form in ("plain", "html"):
        said = office.message(letter).get_body((form,)).get_content()
        for part in ("Vintage camera", "o-1", "Artikel fehlt", "10. März 2026, 18:00 Uhr (MEZ)", "48 Geschäftsstunden"):
            assert part in said, (form, part, said)
        assert f"https://hub.example/{case_id}" in said


def test_until_when_is_told_to_whoever_is_waited_for(office, case_id):
    office.mail()
    assert {letter.to: "2026" in letter.text for letter in office.sent} == {
        "ada@shop.example": True,
        "bea@example.com": False,
    }


def test_what_people_called_their_things_is_text_in_html_too(office):
    office.sold(order_line(title="<script>alert(1)</script> & co"))
    office.submit()
    office.mail()
    letter = office.sent[0]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in letter.html
    assert "<script>" in letter.text
    assert "<script>" not in letter.html


def test_each_change_of_whom_the_case_waits_on_is_mailed_to_him(office, case_id):
    office.mail()
    office.handle(case_id, OfferPartialRefund(amount=eur("12.00")), SELLER)
    assert office.mail() == [("bea@example.com", "You were offered a partial refund: Vintage camera")]
    assert "Offered: €12.00" in office.sent[-1].text


def test_two_things_told_by_one_event_make_one_letter(office, case_id):
    office.mail()
    office.handle(case_id, ApproveWithoutReturn(), SELLER)
    assert [to for to, _ in office.mail()] == ["ada@shop.example", "bea@example.com"]
    charged = next(it for it in office.sent[2:] if it.to == "ada@shop.example")
    assert "Auf deinem Konto gebucht: -45,90" in charged.text


def test_a_seller_elsewhere_is_told_by_which_clocks_his_time_was_counted(office):
    abroad = SellerProfile(enrolled=True, email="ada@shop.example", time_zone="America/New_York")
    office.door.accounts.record_profile(SELLER.id, abroad, office.errand(MARKETPLACE))
    office.sold()
    office.submit()
    office.mail()
    letter = next(it for it in office.sent if it.to == "ada@shop.example")
    assert "Your deadline is Tuesday, 10 March 2026, 13:00 (EDT)." in letter.text
    explained = "48 business hours from Fri 2026-03-06 18:00; weekend skipped (times in Europe/Berlin)"
    assert f"Why then: {explained}\n" in letter.text
    assert explained in letter.html


def test_support_is_mailed_of_escalations_where_it_has_a_mailbox(office, case_id):
    office.handle(case_id, Reject(code=RejectionCode.NOT_COVERED, text="It was in the box."), SELLER)
    office.mail()
    office.handle(case_id, Escalate(), BUYER)
    assert ("desk@example.com", "A case waits for support: Vintage camera") in office.mail()


def test_support_without_a_mailbox_looks_into_the_app(office, case_id):
    office.handle(case_id, AskSupportIn(text="Please look."), BUYER)
    assert "desk@example.com" not in [to for to, _ in office.mail(office.mailman(support=None))]
    assert ("mail_support", "moot") in office.outcomes()


def test_reminders_are_mailed_at_half_of_the_time_and_four_business_hours_before_its_end(office, case_id):
    office.mail()
    office.at("2026-03-09T17:59")
    assert office.mail() == []
    office.at("2026-03-09T18:00")
    assert office.mail() == [REMINDED]
    office.at("2026-03-10T14:00")
    assert office.mail() == [REMINDED]
    assert len({letter.id for letter in office.sent}) == 4


def test_what_is_answered_is_not_reminded_of_even_if_the_views_have_not_heard_yet(office, case_id):
    office.mail()
    office.at("2026-03-09T18:00")
    office.views.catch_up()
    office.handle(case_id, ApproveWithoutReturn(), SELLER)
    courier = office.mailman()
    courier.sweep()
    courier.finish()
    assert ("mail_reminder", "moot") in office.outcomes()
    assert REMINDED not in [(letter.to, letter.subject) for letter in office.sent]


def test_after_a_downtime_one_reminder_is_enough_and_none_comes_after_the_end(office, case_id):
    office.mail()
    office.at("2026-03-10T15:00")
    assert office.mail() == [REMINDED]
    office.sold(order_line("o-2-1", order_id="o-2"))
    office.submit("o-2-1")
    office.later(days=6)
    assert REMINDED not in office.mail()


def test_what_is_muted_is_not_mailed_but_new_requests_always_are(office):
    office.door.contacts.choose_sellers_mails(SELLER.id, QUIET, office.errand(SELLER))
    office.door.contacts.choose_buyers_mails(BUYER.id, QUIET, office.errand(BUYER))
    office.sold()
    case_id = office.submit()
    assert office.mail() == [REQUESTED]
    office.handle(case_id, OfferPartialRefund(amount=eur("12.00")), SELLER)
    office.at("2026-03-10T15:00")
    assert office.mail() == []


def test_who_is_forgotten_gets_nothing_and_nothing_breaks(office, case_id):
    for person in ("seller:s-1", "buyer:b-1"):
        office.vault.forget(person)
    assert office.mail() == []
    assert {outcome for _, outcome in office.outcomes()} == {"moot"}


def test_an_address_that_is_refused_for_good_is_tried_once(office):
    profile = SellerProfile(enrolled=True, email="nobody.here@example.com")
    office.door.accounts.record_profile(SELLER.id, profile, office.errand(MARKETPLACE))
    office.sold()
    office.submit()
    office.mail()
    assert ("mail_seller", "refused") in office.outcomes()
    assert office.later(days=1).mail() == []


def test_a_courier_that_dies_after_sending_sends_the_same_letter_again(office, case_id):
    class LostAnswer:
        def send(self, letter):
            office.send(letter)
            raise NoAnswer("the connection broke")

    office.mail(office.mailman(post=LostAnswer()))
    office.later(minutes=30)
    office.mail()
    assert len(office.sent) == 4
    assert len({letter.id for letter in office.sent}) == len(list(office.folder.glob("*/*.eml"))) == 2


def test_the_letters_of_one_who_is_forgotten_are_removed_and_no_one_elses(office, case_id):
    office.mail()
    office.local.forget("seller:s-1")
    assert [path.parent.name for path in office.folder.glob("*/*")] == ["buyer:b-1"]


def test_what_was_mailed_is_not_mailed_again_after_a_rebuild(office, case_id):
    office.mail()
    office.rebuild_outbox()
    assert office.mail() == []


def test_old_news_that_a_rebuild_finds_is_not_mailed(office, case_id):
    office.later(days=7, minutes=1)
    assert office.mail() == []
    assert ("mail_seller", "moot") in office.outcomes()


def test_a_post_that_is_away_keeps_letters_waiting_without_holding_up_refunds(office, case_id):
    class Away:
        def send(self, letter):
            raise NoAnswer("away", retry_after=timedelta(hours=1))

    office.handle(case_id, ApproveWithoutReturn(), SELLER)
    office.mail(office.mailman(post=Away()))
    office.carry()
    assert len(office.refunds_taken()) == 1
    waiting = {row.kind for row in office.waiting() if row.failure}
    assert waiting == {JobKind.MAIL_BUYER, JobKind.MAIL_SELLER}
    assert len(office.later(hours=2).mail()) >= 3
