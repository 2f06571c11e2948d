"""The demo's whole path, from an order file to the books, on the real order lines and on those it makes itself."""

import csv
import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa

from domain.actors import Actor, Role
from domain.money import Money
from domain.posting import Account
from domain.vocabulary import Outcome, Status
from projections.ledger import INVARIANTS
from projections.ledger.tables import entry
from projections.seller_orders.tables import seller_order
from runtime.demo.running import played
from runtime.demo.scenes import SCENES
from runtime.sandbox import local_token

pytestmark = pytest.mark.timeout(300)
REAL_ORDERS = Path(__file__).parents[3] / "shared" / "data" / "orders.csv"
README = Path(__file__).parents[2] / "README.md"
ANY_ID = re.compile(r"\b[0-9a-f]{8}\b")
"""Of a command or digest, other ones each time."""
AMOUNTS = ("price", "shipping", "tax")
SUPPORT = Actor(role=Role.SUPPORT, id="agent-1")


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as text:
        return {row["line_id"]: row for row in csv.DictReader(text)}


def cents(row, *columns):
    """The exact sum of some amounts of a row; both files are in currencies of two decimals."""
    return int(sum(Decimal(row[column]) for column in columns) * 100)


def case_of(it, part):
    return it.house.door.refund_cases.find(part.case_id, SUPPORT).case


# What must hold of either story


def every_line_is_recorded_to_the_cent(it, rows):
    paid, recorded = Counter(), Counter()
    for line_id, row in rows.items():
        facts = it.house.door.order_lines.find(line_id).facts
        for column in AMOUNTS:
            assert getattr(facts, column) == Money(minor=cents(row, column), currency=row["currency"]), line_id
        paid[row["currency"]] += cents(row, *AMOUNTS)
    with it.house.engine.connect() as conn:
        for row in conn.execute(sa.select(seller_order.c.currency, seller_order.c.paid_minor)):
            recorded[row.currency] += row.paid_minor
    assert recorded == paid


def buyers_get_back_what_they_paid_and_sellers_pay_price_and_shipping(it, rows):
    for part in it.told.parts:
        case, row = case_of(it, part), rows[part.line.line_id]
        if case.outcome is Outcome.REFUNDED and case.offer is None:
            assert case.refunded.minor == cents(row, *AMOUNTS)
            liable = case.liability is None or case.liability.seller == 100
            label = case.return_label_cost.minor if case.return_label_cost else 0
            assert case.seller_charged.minor == (cents(row, "price", "shipping") + label - commission(row)) * liable


def commission(row):
    """What the marketplace had kept of the sale, and credits back."""
    return cents(row, "commission") if row.get("commission") else 0


def the_books_balance_and_say_what_the_cases_say(it):
    with it.house.engine.connect() as conn:
        assert [fault for invariant in INVARIANTS for fault in invariant(conn)] == []
        on_sellers = sa.select(sa.func.sum(entry.c.amount_minor)).where(entry.c.account == Account.SELLER)
        booked = conn.execute(on_sellers).scalar_one()
    assert booked == -sum(case_of(it, part).seller_charged.minor for part in it.told.parts)


def the_silent_seller_was_overtaken_at_the_very_instant(it):
    part = next(part for part in it.told.parts if part.scene.title == "the seller stays silent, and comes too late")
    opening, timeout = it.house.door.log.history(part.case_id)[:2]
    assert timeout.topic == "refund.seller_silent.v1"
    assert timeout.occurred_at == opening.payload.deadline.due_at
    assert timeout.occurred_at - opening.occurred_at == timedelta(days=4), "48 business hours and a weekend"


def every_ending_of_the_scenes_is_reached(it):
    ends = {part.scene.title: case_of(it, part) for part in it.told.parts}
    assert {title: (case.outcome or case.status) for title, case in ends.items() if title in EXPECTED} == {
        title: end for title, end in EXPECTED.items() if title in ends
    }


