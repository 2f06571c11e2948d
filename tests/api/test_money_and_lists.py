"""What is read from the views: the hub's list and the ledger, page by page, and never before one's own write."""

import csv

import pytest

from api.resources import ledger
from domain.actors import Actor, Role
from tests.api.asking import opened, refused
from tests.projections.views import Views
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT, order_line

HUB = "/v1/seller-hub/orders"
ACCOUNT = f"/v1/sellers/{SELLER.id}"
PROCEEDS = {"happened_at": "2026-03-06T17:00:00Z", "amount": {"minor": 4590, "currency": "EUR"}}
STRANGER = Actor(role=Role.SELLER, id="s-2")


@pytest.fixture
def views(engine):
    return Views(engine)


@pytest.fixture
def sold(api, views):
    """Five lines, on the first of which a case waits for the seller."""
    api.service.sold(*(order_line(f"o-{number}-1", order_id=f"o-{number}") for number in range(2, 6)))
    case = opened(api)
    views.catch_up()
    return case


def test_the_refund_filter_shows_what_is_due(api, sold):
    hub = api(SELLER).get(f"{HUB}?filter=refund").json()
    (line,) = hub["items"]
    assert line["line_id"] == "o-1-1"
    assert line["case"]["standing"] == "action_due"
    assert line["case"]["due_at"] == "2026-03-10T17:00:00Z"
    assert hub["next"] is None
    assert hub["counts"]["refund"]["by_filter"]["action_due"] == 1
    assert hub["counts"]["all"]["lines"] == 5


def test_the_case_of_a_line_is_where_its_id_says(api, sold):
    (line,) = api(SELLER).get(f"{HUB}?filter=refund&sub_filter=action_due&search=camera").json()["items"]
    assert sold.endswith(line["case"]["id"])
    assert api(SELLER).get(f"{HUB}?search=lens").json()["items"] == []


def test_pages_follow_one_another_to_the_last(api, sold):
    seen, cursor = [], ""
    while cursor is not None:
        page = api(SELLER).get(f"{HUB}?limit=2{cursor and f'&cursor={cursor}'}").json()
        seen.append([line["line_id"] for line in page["items"]])
        cursor = page["next"]
    assert [len(page) for page in seen] == [2, 2, 1]
    assert sorted(line for page in seen for line in page) == [f"o-{number}-1" for number in range(1, 6)]
    assert seen[0][0] == "o-1-1"


def test_a_cursor_is_good_for_its_own_list_only(api, sold):
    cursor = api(SELLER).get(f"{HUB}?limit=2").json()["next"]
    refused(
        api(SELLER).get(f"{HUB}?limit=2&filter=refund&cursor={cursor}"), 422, "invalid-field", naming="other filters"
    )
    statement = f"{ACCOUNT}/statement?currency=EUR&cursor={cursor}"
    refused(api(SELLER).get(statement), 422, "invalid-field", naming="no cursor of this list")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!",
        "bnVsbA",
        "W10",
        "WyJ4IiwgWzEsMiwib1x1MDAwMCJdXQ",
        "WyJ4IixbOTk5OTk5OTk5OTk5OTk5OTk5OTk5LDEsIm8iXV0",
    ],
)
def test_a_made_up_cursor_is_refused(api, sold, cursor):
    refused(api(SELLER).get(f"{HUB}?cursor={cursor}"), 422, "invalid-field", naming="cursor")


@pytest.mark.parametrize(
    "query",
    [
        "filter=open",
        "sub_filter=late",
        "limit=0",
        "limit=201",
        "limit=ten",
        f"search={'x' * 201}",
        "search=%00",
        "page=2",
    ],
)
def test_a_filter_that_there_is_not_is_refused(api, query):
    refused(api(SELLER).get(f"{HUB}?{query}"), 422, "invalid-field")


