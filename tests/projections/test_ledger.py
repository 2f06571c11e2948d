"""The seller ledger: worked examples to the cent, statements, posting details and what must always hold (SPEC §5)."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import sqlalchemy as sa

from domain.actors import Actor, Role
from domain.cancellation.commands import AcceptCancellation
from domain.money import LARGEST_MINOR, Money
from domain.posting import Account, ChargeRule, HoldReason, Item
from domain.refund.commands import (
    AcceptOffer,
    Appeal,
    ApproveWithoutReturn,
    ApproveWithReturn,
    DecideFullRefund,
    Escalate,
    Liability,
    OfferPartialRefund,
    Reject,
    ReportRefundSettled,
    ReportRefundSubmitted,
    ReportReturnAccepted,
    ReportReturnDelivered,
    ReportReturnLabelIssued,
    UpholdAppeal,
    Withdraw,
)
from domain.seller.adjustments import PostPayout, PostProceeds
from domain.vocabulary import Reason, RejectionCode
from projections.ledger import (
    INVARIANTS,
    balances,
    holds,
    ledger_says_what_the_log_says,
    positions_of_case,
    posting_detail,
    statement,
)
from projections.ledger.tables import balance, entry, hold
from projections.processes import Process
from store.application import Errand
from tests.service import BUYER, CARRIER, MARKETPLACE, PAYMENTS, SELLER, SUPPORT, berlin, eur, order_line


@pytest.fixture
def books(service, views):
    return Books(service, views)


class Books:
    """The ledger as one seller reads it."""

    def __init__(self, service, views):
        self.service, self.views = service, views

    def ask(self, question, *arguments, **options):
        self.views.catch_up()
        with self.views.engine.connect() as conn:
            return question(conn, *arguments, **options)

    def balance(self, seller_id=SELLER.id):
        (found,) = self.ask(balances, seller_id)
        return SimpleNamespace(balance=found.balance, held=found.held, available=found.available)

    def statement(self, start="2026-03-01", end="2026-04-30", **options):
        return self.ask(statement, SELLER.id, "EUR", berlin(start), berlin(end), **options)

    def holds(self, **options):
        return self.ask(holds, SELLER.id, "EUR", berlin("2026-03-01"), berlin("2026-04-01"), **options)

    def faults(self):
        def check(conn):
            found = [fault for invariant in INVARIANTS for fault in invariant(conn)]
            return found + ledger_says_what_the_log_says(conn, self.views.reader, 0, 10**9)[1]

        return self.ask(check)


@pytest.fixture
def case_id(service):
    service.sold()
    return service.submit(reason=Reason.WRONG_ITEM)


def paid_out(service, case_id):
    service.handle(case_id, ReportRefundSubmitted(happened_at=service.now, reference="re-1"), PAYMENTS)
    service.handle(case_id, ReportRefundSettled(happened_at=service.now), PAYMENTS)


def returned(service, case_id):
    label = ReportReturnLabelIssued(
        happened_at=service.now, tracking={"carrier": "DHL", "number": "1"}, cost=eur("4.49")
    )
    service.handle(case_id, label, CARRIER)
    service.handle(case_id, ReportReturnAccepted(happened_at=service.at("2026-03-12T12:00").now), CARRIER)
    service.handle(case_id, ReportReturnDelivered(happened_at=service.at("2026-03-14T14:00").now), CARRIER)


def test_while_a_case_is_open_its_exposure_is_held_and_nothing_is_charged(service, books, case_id):
    now = books.balance()
    assert (now.balance, now.held, now.available) == (eur("0.00"), eur("45.90"), eur("-45.90"))
    service.handle(case_id, Withdraw(), BUYER)
    assert books.balance().held == eur("0.00")
    placed, released = books.holds().lines
    assert (placed.amount, placed.reason) == (eur("45.90"), HoldReason.CASE_OPEN)
    assert (released.amount, released.reason) == (eur("-45.90"), HoldReason.CASE_CLOSED)
    assert books.statement().lines == ()


def test_approved_without_return_the_seller_pays_price_and_shipping_at_once(service, books, case_id):
    service.at("2026-03-09T09:00").handle(case_id, ApproveWithoutReturn(), SELLER)
    now = books.balance()
    assert (now.balance, now.held) == (eur("-45.90"), eur("0.00"))
    (line,) = books.statement().lines
    assert (line.amount, line.balance, line.rule, line.item) == (
        eur("-45.90"), eur("-45.90"), ChargeRule.FULL_REFUND, Item.PRICE_AND_SHIPPING,
    )  # fmt: skip
    assert (line.process, line.stream_id, line.line_id) == (Process.REFUND, case_id, "o-1-1")
    assert line.policy == "standard@1"


def test_silence_after_a_return_charges_the_label_too_booked_when_recorded_not_when_due(service, books, case_id):
    service.at("2026-03-09T09:00").handle(case_id, ApproveWithReturn(), SELLER)
    returned(service, case_id)
    service.at("2026-03-18T08:00").door.overtake([case_id])
    assert books.balance().balance == eur("-50.39")
    price, label = books.statement().lines
    assert (price.amount, label.amount, label.item) == (eur("-45.90"), eur("-4.49"), Item.RETURN_LABEL)
    assert (price.occurred_at, price.booked_at) == (berlin("2026-03-18T00:00"), berlin("2026-03-18T08:00"))


def test_a_partial_refund_costs_its_amount(service, books, case_id):
    service.handle(case_id, OfferPartialRefund(amount=eur("12.00")), SELLER)
    assert books.balance().balance == eur("0.00")
    service.handle(case_id, AcceptOffer(amount=eur("12.00")), BUYER)
    assert books.balance().balance == eur("-12.00")


def test_support_charges_the_seller_and_a_successful_appeal_credits_him(service, books, case_id):
    service.handle(case_id, Reject(code=RejectionCode.NOT_COVERED, text="Shown in the stream."), SELLER)
    service.handle(case_id, Escalate(), BUYER)
    decision = DecideFullRefund(grounds="It was not shown.", liability=Liability(seller=100))
    service.handle(case_id, decision, SUPPORT)
    paid_out(service, case_id)
    assert books.balance().balance == eur("-45.90")
    service.handle(case_id, Appeal(text="See the video.", evidence=(service.upload(SELLER),)), SELLER)
    service.handle(case_id, UpholdAppeal(grounds="It was shown."), SUPPORT)
    assert books.balance().balance == eur("0.00")
    assert [line.rule for line in books.statement().lines] == [ChargeRule.FULL_REFUND, ChargeRule.APPEAL_UPHELD]
    assert books.faults() == []


def test_a_seller_who_shares_a_refund_with_the_platform_pays_his_share(service, books, case_id):
    service.handle(case_id, Reject(code=RejectionCode.OTHER, text="No."), SELLER)
    service.handle(case_id, Escalate(), BUYER)
    split = Liability(seller=50, platform=50)
    service.handle(case_id, DecideFullRefund(grounds="Both are to blame.", liability=split), SUPPORT)
    assert books.balance().balance == eur("-22.95")
    assert books.faults() == []


def test_a_statement_opens_and_closes_with_the_balance_of_its_ends(service, books):
    for number, day in enumerate(("2026-03-09", "2026-03-10", "2026-03-11"), start=1):
        service.sold(order_line(f"o-1-{number}"))
        service.at(f"{day}T10:00").handle(service.submit(f"o-1-{number}"), ApproveWithoutReturn(), SELLER)
    middle = books.statement("2026-03-10T00:00", "2026-03-11T00:00")
    assert (middle.opening, middle.closing) == (eur("-45.90"), eur("-91.80"))
    assert [line.balance for line in middle.lines] == [eur("-91.80")]
    whole = books.statement()
    assert (whole.opening, whole.closing, len(whole.lines)) == (eur("0.00"), eur("-137.70"), 3)
    assert books.statement("2026-03-12T00:00").opening == eur("-137.70")


def test_pages_of_a_statement_follow_one_another_with_running_balances(service, books):
    for number in range(1, 6):
        service.sold(order_line(f"o-1-{number}"))
        service.handle(service.submit(f"o-1-{number}"), ApproveWithoutReturn(), SELLER)
    first = books.statement(limit=2)
    second = books.statement(limit=2, after=first.next)
    third = books.statement(limit=2, after=second.next)
    running = [line.balance.minor for part in (first, second, third) for line in part.lines]
    assert running == [-4590, -9180, -13770, -18360, -22950]
    assert third.next is None


def test_pages_of_holds_follow_one_another_and_leave_none_out(service, books):
    for number in range(1, 4):
        service.sold(order_line(f"o-1-{number}"))
        service.handle(service.submit(f"o-1-{number}"), ApproveWithoutReturn(), SELLER)
    first = books.holds(limit=4)
    second = books.holds(limit=4, after=first.next)
    assert [line.amount.minor for part in (first, second) for line in part.lines] == [4590, -4590] * 3
    assert (len(first.lines), second.next) == (4, None)
    assert books.holds(limit=6).next is None


def test_a_machine_whose_clock_is_behind_books_no_earlier_than_the_entry_before(service, books):
    service.sold(order_line("o-1-1"), order_line("o-1-2"))
    first, second = service.submit("o-1-1"), service.submit("o-1-2")
    service.later(minutes=10).handle(first, ApproveWithoutReturn(), SELLER)
    service.later(minutes=-5).handle(second, ApproveWithoutReturn(), SELLER)
    one, two = books.statement().lines
    assert (two.occurred_at, two.booked_at) == (one.booked_at - timedelta(minutes=5), one.booked_at)


def test_currencies_are_kept_apart(service, books, case_id):
    usd = {name: Money(minor=minor, currency="USD") for name, minor in [("price", 1000), ("shipping", 0), ("tax", 100)]}
    service.sold(order_line("o-2-1", **usd))
    service.handle(service.submit("o-2-1"), ApproveWithoutReturn(), SELLER)
    service.handle(case_id, ApproveWithoutReturn(), SELLER)
    found = books.ask(balances, SELLER.id)
    assert [it.balance for it in found] == [eur("-45.90"), Money(minor=-1000, currency="USD")]
    assert books.faults() == []


def test_a_posting_leads_to_its_event_its_command_its_rule_and_its_policy(service, books, case_id):
    errand = Errand(actor=SELLER, command_id=uuid4(), correlation_id=uuid4())
    service.door.refund_cases.handle(case_id, ApproveWithoutReturn(), errand)
    (position,) = books.ask(positions_of_case, case_id)
    detail = books.ask(posting_detail, service.door.log, position)
    assert (detail.rule, detail.stream_id, detail.line_id) == (ChargeRule.FULL_REFUND, case_id, "o-1-1")
    by_account = {it.account: it.amount for it in detail.entries}
    assert by_account == {Account.SELLER: eur("-45.90"), Account.BUYER_REFUNDS: eur("45.90")}
    event = detail.event
    assert (event.topic, event.position, event.policy) == ("refund.approved.v1", position, "standard@1")
    assert (event.cause.actor, event.cause.command_id, event.cause.correlation_id) == (
        SELLER, errand.command_id, errand.correlation_id,
    )  # fmt: skip
    assert books.ask(posting_detail, service.door.log, position - 1) is None


def test_the_marketplaces_postings_make_the_balance_a_real_one(service, books, case_id):
    post = service.door.adjustments.post
    service.handle(case_id, ApproveWithoutReturn(), SELLER)
    sale = PostProceeds(happened_at=service.now, amount=eur("45.90"), commission=eur("4.00"), line_id="o-1-1")
    post(SELLER.id, "sale-1", sale, service.errand(MARKETPLACE))
    post(SELLER.id, "pay-1", PostPayout(happened_at=service.now, amount=eur("1.00")), service.errand(MARKETPLACE))
    lines = books.statement().lines
    assert [(line.item, line.amount, line.balance) for line in lines[1:]] == [
        (Item.SALE_PROCEEDS, eur("45.90"), eur("0.00")),
        (Item.COMMISSION, eur("-4.00"), eur("-4.00")),
        (Item.PAYOUT, eur("-1.00"), eur("-5.00")),
    ]
    assert [(line.process, line.line_id) for line in lines[1:]] == [(None, "o-1-1"), (None, "o-1-1"), (None, None)]
    assert books.balance().balance == eur("-5.00")
    assert books.faults() == []


def test_a_balance_may_be_larger_than_any_amount_that_is_told(service, books):
    most = Money(minor=LARGEST_MINOR, currency="EUR")
    for reference in ("sale-1", "sale-2"):
        proceeds = PostProceeds(happened_at=service.now, amount=most)
        service.door.adjustments.post(SELLER.id, reference, proceeds, service.errand(MARKETPLACE))
    assert books.balance().available == most + most
    assert books.statement().closing.minor == 2 * LARGEST_MINOR


def test_a_cancellations_posting_is_told_as_one(service, books):
    service.sold(order_line("o-2-1", shipped_at=None, delivered_at=None, purchased_at=service.now))
    cancellation_id = service.cancel("o-2-1")
    service.answer_cancellation(cancellation_id, AcceptCancellation(), SELLER)
    (line,) = books.statement().lines
    assert (line.process, line.stream_id) == (Process.CANCELLATION, cancellation_id)


def test_a_stranger_has_no_balance(books):
    assert books.ask(balances, Actor(role=Role.SELLER, id="s-9").id) == []


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        (sa.update(entry).values(amount_minor=entry.c.amount_minor - 1).where(entry.c.account == "seller"), 4),
        (sa.delete(entry), 2),
        (sa.update(entry).values(account="platform").where(entry.c.account == "seller"), 2),
        (sa.update(balance).values(balance_minor=0), 1),
        (sa.delete(hold).where(hold.c.amount_minor < 0), 2),
    ],
    ids=["a cent taken", "a posting lost", "another account", "a balance set", "a hold lost"],
)
def test_each_invariant_notices_what_breaks_it(service, books, case_id, tampering, broken):
    service.handle(case_id, ApproveWithoutReturn(), SELLER)
    assert books.faults() == []
    with books.views.engine.begin() as conn:
        conn.execute(tampering)
    assert len({fault.invariant for fault in books.faults()}) == broken