EXPECTED = {
    "new, and waiting for the seller": Status.AWAITING_SELLER,
    "rejected, escalated, granted": Outcome.REFUNDED,
    "refunded at once": Outcome.REFUNDED,
    "returned, inspected, refunded": Status.REFUND_PENDING,
    "the seller stays silent, and comes too late": Status.SUPPORT_REVIEW,
    "a part refunded": Outcome.PARTIALLY_REFUNDED,
    "silent at first, then decided by support": Outcome.REFUNDED,
    "late, and refunded": Outcome.REFUNDED,
    "returned, and nobody inspects it": Status.REFUND_PENDING,
    "rejected, and it stands": Outcome.REJECTED,
    "a consumable, so support answers": Outcome.DENIED,
    "the seller is not in the programme": Outcome.REFUNDED,
}


def it_is_told_in_a_hundred_columns(text):
    assert max(map(len, text.splitlines())) <= 100
    for chapter in ("The hub of seller", "Refund view: ", "Statement: ", "History of case", "follows from"):
        assert chapter in text


def the_readme_prints_what_is_told(text):
    told = {ANY_ID.sub("id", line.rstrip()) for line in text.splitlines()}
    (printed,) = re.findall(r"(?s)^```text\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE)
    lines = [ANY_ID.sub("id", line) for line in printed.splitlines() if line and line != "…"]
    assert [line for line in lines if line not in told] == []


def the_server_answers_what_the_story_says(it):
    token = local_token(it.house.settings, Actor(role=Role.SELLER, id=it.told.protagonist), timedelta(hours=1))
    answer = httpx2.get(
        f"{it.address}/v1/seller-hub/orders",
        params={"filter": "refund", "sub_filter": "action_due"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    assert answer.status_code == 200
    assert [item["case"]["status"] for item in answer.json()["items"]] == ["awaiting_seller"]


def check(it, rows, text):
    every_line_is_recorded_to_the_cent(it, rows)
    buyers_get_back_what_they_paid_and_sellers_pay_price_and_shipping(it, rows)
    the_books_balance_and_say_what_the_cases_say(it)
    the_silent_seller_was_overtaken_at_the_very_instant(it)
    every_ending_of_the_scenes_is_reached(it)
    the_server_answers_what_the_story_says(it)
    it_is_told_in_a_hundred_columns(text)


@pytest.mark.skipif(not REAL_ORDERS.exists(), reason=f"the real order lines are not at {REAL_ORDERS}")
def test_on_the_real_order_lines(settings, console):
    rows = rows_of(REAL_ORDERS)
    with played(settings, REAL_ORDERS, console) as it:
        assert str(it.told.imported) == f"{len(rows)} new, 0 updated, 0 unchanged, 0 refused"
        check(it, rows, console.file.getvalue())


def test_on_the_orders_that_the_demo_makes(settings, console):
    with played(settings, None, console) as it:
        check(it, rows_of(it.house.settings.data_folder / "orders.csv"), console.file.getvalue())
        the_readme_prints_what_is_told(console.file.getvalue())
        assert len(it.told.parts) == len(SCENES), "every scene finds its line"


def test_on_a_single_order_line(settings, console, tmp_path):
    file = tmp_path / "one.csv"
    columns = "order_id,line_id,buyer_id,seller_id,title,category,price,shipping,tax,currency,purchased_at,delivered_at"
    line = "o,o-1,b@x,shop:1,Vase [/red],coins,1500,0,120,JPY,2024-05-01T10:00:00+09:00,2024-05-04T10:00:00+09:00"
    file.write_text(f"{columns}\n{line}\n", encoding="utf-8")
    with played(settings, file, console) as it:
        (part,) = it.told.parts
        assert case_of(it, part).refunded == Money(minor=1620, currency="JPY")
        assert case_of(it, part).seller_charged == Money(minor=1500, currency="JPY")
    assert "Vase [/red]" in console.file.getvalue()
