"""The seller hub's orders: quick filters, counts, urgency, search and stable pages (SPEC §7.1)."""

from random import Random

import pytest

from domain.actors import Actor, Role
from domain.cancellation.commands import DeclineCancellation
from domain.order.facts import Tracking
from domain.policy import standard_policies
from domain.refund.commands import (
    ApproveWithoutReturn,
    ApproveWithReturn,
    EnterReplacementTracking,
    OfferPartialRefund,
    PromiseReplacement,
    Reject,
    ReportRefundSettled,
    ReportRefundSubmitted,
    ReportReturnAccepted,
    ReportReturnShipped,
    SendMessage,
    TakeOver,
    Withdraw,
)
from domain.vocabulary import CancellationOutcome, Outcome, Reason, RejectionCode, Status
from projections.seller_orders import Filter, Quick, Standing, overdue_soon_until, page, search, tally
from tests.service import BUYER, CARRIER, PAYMENTS, SELLER, SUPPORT, berlin, eur, order_line

POLICY = standard_policies().current


class Hub:
    """One seller's screen."""

    def __init__(self, service, views, seller=SELLER):
        self.service, self.views, self.seller = service, views, seller

    def page(self, **filters):
        self.views.catch_up()
        soon = overdue_soon_until(self.service.now, POLICY)
        with self.views.engine.connect() as conn:
            return page(conn, self.seller.id, soon=soon, **filters)

    def lines(self, **filters):
        return [item.line_id for item in self.page(**filters).items]

    def one(self):
        (item,) = self.page().items
        return item

    def counts(self, quick=Quick.REFUND):
        self.views.catch_up()
        with self.views.engine.connect() as conn:
            found = tally(conn, self.seller.id, overdue_soon_until(self.service.now, POLICY))[quick]
        return {"lines": found.lines, **{sub.value: n for sub, n in found.by_filter.items() if n}}


@pytest.fixture
def hub(service, views):
    return Hub(service, views)


def sell(service, *line_ids, **facts):
    service.sold(*(order_line(line_id, **facts) for line_id in line_ids))


def test_a_line_is_listed_before_anything_is_asked_about_it(service, hub):
    sell(service, "o-1-1", tracking=Tracking(carrier="DHL", number="0034"))
    order = hub.one()
    assert (order.line_id, order.title, order.paid, order.case) == ("o-1-1", "Vintage camera", eur("45.90"), None)
    assert order.tracking == Tracking(carrier="DHL", number="0034")
    assert hub.lines(quick=Quick.REFUND) == []
    assert hub.counts(Quick.ALL) == {"lines": 1}


def test_a_request_brings_its_line_under_the_refund_filter_with_its_deadline(service, hub):
    sell(service, "o-1-1", "o-1-2")
    case_id = service.submit("o-1-2", Reason.WRONG_ITEM)
    (order,) = hub.page(quick=Quick.REFUND).items
    case = order.case
    assert (order.line_id, case.id, case.reason, case.status) == (
        "o-1-2", case_id, Reason.WRONG_ITEM, Status.AWAITING_SELLER,
    )  # fmt: skip
    assert (case.standing, case.due_at) == (Standing.ACTION_DUE, berlin("2026-03-10T18:00"))
    assert (case.version, case.refund, case.charged) == (1, None, eur("0.00"))


def test_the_row_follows_its_case_to_the_end(service, hub):
    sell(service, "o-1-1")
    case_id = service.submit()
    service.handle(case_id, ApproveWithoutReturn(), SELLER)
    case = hub.one().case
    assert (case.standing, case.due_at, case.refund, case.charged) == (
        Standing.UNDER_WAY, None, eur("45.90"), eur("45.90"),
    )  # fmt: skip
    service.handle(case_id, ReportRefundSubmitted(happened_at=service.now, reference="re-1"), PAYMENTS)
    service.later(hours=1).handle(case_id, ReportRefundSettled(happened_at=service.now), PAYMENTS)
    case = hub.one().case
    assert (case.standing, case.outcome, case.closed_at) == (Standing.CLOSED, Outcome.REFUNDED, service.now)


