"""A case as each of its readers sees it: where it stands, until when, what comes next, and what is kept from whom."""

import pytest

from domain.actors import Actor, Role
from domain.order.facts import Listing
from domain.refund.commands import ApproveWithReturn, ReportReturnAccepted
from domain.refund.parcels import ParcelScan
from domain.seller.account import SellerProfile
from domain.vocabulary import Reason
from tests.api.asking import CASES, WRITTEN, names, opened, refused, uploaded
from tests.service import BUYER, CARRIER, MARKETPLACE, PAYMENTS, SELLER, SUPPORT, berlin, order_line, png

AUDITOR = Actor(role=Role.AUDITOR, id="auditor-1")
EUR_45_90 = {"minor": 4590, "currency": "EUR"}
PARCEL = {"carrier": "DHL", "number": "00340434161094042557"}


def test_a_request_opens_a_case_that_waits_for_the_seller(api):
    api.service.sold()
    answer = api(BUYER).post(CASES, WRITTEN)
    case = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{CASES}/{case['id']}"
    assert (case["status"], case["waiting_on"], case["outcome"]) == ("awaiting_seller", "seller", None)
    assert case["policy"] == "standard@1"
    assert case["amounts"]["paid"] == EUR_45_90
    assert api(BUYER).get(answer.headers["location"]).json() == case


def test_the_deadline_says_when_why_and_what_silence_leads_to(api):
    deadline = api(SELLER).get(opened(api)).json()["deadline"]
    assert deadline["kind"] == "seller_answer"
    assert deadline["due_at"] == "2026-03-10T17:00:00Z"
    assert "48 business hours" in deadline["explanation"]
    assert deadline["on_expiry"]["event"] == "refund.seller_silent.v1"
    assert deadline["on_expiry"]["status"] == "support_review"
    assert deadline["on_expiry"]["sentence"].startswith("The seller's time ran out")
    assert deadline["on_expiry"]["words"]["de"].startswith("Der Verkäufer hat nicht rechtzeitig geantwortet")
    assert deadline["words"]["de"].startswith("48 Geschäftsstunden ab Fr 06.03.2026 18:00")


def test_each_action_says_where_and_how_to_ask_for_it_and_what_it_costs(api):
    case = api(SELLER).get(opened(api)).json()
    actions = {action["name"]: action for action in case["available_actions"]}
    refund = actions["approve-without-return"]
    assert (refund["method"], refund["href"]) == ("POST", f"{CASES}/{case['id']}/approve-without-return")
    assert (refund["cost"]["seller"], refund["cost"]["note"]) == (EUR_45_90, "at_once")
    assert refund["cost"]["words"] == {"de": "Wird sofort belastet.", "en": "Charged at once."}
    assert refund["words"]["de"] == "Voll erstatten, ohne Rücksendung"
    offer = actions["offer-partial-refund"]
    assert offer["input_schema"]["required"] == ["amount"]
    assert (offer["cost"]["seller"], offer["cost"]["below"]) == (None, EUR_45_90)
    assert api(SELLER).post(refund["href"]).status_code == 200


def test_an_action_says_what_is_still_missing_for_it(api):
    mover = Actor(role=Role.SELLER, id="s-9")
    api.service.door.accounts.record_profile(mover.id, SellerProfile(enrolled=True), api.service.errand(MARKETPLACE))
    api.service.sold(order_line(seller_id=mover.id))
    photo = uploaded(api)
    case = api(BUYER).post(CASES, {**WRITTEN, "reason": "wrong_item", "photos": [photo]}).headers["Location"]
    actions = {action["name"]: action for action in api(mover).get(case).json()["available_actions"]}
    assert actions["approve-without-return"]["needs"] is None
    needs = actions["approve-with-return"]["needs"]
    assert needs["words"]["en"] == "Choose a return address in your settings first."
    refused(api(mover).post(f"{case}/approve-with-return"), 422, "rule-broken", rule=needs["rule"])


def test_nothing_is_missing_where_the_seller_has_a_return_address(api):
    case = opened(api, reason="wrong_item", photos=[uploaded(api)])
    assert missing(api(SELLER).get(case)) == {}
    api(SUPPORT).post(f"{case}/take-over", {"ground": "Let us look."})
    assert "decide-refund-on-return" in names(api(SUPPORT).get(case).json())
    assert missing(api(SUPPORT).get(case)) == {}


def missing(answer):
    """What the actions of a case say is missing for them."""
    return {action["name"]: action["needs"] for action in answer.json()["available_actions"] if action["needs"]}