def test_a_seller_sees_his_own_lines_and_support_says_whose(api, sold):
    assert api(STRANGER).get(HUB).json()["items"] == []
    refused(api(STRANGER).get(f"{HUB}?seller_id={SELLER.id}"), 404, "unknown")
    assert len(api(SUPPORT).get(f"{HUB}?seller_id={SELLER.id}").json()["items"]) == 5
    refused(api(SUPPORT).get(HUB), 422, "invalid-field", naming="says whose orders")
    refused(api(BUYER).get(HUB), 403, "not-your-move")


def test_one_sees_ones_own_write_or_is_told_to_come_back(api, sold, views):
    position = api(SELLER).post(f"{sold}/approve-without-return").json()["position"]
    behind = api(SELLER).get(f"{HUB}?filter=refund&min_position={position}")
    refused(behind, 503, "not-yet", naming=f"not yet {position}")
    assert behind.headers["retry-after"] == "1"
    views.catch_up()
    (line,) = api(SELLER).get(f"{HUB}?filter=refund&min_position={position}").json()["items"]
    assert line["case"]["status"] == "refund_pending"


def test_a_position_that_the_log_does_not_have_is_not_waited_for(api, sold):
    far = api.head() + 1
    refused(api(SELLER).get(f"{HUB}?min_position={far}"), 422, "invalid-field", naming="end of the log")


def test_each_cent_is_explained_from_the_balance_to_the_command(api, sold, views):
    sent = api(SELLER).post(f"{sold}/approve-without-return", key="why")
    views.catch_up()
    (balance,) = api(SELLER).get(f"{ACCOUNT}/balance").json()["items"]
    assert balance["balance"] == balance["available"] == {"minor": -4590, "currency": "EUR"}
    assert balance["held"] == {"minor": 0, "currency": "EUR"}
    statement = api(SELLER).get(f"{ACCOUNT}/statement?currency=EUR").json()
    (entry,) = statement["items"]
    assert (entry["amount"]["minor"], entry["balance"]["minor"], statement["opening"]["minor"]) == (-4590, -4590, 0)
    posting = api(SELLER).get(f"{ACCOUNT}/postings/{entry['position']}").json()
    assert (posting["rule"], posting["policy"], posting["event"]["topic"]) == (
        "full_refund",
        "standard@1",
        "refund.approved.v1",
    )
    assert posting["position"] == sent.json()["position"]
    assert [each["account"] for each in posting["entries"]] == ["seller"]
    of_all = api(SUPPORT).get(f"{ACCOUNT}/postings/{entry['position']}").json()["entries"]
    assert sum(each["amount"]["minor"] for each in of_all) == 0
    assert posting["event"]["command_id"] == api(SUPPORT).get(f"{sold}/history").json()["items"][-1]["command_id"]


def test_a_hold_is_placed_and_released(api, sold, views):
    (held,) = api(SELLER).get(f"{ACCOUNT}/balance").json()["items"]
    assert held["available"]["minor"] == -4590
    api(SELLER).post(f"{sold}/approve-without-return")
    views.catch_up()
    holds = api(SELLER).get(f"{ACCOUNT}/holds?currency=EUR&end_at=2026-03-07T00:00:00Z").json()["items"]
    assert [(hold["amount"]["minor"], hold["reason"]) for hold in holds] == [(4590, "case_open"), (-4590, "charged")]


def test_holds_come_in_pages_of_one_period(api, sold, views):
    api(SELLER).post(f"{sold}/approve-without-return")
    views.catch_up()
    first = api(SELLER).get(f"{ACCOUNT}/holds?currency=EUR&limit=1").json()
    second = api(SELLER).get(f"{ACCOUNT}/holds?currency=EUR&limit=1&cursor={first['next']}").json()
    assert [page["items"][0]["amount"]["minor"] for page in (first, second)] == [4590, -4590]
    assert second["next"] is None
    other = api(SELLER).get(f"{ACCOUNT}/holds?currency=USD&limit=1&cursor={first['next']}")
    refused(other, 422, "invalid-field", naming="other filters")