@pytest.mark.parametrize(
    ("answer", "actor", "sub"),
    [
        (None, None, Filter.ACTION_DUE),
        (ApproveWithReturn(), SELLER, Filter.WAITING_ON_BUYER),
        (OfferPartialRefund(amount=eur("12.00")), SELLER, Filter.WAITING_ON_BUYER),
        (Reject(code=RejectionCode.NOT_COVERED, text="Shown in the stream."), SELLER, Filter.WAITING_ON_BUYER),
        (TakeOver(ground="A second look."), SUPPORT, Filter.ON_HOLD),
        (Withdraw(), BUYER, Filter.CLOSED),
        (SendMessage(text="Hello?"), BUYER, Filter.ACTION_DUE),
    ],
    ids=["requested", "return", "offer", "rejected", "support", "withdrawn", "message"],
)
def test_each_sub_filter_holds_the_cases_of_its_standing_and_is_counted(service, hub, answer, actor, sub):
    sell(service, "o-1-1")
    case_id = service.submit(reason=Reason.WRONG_ITEM)
    if answer:
        service.handle(case_id, answer, actor)
    for quick in (Quick.ALL, Quick.REFUND):
        assert [it for it in Filter if hub.lines(quick=quick, sub=it)] == [sub]
        assert hub.counts(quick) == {"lines": 1, sub.value: 1}


def test_what_is_due_comes_first_by_its_deadline_then_the_oldest_open_then_what_ended_then_the_rest(service, hub):
    lines = [f"o-1-{number}" for number in range(1, 7)]
    sell(service, *lines)
    for line, day in zip(lines, ("2026-03-09", "2026-03-06", "2026-03-10", "2026-03-07", "2026-03-08"), strict=False):
        service.at(f"{day}T10:00").submit(line, Reason.WRONG_ITEM)
    by_line = {it.line_id: it.case.id for it in hub.page(quick=Quick.REFUND).items}
    service.at("2026-03-10T10:00")
    service.handle(by_line["o-1-4"], OfferPartialRefund(amount=eur("5.00")), SELLER)
    service.handle(by_line["o-1-3"], ApproveWithReturn(), SELLER)
    service.handle(by_line["o-1-5"], Withdraw(), BUYER)
    in_order = ["o-1-2", "o-1-1", "o-1-4", "o-1-3", "o-1-5"]
    assert hub.lines(quick=Quick.REFUND) == in_order
    assert hub.lines() == [*in_order, "o-1-6"]


@pytest.mark.parametrize(
    ("now", "soon"),
    [
        ("2026-03-10T13:59", False),
        ("2026-03-10T14:00", True),
        ("2026-03-10T18:30", True),
    ],
    ids=["a minute too early", "four hours before", "the timer has not run yet"],
)
def test_overdue_soon_means_four_business_hours_or_less(service, hub, now, soon):
    sell(service, "o-1-1")
    service.submit()
    service.at(now)
    assert hub.lines(sub=Filter.OVERDUE_SOON) == (["o-1-1"] if soon else [])
    assert hub.counts().get("overdue_soon", 0) == soon


def test_over_a_weekend_four_business_hours_reach_into_monday(service, hub):
    sell(service, "o-1-1")
    service.at("2026-03-05T03:00").submit(reason=Reason.ITEM_MISSING)
    service.at("2026-03-06T22:00")
    assert hub.lines(sub=Filter.OVERDUE_SOON) == []
    service.at("2026-03-06T23:00")
    assert hub.lines(sub=Filter.OVERDUE_SOON) == ["o-1-1"]


def test_a_second_request_takes_the_row_over_and_the_first_no_longer_moves_it(service, hub):
    sell(service, "o-1-1")
    first = service.submit(reason=Reason.WRONG_ITEM)
    service.handle(first, ApproveWithReturn(), SELLER)
    service.later(days=10)
    service.door.overtake([first])
    second = service.submit(reason=Reason.WRONG_ITEM)
    assert hub.one().case.id == second
    service.handle(first, ReportReturnAccepted(happened_at=service.now), CARRIER)
    case = hub.one().case
    assert (case.id, case.version) == (second, 1)
    assert hub.counts() == {"lines": 1, "action_due": 1}


def test_the_marketplaces_newer_word_shows_and_the_case_stays(service, hub):
    sell(service, "o-1-1")
    case_id = service.submit()
    sell(service, "o-1-1", title="Vintage camera, boxed", tracking=Tracking(carrier="DHL", number="7"))
    order = hub.one()
    assert (order.title, order.tracking.number, order.case.id) == ("Vintage camera, boxed", "7", case_id)
    assert hub.counts(Quick.ALL) == {"lines": 1, "action_due": 1}


