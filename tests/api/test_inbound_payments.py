"""The payment provider's webhooks: believed for their signature, taken once, in whatever order they come."""

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from api.inbound.signatures import StripeSignatures
from api.services import Inbound
from domain.cancellation.commands import AcceptCancellation, RequestCancellation
from domain.refund.commands import ApproveWithoutReturn
from domain.vocabulary import CancellationOutcome, Outcome, RefundState, Status
from store.streams import order_line as order_line_stream
from tests.api.asking import WALL, refused
from tests.service import BUYER, PAYMENTS, SELLER, SUPPORT, order_line

OLD, NEW = "whsec_old", "whsec_new"
INBOUND = "/inbound/payments"
AT = int(WALL.timestamp())


@pytest.fixture
def services(services):
    return replace(services, inbound=Inbound(payments=StripeSignatures((OLD, NEW), lambda: WALL)))


def signature(body, secret=NEW, at=AT):
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def post(api, body, header=None):
    headers = {"Stripe-Signature": header or signature(body), "Content-Type": "application/json"}
    return api.client.post(INBOUND, content=body, headers=headers)


def tell(api, kind, content, *, created=AT, secret=NEW):
    event = {"id": "evt_1", "object": "event", "type": kind, "created": created, "data": {"object": content}}
    body = json.dumps(event).encode()
    return post(api, body, signature(body, secret))


def refund(stream_id, status="succeeded", *, attempt=1, **more):
    metadata = {"stream_id": str(stream_id), "attempt": str(attempt), "order_id": "o-1"}
    return {"id": "re_1", "object": "refund", "status": status, "metadata": metadata, **more}


def dispute(status="needs_response", **payment):
    return {"id": "dp_1", "object": "dispute", "status": status, **(payment or {"payment_intent": "pay-1"})}


@pytest.fixture
def case_id(api):
    """A case whose refund is due."""
    api.service.sold(order_line())
    case_id = api.service.submit()
    api.service.handle(case_id, ApproveWithoutReturn(), SELLER)
    return case_id


def passed_over(response, because):
    assert (response.status_code, response.json()["taken"]) == (200, False)
    assert because in response.json()["because"]


def taken(response):
    assert (response.status_code, response.json()) == (200, {"taken": True, "because": None}), response.text


def test_a_refund_that_settled_closes_its_case(api, case_id):
    taken(tell(api, "refund.updated", refund(case_id), created=AT - 60))
    assert api.service.case(case_id).outcome is Outcome.REFUNDED
    last = api.service.door.log.history(case_id)[-1]
    assert (last.topic, str(last.cause.actor)) == ("refund.settled.v1", "payments:provider")
    assert int(last.occurred_at.timestamp()) == AT - 60


def test_what_is_told_twice_is_recorded_once(api, case_id):
    taken(tell(api, "refund.created", refund(case_id)))
    before = api.head()
    taken(tell(api, "refund.created", refund(case_id)))
    taken(tell(api, "refund.updated", refund(case_id), created=AT + 1))
    assert api.head() == before


@pytest.mark.parametrize(
    ("status", "more", "detail"),
    [("failed", {"failure_reason": "lost_or_stolen_card"}, "lost_or_stolen_card"), ("canceled", {}, "canceled")],
)
def test_a_refund_that_failed_goes_to_support_with_the_banks_reason(api, case_id, status, more, detail):
    taken(tell(api, "refund.failed", refund(case_id, status, **more)))
    case = api.service.case(case_id)
    assert (case.status, case.refund) == (Status.SUPPORT_REVIEW, RefundState.FAILED)
    assert api.service.door.log.history(case_id)[-1].payload.detail.text == detail


def test_word_of_an_earlier_attempt_settles_no_later_one(api, case_id):
    taken(tell(api, "refund.failed", refund(case_id, "failed")))
    taken(tell(api, "refund.updated", {**refund(case_id, attempt=2), "id": "re_2"}))
    assert api.service.case(case_id).refund is RefundState.FAILED, "there was no second attempt"


def test_a_cancellations_refund_is_told_of_in_the_same_way(api):
    api.service.sold(order_line(shipped_at=None, delivered_at=None, purchased_at=api.service.now))
    cancellations = api.service.door.cancellations
    asked = cancellations.submit(RequestCancellation(line_id="o-1-1"), api.service.errand(BUYER)).stream_id
    cancellations.handle(asked, AcceptCancellation(), api.service.errand(SELLER))
    taken(tell(api, "refund.updated", refund(asked)))
    assert cancellations.find(asked, SUPPORT).cancellation.refund is RefundState.SETTLED


@pytest.mark.parametrize("status", ["pending", "requires_action", "something_new"])
def test_a_refund_without_an_outcome_is_passed_over(api, case_id, status):
    passed_over(tell(api, "refund.updated", refund(case_id, status)), "has no outcome yet")