def test_what_the_parties_wrote_and_showed_each_other_stands_together(api):
    case = opened(api)
    photo = uploaded(api, SELLER)
    api(BUYER).post(f"{case}/send-message", {"text": "The strap was in the photos."})
    api(SELLER).post(f"{case}/add-evidence", {"purpose": "proof_of_packing", "evidence": [photo]})
    wrote, showed = api(SELLER).get(case).json()["messages"]
    assert (wrote["by"], wrote["text"], wrote["photos"]) == ("buyer", "The strap was in the photos.", [])
    assert (showed["by"], showed["purpose"], showed["text"]) == ("seller", "proof_of_packing", None)
    assert [each["evidence_id"] for each in showed["photos"]] == [photo]
    assert api(SELLER).get(case).json()["timeline"][1]["words"]["de"] == "Eine Nachricht wurde geschrieben."


def test_each_party_is_offered_what_is_its_move(api):
    case = opened(api)
    assert "approve-without-return" in names(api(SELLER).get(case).json())
    assert "withdraw" in names(api(BUYER).get(case).json())
    assert "take-over" in names(api(SUPPORT).get(case).json())
    assert names(api(AUDITOR).get(case).json()) == []


def test_after_the_deadline_nothing_is_offered_and_an_answer_is_refused_with_what_is_possible(api):
    """The timer has not rung yet; the answer lets the timeout come first."""
    case = opened(api)
    api.service.at("2026-03-10T18:00")
    assert names(api(SELLER).get(case).json()) == []
    problem = refused(api(SELLER).post(f"{case}/approve-without-return"), 409, "deadline-passed")
    assert problem["facts"]["due_at"] == "2026-03-10T17:00:00+00:00"
    assert problem["possible"] == names(api(SELLER).get(case).json())
    assert "settle-in-full" in problem["possible"]
    assert api(SELLER).get(case).json()["status"] == "support_review"


def test_a_refusal_names_what_is_possible_now(api):
    case = opened(api)
    problem = refused(api(BUYER).post(f"{case}/escalate"), 409, "not-allowed-now")
    assert problem["possible"] == names(api(BUYER).get(case).json())


@pytest.mark.parametrize("actor", [CARRIER, PAYMENTS, Actor(role=Role.MARKETPLACE, id="m"), SELLER, AUDITOR])
def test_only_buyers_and_support_ask_for_refunds(api, actor):
    api.service.sold()
    refused(api(actor).post(CASES, WRITTEN), 403, "not-your-move")


def test_anothers_order_line_is_as_unknown_as_one_that_is_not_there(api):
    api.service.sold()
    stranger = Actor(role=Role.BUYER, id="b-2")
    refused(api(stranger).post(CASES, WRITTEN), 404, "unknown", rule="unknown_order_line")
    refused(api(BUYER).post(CASES, {**WRITTEN, "line_id": "o-9"}), 404, "unknown", rule="unknown_order_line")


def test_support_files_for_a_buyer_past_the_window(api):
    api.service.sold()
    api.service.at("2026-06-01T10:00")
    refused(api(BUYER).post(CASES, WRITTEN), 422, "rule-broken", rule="filing_window_closed")
    override = {**WRITTEN, "window_overridden": True}
    refused(api(BUYER).post(CASES, override), 403, "not-your-move", rule="support_overrides")
    assert api(SUPPORT).post(CASES, override).json()["request"]["window_overridden"] is True


def test_the_seller_is_kept_from_what_is_the_buyers_and_the_other_way_round(api):
    case = opened(api)
    api(SELLER).post(f"{case}/approve-without-return")
    for_buyer, for_seller = api(BUYER).get(case).json(), api(SELLER).get(case).json()
    assert for_buyer["amounts"]["refund_due"] == for_seller["amounts"]["refund_due"] == EUR_45_90
    assert for_seller["amounts"]["seller_charged"] == EUR_45_90
    assert [for_buyer["amounts"][name] for name in ("seller_charged", "held", "return_label")] == [None] * 3
    assert for_seller["timeline"][-1]["charged"] == EUR_45_90
    assert for_buyer["timeline"][-1]["charged"] is None
    assert "payment_reference" not in api(SELLER).get(case).text
    assert "pay-1" not in api(SELLER).get(case).text


