"""What changed between two moments, in words and as data, for each reader what he may see (SPEC §7.10)."""

import pytest

from tests.api.asking import opened, refused
from tests.service import BUYER, CARRIER, SELLER, SUPPORT, berlin, order_line
from tests.trade import AUDITOR


@pytest.fixture
def case(api):
    """Asked for on Friday 18:00, offered 12.00 on Saturday 18:00, accepted on Sunday 18:00."""
    case = opened(api)
    for actor, action, body in (
        (SELLER, "offer-partial-refund", {"amount": {"minor": 1200, "currency": "EUR"}}),
        (BUYER, "accept-offer", {"amount": {"minor": 1200, "currency": "EUR"}}),
    ):
        api.service.later(days=1)
        assert api(actor).post(f"{case}/{action}", body).status_code == 200
    return case


def compared(api, actor, case, query):
    answer = api(actor).get(f"{case}/diff?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def changes(difference):
    return {change["facet"]: (change["before"], change["after"]) for change in difference["changes"]}


def words(difference, language):
    return {change["facet"]: change["words"][language] for change in difference["changes"]}


def eur(minor):
    return {"minor": minor, "currency": "EUR"}


def test_what_changed_is_told_as_data(api, case):
    told = compared(api, SUPPORT, case, "from=1&to=2")
    assert (told["before"]["version"], told["after"]["version"]) == (1, 2)
    assert changes(told) == {
        "status": ("awaiting_seller", "offer_pending"),
        "waiting_on": ("seller", "buyer"),
        "deadline_kind": ("seller_answer", "offer_answer"),
        "due_at": ("2026-03-10T17:00:00Z", "2026-03-10T23:00:00Z"),
        "offered": (None, eur(1200)),
    }


def test_what_changed_is_told_in_words_of_both_languages(api, case):
    told = compared(api, SUPPORT, case, "from=1")
    german, english = words(told, "de"), words(told, "en")
    assert german["status"] == "Stand: Wartet auf den Verkäufer → Rückerstattung unterwegs"
    assert english["status"] == "Status: Waiting for the seller → Refund on its way"
    assert german["seller_charged"] == "Belastung des Verkäufers: 0,00\N{NO-BREAK SPACE}€ → 12,00\N{NO-BREAK SPACE}€"
    assert english["due_at"] == "Deadline: Mar 10, 2026, 6:00:00\N{NARROW NO-BREAK SPACE}PM → –"  # noqa: RUF001
    assert "Seller balance, Partial refund amount -€12.00" in english["posted"]


def test_the_steps_between_name_actor_and_cause_to_those_who_audit(api, case):
    told = compared(api, AUDITOR, case, "from=2")
    (step,) = told["steps"]
    assert (step["version"], step["event"], step["by"]) == (3, "refund.offer_accepted.v1", "buyer")
    assert step["actor"] == {"role": "buyer", "id": BUYER.id}
    history = api(AUDITOR).get(f"{case}/history").json()["items"]
    assert (step["command_id"], step["correlation_id"]) == (history[2]["command_id"], history[2]["correlation_id"])


def test_each_party_is_told_what_is_its_own(api, case):
    hidden = {"seller_charged", "posted", "held"}
    to_the_buyer = compared(api, BUYER, case, "from=1")
    assert not hidden & set(changes(to_the_buyer))
    assert {step["actor"] for step in to_the_buyer["steps"]} == {None}
    to_the_seller = changes(compared(api, SELLER, case, "from=1"))
    assert hidden <= set(to_the_seller)
    assert {entry["account"] for entry in to_the_seller["posted"][1]} == {"seller"}
    accounts = {entry["account"] for entry in changes(compared(api, SUPPORT, case, "from=1"))["posted"][1]}
    assert accounts == {"seller", "buyer_refunds"}


def test_moments_are_versions_or_instants_alike(api, case):
    by_version = compared(api, SUPPORT, case, "from=1&to=3")
    by_instant = compared(api, SUPPORT, case, "from=2026-03-06T18:00:00%2B01:00&to=2026-03-08T18:00:00%2B01:00")
    assert by_instant["changes"] == by_version["changes"]
    assert by_instant["after"] == {"version": 3, "at": "2026-03-08T17:00:00Z", "by": "recorded"}


def test_nothing_changed_between_a_moment_and_itself(api, case):
    told = compared(api, SUPPORT, case, "from=2&to=2")
    assert (told["changes"], told["steps"]) == ([], [])


def test_evidence_counts_once_however_often_it_is_shown(api, case):
    photo = str(api.service.upload(SELLER))
    for _ in range(2):
        api(SELLER).post(f"{case}/add-evidence", {"evidence": [photo], "purpose": "other"})
    told = compared(api, BUYER, case, "from=3")
    assert changes(told)["evidence"] == (None, [photo])
    assert words(told, "en")["evidence"] == "Pieces of evidence: – → 1"  # noqa: RUF001


def test_by_the_clock_of_what_occurred_a_late_scan_changes_the_past(api):
    """Handed in on Thursday the 12th, learned on Wednesday the 18th, after the window had lapsed on Monday."""
    case = opened(api, reason="wrong_item", photos=[str(api.service.upload())])
    api.service.at("2026-03-09T18:00")
    api(SELLER).post(f"{case}/approve-with-return")
    api.service.at("2026-03-16T18:00")
    api.timers_ring(case)
    api.service.at("2026-03-18T09:00")
    scan = {"happened_at": berlin("2026-03-12T12:00").isoformat()}
    assert api(CARRIER).post(f"{case}/report-return-accepted", scan).status_code == 200
    week = "from=2026-03-11T12:00:00Z&to=2026-03-13T12:00:00Z"
    assert changes(compared(api, SUPPORT, case, week)) == {}
    as_it_was = compared(api, SUPPORT, case, f"{week}&by=occurred")
    assert changes(as_it_was)["status"] == ("awaiting_return", "return_in_transit")
    assert as_it_was["after"]["version"] == 4
    then = api(SUPPORT).get(f"{case}?as_of=2026-03-13T12:00:00Z&by=occurred").json()
    assert (then["status"], then["version"], len(then["timeline"])) == ("return_in_transit", 4, 3)


@pytest.mark.parametrize(
    ("query", "naming"),
    [
        ("from=2&to=1", "later than"),
        ("from=2030-01-01T00:00:00Z", "future"),
        ("from=1&to=2030-01-01T00:00:00Z", "future"),
        ("from=0", "from"),
        ("from=now", "neither a version nor an instant"),
        ("to=1", "from"),
        ("from=1&by=sundial", "by"),
    ],
)
def test_moments_that_make_no_sense_are_refused(api, case, query, naming):
    refused(api(SUPPORT).get(f"{case}/diff?{query}"), 422, "invalid-field", naming=naming)


@pytest.mark.parametrize("query", ["from=9", "from=2026-03-06T10:00:00Z"])
def test_where_nothing_was_there_is_nothing_to_compare(api, case, query):
    refused(api(SUPPORT).get(f"{case}/diff?{query}"), 404, "unknown")


def test_a_clock_is_for_moments_only(api, case):
    refused(api(SUPPORT).get(f"{case}?by=occurred"), 422, "invalid-field", naming="as_of")


def test_a_cancellation_is_compared_too(api):
    sale = {"purchased_at": berlin("2026-03-06T17:00"), "shipped_at": None, "delivered_at": None}
    api.service.sold(order_line("o-3-1", order_id="o-3", **sale))
    request = api(BUYER).post("/v1/cancellations", {"line_id": "o-3-1"}).headers["location"]
    api(SELLER).post(f"{request}/accept-cancellation")
    told = changes(compared(api, SUPPORT, request, "from=1"))
    assert told["status"] == ("awaiting_seller", "refund_pending")
    assert {entry["item"] for entry in told["posted"][1]} == {"sale_proceeds", "refund"}


def test_staff_see_a_timeline_with_a_partys_eyes(api, case):
    def seen(actor, query=""):
        return api(actor).get(f"{case}/timeline{query}").json()

    assert seen(SUPPORT, "?audience=buyer") == seen(BUYER)
    assert seen(AUDITOR, "?audience=seller") == seen(SELLER)
    assert seen(BUYER) != seen(SELLER)
    assert seen(BUYER, "?audience=buyer") == seen(BUYER)
    refused(api(BUYER).get(f"{case}/timeline?audience=staff"), 422, "invalid-field", naming="eyes")