@pytest.mark.parametrize("metadata", [{}, {"stream_id": "x", "attempt": "1"}, {"stream_id": None}, {"attempt": "1"}])
def test_a_refund_that_others_ordered_is_passed_over(api, metadata):
    passed_over(tell(api, "refund.updated", {**refund(1), "metadata": metadata}), "not ordered by this house")


def test_an_event_of_another_kind_is_passed_over(api):
    passed_over(tell(api, "payout.paid", {}), "'payout.paid'")


def test_a_refund_of_a_case_that_is_not_known_may_be_sent_again(api):
    refused(tell(api, "refund.updated", refund("00000000-0000-0000-0000-000000000009")), 404, "unknown")


# Chargebacks


def test_a_chargeback_reaches_every_case_and_cancellation_that_the_payment_paid_for(api, case_id):
    service = api.service
    service.sold(
        order_line("o-1-2"),
        order_line("o-1-3", shipped_at=None, delivered_at=None, purchased_at=service.now),
        order_line("o-2-1", order_id="o-2", payment_reference="pay-2"),
    )
    beside, elsewhere = service.submit("o-1-2"), service.submit("o-2-1")
    asked = service.door.cancellations.submit(RequestCancellation(line_id="o-1-3"), service.errand(BUYER)).stream_id
    taken(tell(api, "charge.dispute.created", dispute()))
    assert {service.case(case).outcome for case in (case_id, beside)} == {Outcome.SUPERSEDED_BY_CHARGEBACK}
    cancellation = service.door.cancellations.find(asked, SUPPORT).cancellation
    assert cancellation.outcome is CancellationOutcome.SUPERSEDED_BY_CHARGEBACK
    assert service.case(elsewhere).is_open


def test_a_chargeback_may_name_the_charge(api, case_id):
    taken(tell(api, "charge.dispute.created", dispute(charge="pay-1", payment_intent=None)))
    assert api.service.case(case_id).chargeback


def test_a_chargeback_told_twice_is_recorded_once(api, case_id):
    taken(tell(api, "charge.dispute.created", dispute()))
    before = api.head()
    taken(tell(api, "charge.dispute.created", dispute()))
    taken(tell(api, "charge.dispute.funds_withdrawn", dispute(), created=AT + 9))
    assert api.head() == before


def test_a_bank_that_only_asks_is_passed_over_until_it_takes_the_money_back(api, case_id):
    passed_over(tell(api, "charge.dispute.created", dispute("warning_needs_response")), "asks")
    assert not api.service.case(case_id).chargeback
    taken(tell(api, "charge.dispute.funds_withdrawn", dispute()))
    assert api.service.case(case_id).chargeback


def test_a_line_that_changed_its_payment_is_found_by_either(api, case_id):
    api.service.sold(order_line(payment_reference="pay-9"))
    taken(tell(api, "charge.dispute.created", dispute(payment_intent="pay-9")))
    assert api.service.case(case_id).chargeback


def test_a_chargeback_of_a_payment_that_paid_for_no_known_line_may_be_sent_again(api):
    refused(tell(api, "charge.dispute.created", dispute(charge="ch_9")), 404, "unknown", naming="paid by ch_9")


def test_a_chargeback_of_a_line_of_which_nothing_was_asked_is_recorded_on_the_line_once(api):
    api.service.sold(order_line(), order_line("o-1-2"))
    taken(tell(api, "charge.dispute.created", dispute(), created=AT - 60))
    for line_id in ("o-1-1", "o-1-2"):
        marked = api.service.door.log.history(order_line_stream(line_id))[-1]
        assert (marked.topic, marked.payload.reference) == ("order_line.charged_back.v1", "dp_1")
        assert (str(marked.cause.actor), int(marked.occurred_at.timestamp())) == ("payments:provider", AT - 60)
    before = api.head()
    taken(tell(api, "charge.dispute.funds_withdrawn", dispute(), created=AT + 9))
    assert api.head() == before


def test_what_is_asked_of_such_a_line_later_is_refused_until_the_chargeback_is_won(api):
    ask = {"line_id": "o-1-1", "reason": "item_missing", "description": "It is not in the box."}
    fresh = {"shipped_at": None, "delivered_at": None, "purchased_at": api.service.now}
    api.service.sold(order_line(), order_line("o-1-2", **fresh))
    taken(tell(api, "charge.dispute.created", dispute()))
    refused(api(BUYER).post("/v1/refund-cases", ask), 422, "rule-broken", naming="bank already handles")
    refused(api(BUYER).post("/v1/cancellations", {"line_id": "o-1-2"}), 422, "rule-broken", naming="chargeback")
    taken(tell(api, "charge.dispute.funds_reinstated", dispute("won")))
    assert api(BUYER).post("/v1/refund-cases", ask).status_code == 201
    assert api(BUYER).post("/v1/cancellations", {"line_id": "o-1-2"}).status_code == 201