def test_whoever_only_reports_facts_is_told_no_stories(api):
    case = opened(api)
    api(SELLER).post(f"{case}/approve-without-return")
    fact = {"happened_at": "2026-03-06T17:00:00Z", "reference": "re-1"}
    answer = api(PAYMENTS).post(f"{case}/report-refund-submitted", fact)
    assert answer.json()["refund"]["state"] == "submitted"
    assert answer.json()["request"] is None
    assert answer.json()["timeline"] == []
    assert "not in the box" not in answer.text


def test_whoever_only_reports_facts_is_shown_none_of_the_sellers_words(api):
    listing = Listing(description="Shown in the stream", condition="worn", photos=("https://cdn.test/1",))
    api.service.sold(order_line(listing=listing))
    photo = uploaded(api)
    asked = {"line_id": "o-1-1", "reason": "defective", "description": "It is broken.", "photos": [photo]}
    case = api(BUYER).post(CASES, asked).headers["Location"]
    api(SELLER).post(f"{case}/propose-replacement-item", {"item": "The red one"})
    api(BUYER).post(f"{case}/answer-replacement-item", {"accepted": True})
    api(SELLER).post(f"{case}/promise-replacement", {"different_item": "The red one"})
    words = ("Shown in the stream", "worn", "cdn.test", "The red one", "It is broken")
    answer = api(CARRIER).post(f"{case}/report-replacement-accepted", {"happened_at": "2026-03-06T17:00:00Z"})
    assert answer.json()["replacement"]["state"] == "scanned"
    assert [word for word in words if word in answer.text] == []
    assert [word for word in words if word not in api(BUYER).get(case).text] == []


def test_what_a_report_from_outside_said_is_shown_to_staff_alone(api):
    case = opened(api)
    label = {"happened_at": "2026-03-06T17:00:00Z", "tracking": PARCEL, "cost": {"minor": 449, "currency": "EUR"}}
    api(CARRIER).post(f"{case}/report-return-label-issued", label)
    failed = {"happened_at": "2026-03-06T17:00:00Z", "detail": "account closed"}
    api(PAYMENTS).post(f"{case}/report-refund-failed", failed)
    for actor in (BUYER, SELLER):
        for step in api(actor).get(case).json()["timeline"][1:]:
            assert step["details"].keys() == {"fact", "happened_at"}
        assert "account closed" not in api(actor).get("/v1/events").text
    assert "account closed" in api(SUPPORT).get(case).text


def test_what_a_shared_label_costs_the_seller_is_not_told_to_the_buyer(api):
    label = {"happened_at": "2026-03-06T17:00:00Z", "tracking": PARCEL, "cost": {"minor": 449, "currency": "EUR"}}
    cases = [returned_with(api, line, label) for line in (order_line(), order_line("o-1-2"))]
    scan = ParcelScan(number=PARCEL["number"], delivered=False, happened_at=api.service.now)
    api.service.door.parcels.scanned(scan, api.service.errand(CARRIER))
    scanned = {actor: api(actor).get(cases[0]).json()["timeline"][-1] for actor in (BUYER, SELLER)}
    assert scanned[SELLER]["details"]["label_share"] == {"minor": 225, "currency": "EUR"}
    assert "label_share" not in scanned[BUYER]["details"]
    assert "label_share" not in api(BUYER).get("/v1/events").text


def returned_with(api, line, label):
    """A case on this line whose item comes back with this label; where it is."""
    api.service.sold(line)
    written = {"line_id": line.line_id, "reason": "wrong_item", "description": "Blue.", "photos": [uploaded(api)]}
    case = api(BUYER).post(CASES, written).headers["Location"]
    api(SELLER).post(f"{case}/approve-with-return")
    api(CARRIER).post(f"{case}/report-return-label-issued", label)
    return case


def test_a_step_tells_the_return_address_in_its_parts(api):
    case = opened(api, reason="wrong_item", photos=[uploaded(api)])
    api(SELLER).post(f"{case}/approve-with-return")
    shown = api(BUYER).get(case).json()
    assert shown["timeline"][-1]["details"]["return_address"]["street"] == "Ringstr. 1"
    assert shown["timeline"][-1]["details"]["return_address"] == shown["item_return"]["address"]
    api.service.vault.forget(f"seller:{SELLER.id}")
    assert api(BUYER).get(case).json()["timeline"][-1]["details"]["return_address"] is None


def words_in(shown):
    """Every text of both languages in this JSON that is meant for readers."""
    if isinstance(shown, dict):
        said = [*shown["words"].values()] if "words" in shown else []
        return said + [word for part in shown.values() for word in words_in(part)]
    return [word for part in shown for word in words_in(part)] if isinstance(shown, list) else []