def test_a_case_and_a_cancellation_of_one_line_stand_side_by_side(service, hub):
    unshipped = {"shipped_at": None, "delivered_at": None, "purchased_at": berlin("2026-03-06T12:00")}
    sell(service, "o-1-1", **unshipped)
    cancellation_id = service.cancel("o-1-1")
    assert hub.lines(quick=Quick.CANCELLATIONS, sub=Filter.ACTION_DUE) == ["o-1-1"]
    service.answer_cancellation(cancellation_id, DeclineCancellation(), SELLER)
    case_id = service.later(hours=1).submit("o-1-1", Reason.OTHER)
    order = hub.one()
    assert (order.case.id, order.case.standing) == (case_id, Standing.ON_HOLD)
    assert (order.cancellation.id, order.cancellation.outcome) == (cancellation_id, CancellationOutcome.DECLINED)
    assert hub.counts(Quick.ALL) == hub.counts(Quick.REFUND) == {"lines": 1, "on_hold": 1}
    assert hub.counts(Quick.CANCELLATIONS) == {"lines": 1, "closed": 1}


def test_a_cancellation_that_waits_for_the_seller_is_due_among_all_lines_too(service, hub):
    sell(service, "o-1-1")
    service.submit("o-1-1", Reason.WRONG_ITEM)
    sell(service, "o-1-2", shipped_at=None, delivered_at=None, purchased_at=berlin("2026-03-06T12:00"))
    service.cancel("o-1-2")
    assert hub.lines() == ["o-1-2", "o-1-1"]
    (order,) = hub.page(quick=Quick.CANCELLATIONS).items
    assert (order.cancellation.due_at, order.case) == (berlin("2026-03-08T18:00"), None)
    assert hub.counts(Quick.ALL) == {"lines": 2, "action_due": 2}


def test_another_sellers_lines_are_neither_listed_found_nor_counted(service, hub, views):
    sell(service, "o-1-1")
    service.sold(order_line("o-2-1", order_id="o-2", seller_id="s-2"))
    stranger = Hub(service, views, Actor(role=Role.SELLER, id="s-2"))
    assert (hub.lines(), stranger.lines()) == (["o-1-1"], ["o-2-1"])
    assert (hub.lines(search="camera"), stranger.lines(search="camera")) == (["o-1-1"], ["o-2-1"])
    assert hub.counts(Quick.ALL) == {"lines": 1}


@pytest.mark.parametrize(
    "search",
    [
        "o-77", "O-77", "o-77-1", "kamera", "Leica", "leica m6", "müller-leica", "muller", "b-9", "003404", "M6 b-9",
        "  leica  ", "'leica'",
    ],
)  # fmt: skip
def test_a_line_is_found_by_order_buyer_title_and_tracking(service, hub, search):
    sell(service, "o-1-1")
    facts = {"order_id": "o-77", "buyer_id": "b-9", "title": "Müller-Leica M6 (Kamera)"}
    service.sold(order_line("o-77-1", tracking=Tracking(carrier="DHL", number="0034041"), **facts))
    assert hub.lines(search=search) == ["o-77-1"]


@pytest.mark.parametrize("number", ["JJD 77-0004", "jjd770004", "JJD77", "jjd tripod 0004"])
def test_a_line_is_found_by_the_number_of_a_parcel_that_its_case_named(service, hub, views, number):
    """He who holds a returned parcel in his hands has nothing but its label."""
    stranger = Hub(service, views, Actor(role=Role.SELLER, id="s-2"))
    sell(service, "o-1-1", "o-1-2")
    returned = service.submit("o-1-1", Reason.WRONG_ITEM)
    service.handle(returned, ApproveWithReturn(), SELLER)
    label = Tracking(carrier="DHL", number="JJD 77-0004")
    service.handle(returned, ReportReturnShipped(tracking=label), BUYER)
    hub.page()
    sell(service, "o-1-1", title="Tripod")
    assert hub.lines(search=number) == ["o-1-1"]
    assert stranger.lines(search=number) == []


def test_the_parcels_of_cases_past_and_of_replacements_are_found_too_each_with_every_line_it_carries(service, hub):
    sell(service, "o-1-1", "o-1-2", "o-1-3")
    sent = Tracking(carrier="DHL", number="RR770001")
    for line_id in ("o-1-1", "o-1-2"):
        case = service.submit(line_id)
        service.handle(case, PromiseReplacement(), SELLER)
        service.handle(case, EnterReplacementTracking(tracking=sent), SELLER)
    assert sorted(hub.lines(search="RR770001")) == ["o-1-1", "o-1-2"]