def test_a_chargeback_that_is_won_reaches_what_the_chargeback_had_reached(api, case_id):
    taken(tell(api, "charge.dispute.created", dispute()))
    taken(tell(api, "charge.dispute.funds_reinstated", dispute("won")))
    assert api.service.topics(case_id)[-2:] == ["refund.superseded_by_chargeback.v1", "refund.chargeback_reversed.v1"]
    assert not api.service.case(case_id).chargeback


def test_one_that_was_won_before_it_was_told_ends_no_case(api, case_id):
    taken(tell(api, "charge.dispute.funds_reinstated", dispute("won")))
    taken(tell(api, "charge.dispute.created", dispute()))
    assert api.service.case(case_id).status is Status.REFUND_PENDING


def test_who_knows_the_line_reports_its_chargeback_there(api):
    api.service.sold(order_line())
    fact = {"happened_at": "2026-03-06T17:00:00Z", "reference": "dp-7"}
    foreseen = api(PAYMENTS).post("/v1/orders/o-1-1/report-chargeback?preview=true", fact)
    assert foreseen.json() == {"line_id": "o-1-1", "recorded": "updated", "position": None}
    assert api(PAYMENTS).post("/v1/orders/o-1-1/report-chargeback", fact).json()["recorded"] == "updated"
    assert api(SUPPORT).get("/v1/orders/o-1-1").json()["chargeback"] is True
    again = api(PAYMENTS).post("/v1/orders/o-1-1/report-chargeback", fact)
    assert again.json() == {"line_id": "o-1-1", "recorded": "unchanged", "position": None}
    assert api(PAYMENTS).post("/v1/orders/o-1-1/report-chargeback-reversed", fact).json()["recorded"] == "updated"
    assert api(SUPPORT).get("/v1/orders/o-1-1").json()["chargeback"] is False
    refused(api(PAYMENTS).post("/v1/orders/o-9-9/report-chargeback", fact), 404, "unknown")
    refused(api(SELLER).post("/v1/orders/o-1-1/report-chargeback", fact), 403, "not-your-move")


# Who is believed


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_while_one_secret_follows_another_both_are_believed(api, case_id, secret):
    taken(tell(api, "refund.updated", refund(case_id), secret=secret))


BODY = b'{"type": "payout.paid", "created": 1, "data": {"object": {}}}'
V1 = signature(BODY).partition(",")[2]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("nothing", "does not say when"),
        (V1, "does not say when"),
        (f"t={AT}", "none of the signatures"),
        (f"t={AT},v0={V1[3:]}", "none of the signatures"),
        (f"t={AT},v1=", "none of the signatures"),
        (signature(BODY, "whsec_guessed"), "none of the signatures"),
        (signature(BODY + b" "), "none of the signatures"),
        (f"t={AT + 1},{V1}", "none of the signatures"),
        (f"t=-{AT},{V1}", "does not say when"),
        (f"t={'9' * 400},{V1}", "does not say when"),
        (f"t={AT:015}{'9' * 20},{V1}", "does not say when"),
        (f"t={'9' * 11},{V1}", "300 seconds"),
        (signature(BODY, at=AT - 301), "300 seconds"),
        (signature(BODY, at=AT + 301), "300 seconds"),
    ],
)
def test_what_is_not_signed_by_a_known_secret_a_moment_ago_is_not_read(api, header, says):
    answer = post(api, BODY, header)
    refused(answer, 401, "not-signed", naming=says)
    assert answer.headers["www-authenticate"] == "Signature"


def test_within_the_tolerance_and_among_several_signatures_one_is_enough(api):
    early = signature(BODY, at=AT - 300)
    passed_over(post(api, BODY, f"{early},v1={'0' * 64}"), "payout.paid")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "no JSON"),
        (b"[]", "no JSON object"),
        (b"{}", "type: Field required"),
        (b'{"type": "refund.updated", "created": 1, "data": {"object": {"id": ""}}}', "id: String should have"),
        (b'{"type": "refund.updated", "created": "now", "data": {"object": {}}}', "created: "),
        (
            b'{"type": "charge.dispute.created", "created": 1, "data": {"object": {"id": "dp", "status": "lost"}}}',
            "names",
        ),
    ],
)
def test_what_is_signed_but_cannot_be_read_is_refused(api, body, says):
    refused(post(api, body), 400, "malformed", naming=says)


def test_a_body_without_end_is_refused_before_it_is_read(api, limits):
    refused(post(api, b" " * (limits.body_bytes + 1)), 413, "too-large")


def test_where_nobody_is_connected_there_is_nothing(api, application, services):
    _, stage = application
    stage["services"] = replace(services, inbound=Inbound())
    with type(api.client)(api.client.app) as client:
        refused(client.post(INBOUND, content=BODY), 404, "unknown")