def test_a_late_order_that_arrives_after_all_is_called_no_replacement(api):
    bought = {"purchased_at": berlin("2026-02-23T10:00"), "shipped_at": None, "delivered_at": None}
    api.service.sold(order_line(**bought))
    late = {"line_id": "o-1-1", "reason": "late_not_shipped", "description": "Where is it?"}
    case = api(BUYER).post(CASES, late).headers["Location"]
    scan = {"happened_at": "2026-03-06T17:00:00Z"}
    for actor, action, body in (
        (SELLER, "mark-as-shipped", {"tracking": PARCEL}),
        (CARRIER, "report-order-accepted", scan),
        (CARRIER, "report-replacement-delivered", scan),
        (BUYER, "report-replacement-problem", {"description": "It is another one."}),
    ):
        assert api(actor).post(f"{case}/{action}", body).status_code == 200, action
        for reader in (BUYER, SELLER, SUPPORT):
            shown = [api(reader).get(path).json() for path in (case, f"{case}/diff?from=1")]
            assert [word for word in words_in(shown) if "Ersatz" in word or "eplacement" in word] == []


def test_a_buyer_under_suspicion_is_not_told_so(api):
    case = opened(api)
    grounds = {"ground": "the tenth request this week"}
    api(SUPPORT).post(f"{case}/take-over-for-fraud", grounds)
    for_buyer, for_seller, for_support = (api(actor).get(case) for actor in (BUYER, SELLER, SUPPORT))
    assert [for_buyer.json()["timeline"][-1][name] for name in ("event", "details")] == ["refund.taken_over.v1", {}]
    assert "fraud" not in for_buyer.text
    assert for_seller.json()["timeline"][-1]["event"] == "refund.taken_over_for_fraud.v1"
    assert "tenth request" not in for_buyer.text + for_seller.text
    assert for_support.json()["timeline"][-1]["details"] == grounds


def test_why_support_answers_is_told_to_support_alone(api):
    api(SUPPORT).post(f"/v1/buyers/{BUYER.id}/put-under-review", {"ground": "many refunds"})
    case = opened(api)
    assert api(BUYER).get(case).json()["status"] == "support_review"
    assert api(SUPPORT).get(case).json()["request"]["routing"] == ["buyer_under_review"]
    for actor in (BUYER, SELLER):
        assert api(actor).get(case).json()["request"]["routing"] is None
        assert "under_review" not in api(actor).get(case).text


def test_who_asks_support_in_says_why_to_support_alone(api):
    case = opened(api)
    api(BUYER).post(f"{case}/ask-support-in", {"text": "He is rude."})
    assert "rude" in api(BUYER).get(case).text
    assert "rude" in api(SUPPORT).get(case).text
    assert "rude" not in api(SELLER).get(case).text


def test_messages_and_photos_are_read_by_both_parties(api):
    case = opened(api)
    photo = uploaded(api, SELLER)
    api(SELLER).post(f"{case}/send-message", {"text": "Is it this one?", "purpose": "question", "evidence": [photo]})
    *_, step = api(BUYER).get(f"{case}/timeline").json()["items"]
    assert (step["by"], step["details"]["text"], step["details"]["purpose"]) == (
        "seller",
        "Is it this one?",
        "question",
    )
    (shown,) = step["details"]["evidence"]
    content = api(BUYER).get(shown["href"])
    assert (content.status_code, content.content) == (200, png())


def test_a_support_decision_names_its_reasons_to_both_and_who_pays_to_the_seller(api):
    case = opened(api)
    api(SUPPORT).post(f"{case}/take-over", {"ground": "a long story"})
    decision = {"grounds": "The box was empty.", "liability": {"seller": 50, "platform": 50}}
    assert api(SUPPORT).post(f"{case}/decide-full-refund", decision).status_code == 200
    for_buyer, for_seller = api(BUYER).get(case).json(), api(SELLER).get(case).json()
    assert for_buyer["timeline"][-1]["details"] == {"grounds": "The box was empty.", "evidence_considered": []}
    assert for_seller["liability"] == {"seller": 50, "platform": 50, "carrier": 0}
    assert for_buyer["liability"] is None
    assert "long story" not in str(for_buyer) + str(for_seller)