def test_a_statement_ends_before_its_end(api, sold, views):
    api(SELLER).post(f"{sold}/approve-without-return")
    views.catch_up()
    before = api(SELLER).get(f"{ACCOUNT}/statement?currency=EUR&end_at=2026-03-06T17:00:00Z").json()
    assert (before["items"], before["closing"]["minor"]) == ([], 0)


def test_a_statement_comes_as_csv_between_its_balances(api, sold, views):
    api(SELLER).post(f"{sold}/approve-without-return")
    api(MARKETPLACE).put(f"{ACCOUNT}/proceeds/sale-1", PROCEEDS)
    views.catch_up()
    told = api(SELLER).get(f"{ACCOUNT}/statement?currency=EUR&format=csv")
    assert told.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="statement-s-1-EUR.csv"' in told.headers["content-disposition"]
    opening, charge, sale, closing = csv.DictReader(told.text.splitlines())
    assert [row["entry"] for row in (opening, charge, sale, closing)] == ["opening", "entry", "entry", "closing"]
    assert [row["balance"] for row in (opening, charge, sale, closing)] == ["0.00", "-45.90", "0.00", "0.00"]
    assert (charge["amount"], charge["text"], charge["process"]) == ("-45.90", "Sale price and shipping", "refund")
    assert sold.endswith(charge["matter_id"])
    assert (sale["process"], sale["matter_id"], sale["rule"]) == ("", "", "sale_proceeds")
    by_header = api(SELLER).get(f"{ACCOUNT}/statement?currency=EUR", headers={"Accept": "text/csv"})
    assert by_header.text == told.text


def test_a_csv_statement_is_whole_however_long(api, sold, views, monkeypatch):
    monkeypatch.setattr(ledger, "CSV_PAGE", 2)
    for number in range(5):
        api(MARKETPLACE).put(f"{ACCOUNT}/proceeds/sale-{number}", PROCEEDS)
    views.catch_up()
    rows = list(csv.DictReader(api(SELLER).get(f"{ACCOUNT}/statement?currency=EUR&format=csv").text.splitlines()))
    assert [row["balance"] for row in rows] == ["0.00", "45.90", "91.80", "137.70", "183.60", "229.50", "229.50"]


def test_a_csv_statement_has_no_pages_and_there_are_no_other_forms(api, sold, views):
    refused(api(SELLER).get(f"{ACCOUNT}/statement?currency=EUR&format=xls"), 422, "invalid-field", naming="format")
    cursor = api(SELLER).get(f"{HUB}?limit=2").json()["next"]
    paged = api(SELLER).get(f"{ACCOUNT}/statement?currency=EUR&format=csv&cursor={cursor}")
    refused(paged, 422, "invalid-field", naming="no pages")
    xml = api(SELLER).get(f"{ACCOUNT}/statement?currency=EUR", headers={"Accept": "text/xml"})
    refused(xml, 406, "not-acceptable", naming="text/csv")


def test_why_something_was_charged_is_told_step_by_step_in_both_languages(api, sold, views):
    position = api(SELLER).post(f"{sold}/approve-without-return").json()["position"]
    views.catch_up()
    posting = api(SELLER).get(f"{ACCOUNT}/postings/{position}").json()
    assert posting["matter"]["href"] == sold
    steps = {each["step"]: each["words"] for each in posting["why"]}
    assert list(steps) == ["booked", "happened", "caused", "ruled", "governed"]
    assert steps["booked"]["en"] == "-€45.90 were booked on your account on 2026-03-06, 18:00."
    assert steps["happened"]["de"].endswith("18:00 geschah: Der Verkäufer erstattet voll, ohne Rücksendung.")
    assert posting["event"]["command_id"] in steps["caused"]["en"]
    assert "standard" in steps["governed"]["de"]