@pytest.mark.parametrize("search", ["leica m7", "amera", "s-1", "\N{SECTION SIGN}s-1", "o-77:*", "leica & camera"])
def test_what_no_word_begins_with_is_not_found(service, hub, search):
    sell(service, "o-1-1", title="Nothing of the kind")
    assert hub.lines(search=search) == []


@pytest.mark.parametrize("search", ["", "   ", "!!", "' & '"])
def test_a_search_without_a_word_finds_everything(service, hub, search):
    sell(service, "o-1-1")
    assert hub.lines(search=search) == ["o-1-1"]


@pytest.fixture(params=[0, 1000])
def few(request, monkeypatch):
    """Above so many hits a search goes through the seller's lines in order instead."""
    monkeypatch.setattr(search, "FEW", request.param)


@pytest.mark.usefixtures("few")
def test_few_hits_and_many_are_listed_alike_page_by_page(service, hub, views):
    stranger = Hub(service, views, Actor(role=Role.SELLER, id="s-2"))
    sell(service, "o-1-1", "o-1-2", "o-1-3", "o-1-4")
    sell(service, "o-1-5", title="Tripod")
    service.sold(order_line("o-2-1", order_id="o-2", seller_id="s-2"))
    service.at("2026-03-09T10:00").submit("o-1-3")
    service.at("2026-03-09T11:00").submit("o-1-1")
    first = hub.page(search="o-1 camera", limit=3)
    assert [it.line_id for it in first.items][:2] == ["o-1-3", "o-1-1"]
    rest = hub.page(search="o-1 camera", limit=3, after=first.next)
    assert sorted(it.line_id for it in (*first.items, *rest.items)) == ["o-1-1", "o-1-2", "o-1-3", "o-1-4"]
    assert rest.next is None
    assert hub.lines(search="camera", quick=Quick.REFUND, sub=Filter.ACTION_DUE) == ["o-1-3", "o-1-1"]
    assert hub.lines(search="camera o-2") == []
    assert stranger.lines(search="camera") == ["o-2-1"]


def test_a_changed_title_is_found_by_its_new_words_only(service, hub):
    sell(service, "o-1-1")
    hub.page()
    sell(service, "o-1-1", title="Tripod")
    assert (hub.lines(search="tripod"), hub.lines(search="camera")) == (["o-1-1"], [])


def test_pages_follow_one_another_whole_and_stay_in_place_while_lines_move(service, hub):
    lines = [f"o-1-{number}" for number in range(1, 8)]
    sell(service, *lines)
    for number, line in enumerate(lines):
        service.at(f"2026-03-09T{10 + number}:00").submit(line)
    first = hub.page(quick=Quick.REFUND, limit=3)
    assert [it.line_id for it in first.items] == lines[:3]
    service.handle(first.items[0].case.id, ApproveWithoutReturn(), SELLER)
    second = hub.page(quick=Quick.REFUND, limit=3, after=first.next)
    assert [it.line_id for it in second.items] == lines[3:6]
    third = hub.page(quick=Quick.REFUND, limit=3, after=second.next)
    assert ([it.line_id for it in third.items], third.next) == (["o-1-7", "o-1-1"], None)


def test_however_lines_move_meanwhile_those_that_stay_are_seen_exactly_once(service, hub):
    lines = [f"o-1-{number:02}" for number in range(24)]
    sell(service, *lines)
    for number, line in enumerate(lines[:16]):
        service.at("2026-03-09T10:00").later(minutes=number).submit(line)
    dice, moved, seen, after = Random(5), set(), [], None  # noqa: S311 -- a story, repeatable, not a secret
    while True:
        part = hub.page(limit=4, after=after)
        seen += [it.line_id for it in part.items]
        if (after := part.next) is None:
            break
        chosen = dice.choice([it for it in hub.page(quick=Quick.REFUND).items if it.case.standing != Standing.CLOSED])
        service.handle(chosen.case.id, Withdraw(), BUYER)
        moved.add(chosen.line_id)
    assert moved
    assert sorted(line for line in seen if line not in moved) == sorted(set(lines) - moved)