def test_a_return_goes_to_the_address_that_stood_when_it_was_approved(api):
    api.service.sold()
    request = {**WRITTEN, "reason": "wrong_item", "photos": [uploaded(api)]}
    case = api(BUYER).post(CASES, request).headers["location"]
    api(SELLER).post(f"{case}/approve-with-return")
    home = {"name": "Ada Shop", "street": "Ringstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}
    elsewhere = {**home, "street": "Lange Str. 7"}
    api(SELLER).put(f"/v1/sellers/{SELLER.id}/addresses/home", elsewhere)
    assert api(BUYER).get(case).json()["item_return"]["address"] == home
    assert api(BUYER).get(case).json()["item_return"]["state"] == "open"


def test_a_refund_under_way_has_an_estimate(api):
    case = opened(api)
    answer = api(SELLER).post(f"{case}/approve-without-return").json()
    assert answer["refund"] == {
        "state": "requested",
        "estimate": {"earliest_at": "2026-03-11T17:00:00Z", "latest_at": "2026-03-13T17:00:00Z"},
    }
    for name, extra in (("submitted", {"reference": "re-1"}), ("settled", {})):
        fact = {"happened_at": "2026-03-06T17:00:00Z", **extra}
        assert api(PAYMENTS).post(f"{case}/report-refund-{name}", fact).status_code == 200
    closed = api(BUYER).get(case).json()
    assert (closed["status"], closed["outcome"], closed["refund"]["estimate"]) == ("closed", "refunded", None)
    assert closed["amounts"]["refunded"] == EUR_45_90


def test_auditors_read_everything_with_its_cause(api):
    case = opened(api)
    sent = api(SELLER).post(f"{case}/approve-without-return", key="cause")
    opening, approval = api(AUDITOR).get(f"{case}/history").json()["items"]
    assert approval["actor"] == {"role": "seller", "id": "s-1"}
    assert approval["topic"] == "refund.approved.v1"
    assert approval["policy"] == "standard@1"
    assert approval["previous"] == opening["digest"]
    assert approval["position"] == sent.json()["position"]
    assert approval["payload"]["posting"]["rule"] == "full_refund"
    assert opening["payload"]["description"]["text"] == "It is not in the box."
    for actor in (BUYER, SELLER):
        refused(api(actor).get(f"{case}/history"), 403, "not-your-move")


def test_what_was_erased_reads_as_nothing_and_the_case_stays(api):
    case = opened(api)
    api.service.vault.forget(f"buyer:{BUYER.id}")
    shown = api(SELLER).get(case).json()
    assert shown["request"]["description"] is None
    assert shown["timeline"][0]["details"]["description"] is None
    assert shown["status"] == "awaiting_seller"


def test_a_late_order_shipped_after_all_ends_fulfilled(api):
    late = {"purchased_at": berlin("2026-02-20T10:00"), "shipped_at": None, "delivered_at": None}
    api.service.sold(order_line(**late))
    case = api(BUYER).post(CASES, {**WRITTEN, "reason": "late_not_shipped"}).headers["location"]
    api(SELLER).post(f"{case}/mark-as-shipped", {"tracking": PARCEL})
    api.service.later(days=1)
    scanned = {"happened_at": "2026-03-07T09:00:00Z"}
    api(CARRIER).post(f"{case}/report-order-accepted", scanned)
    api(CARRIER).post(f"{case}/report-replacement-delivered", {"happened_at": "2026-03-07T16:00:00Z"})
    assert api(BUYER).get(case).json()["status"] == "replacement_inspection"
    api.service.later(days=9)
    api.timers_ring(case)
    assert api(BUYER).get(case).json()["outcome"] == "fulfilled"


def test_support_is_shown_how_to_help_a_buyer_who_has_neither_item_nor_money(api):
    """His return was told of too late, and what he filed after it he had withdrawn (SPEC §13)."""
    service = api.service
    service.sold()
    earlier = service.submit(reason=Reason.WRONG_ITEM)
    service.handle(earlier, ApproveWithReturn(), SELLER)
    service.now = service.case(earlier).deadline.due_at
    service.door.overtake([earlier])
    later = f"{CASES}/{service.submit(reason=Reason.WRONG_ITEM)}"
    assert api(BUYER).post(f"{later}/withdraw").status_code == 200
    assert names(api(SUPPORT).get(later).json()) == []
    service.handle(earlier, ReportReturnAccepted(happened_at=service.case(earlier).opened_at), CARRIER)
    assert names(api(SUPPORT).get(later).json()) == ["reopen"]
    reopened = api(SUPPORT).post(f"{later}/reopen", {"ground": "The seller has the item."}).json()
    assert (reopened["status"], reopened["item_return"]["state"]) == ("support_review", "scanned")
    assert "decide-full-refund" in names(reopened)