def test_what_the_marketplace_posts_is_booked_once_and_explained(api, sold, views):
    first = api(MARKETPLACE).put(f"{ACCOUNT}/proceeds/sale-1", {**PROCEEDS, "line_id": "o-1-1"})
    again = api(MARKETPLACE).put(f"{ACCOUNT}/proceeds/sale-1", {**PROCEEDS, "line_id": "o-1-1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    refused(api(MARKETPLACE).put(f"{ACCOUNT}/proceeds/sale-1", PROCEEDS), 422, "rule-broken", rule="adjustment_stands")
    views.catch_up()
    posting = api(SELLER).get(f"{ACCOUNT}/postings/{first.json()['position']}").json()
    assert (posting["reference"], posting["matter"], posting["policy"]) == ("sale-1", None, None)
    assert [each["step"] for each in posting["why"]] == ["booked", "happened", "caused", "ruled", "ungoverned"]
    (balance,) = [it for it in api(SELLER).get(f"{ACCOUNT}/balance").json()["items"] if it["balance"]["minor"]]
    assert balance["balance"]["minor"] == 4590


def test_on_what_ground_a_balance_was_corrected_is_told_to_the_seller(api, sold, views):
    correction = {**PROCEEDS, "amount": {"minor": -500, "currency": "EUR"}, "ground": "Paid out {twice}."}
    posted = api(MARKETPLACE).put(f"{ACCOUNT}/corrections/c-1", correction).json()
    views.catch_up()
    why = api(SELLER).get(f"{ACCOUNT}/postings/{posted['position']}").json()["why"]
    assert [each["step"] for each in why] == ["booked", "happened", "caused", "ruled", "grounded", "ungoverned"]
    assert why[4]["words"] == {
        "de": "Als Grund gibt der Marktplatz an: Paid out {twice}.",
        "en": "The ground that the marketplace gives: Paid out {twice}.",
    }


@pytest.mark.parametrize("kind", ["proceeds", "payouts", "corrections"])
def test_only_the_marketplace_posts_and_only_what_holds(api, sold, kind):
    href = f"{ACCOUNT}/{kind}/ref-1"
    body = {**PROCEEDS, **({"ground": "Booked twice."} if kind == "corrections" else {})}
    refused(api(SELLER).put(href, body), 403, "not-your-move")
    refused(api(MARKETPLACE).put(href, {**body, "note": "x"}), 422, "invalid-field", naming="/note")
    zero = {**body, "amount": {"minor": 0, "currency": "EUR"}}
    refused(api(MARKETPLACE).put(href, zero), 422, "rule-broken", rule="adjustment_amount")
    refused(api(MARKETPLACE).put(f"/v1/sellers/s-9/{kind}/ref-1", body), 404, "unknown", rule="unknown_seller")
    assert api(MARKETPLACE).put(href, body).status_code == 201


@pytest.mark.parametrize("path", ["balance", "statement?currency=EUR", "holds?currency=EUR", "postings/1"])
def test_anothers_money_is_nobodys_business(api, sold, path):
    refused(api(STRANGER).get(f"{ACCOUNT}/{path}"), 404, "unknown", rule="unknown_seller")
    refused(api(BUYER).get(f"{ACCOUNT}/{path}"), 403, "not-your-move")
    refused(api(SUPPORT).get(f"/v1/sellers/nobody/{path}"), 404, "unknown", rule="unknown_seller")


@pytest.mark.parametrize(
    "path", ["statement", "statement?currency=euro", "statement?currency=EUR&start_at=2026", "postings/0", "postings/x"]
)
def test_a_question_about_money_is_put_precisely(api, sold, path):
    refused(api(SELLER).get(f"{ACCOUNT}/{path}"), 422, "invalid-field")


def test_a_posting_that_is_not_there_or_anothers_is_unknown(api, sold, views):
    position = api(SELLER).post(f"{sold}/approve-without-return").json()["position"]
    api.service.enrol(STRANGER)
    views.catch_up()
    refused(api(SELLER).get(f"{ACCOUNT}/postings/{position + 5}"), 404, "unknown", rule="unknown_posting")
    refused(api(STRANGER).get(f"/v1/sellers/s-2/postings/{position}"), 404, "unknown", rule="unknown_posting")
